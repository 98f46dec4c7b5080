# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Situations that the operator does not get out of by itself, or not soon: recognised while waiting, and mended.

Each row says how to recognise one, how long it may last before something is done, and how often.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.engine.apart import adoptions
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import redis_cli
from ansible_collections.eks.redis.plugins.module_utils.engine.slots import owners, uneven
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.engine.touch import label_role, touch
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT, Layout


@dataclass(frozen=True)
class Scene:
    """One moment of one instance, and the way to act on it. balance: slots must be shared out evenly."""

    api: Api
    plan: Layout
    seen: Snapshot
    state: State
    balance: bool = False

    @property
    def name(self) -> str:
        return self.seen.name

    def ask(self, member: Member, *words: str) -> str:
        container = self.plan.redis_of(member.pod).container
        return redis_cli(self.api, self.plan.namespace, member.pod, container, *words)


@dataclass(frozen=True)
class Remedy:
    """find: the names of the situations of this kind that there are. mend: does something about one; what it did.

    after, again: seconds that one lasts before it is mended, and before it is mended once more.
    """

    find: Callable[[Scene], Iterator[str]]
    mend: Callable[[Scene, str], str | None]
    after: float
    again: float


class Mender:
    """Remembers since when each situation has lasted. remedies: for those that may be done something about."""

    def __init__(self, remedies: Sequence[Remedy]) -> None:
        self._remedies = remedies
        self._due: dict[tuple[int, str], float] = {}

    def mend(self, scene: Scene) -> list[str]:
        """Does what is due; a line for each thing that a person would want to know of."""
        now, done, lasting = time.monotonic(), [], set()
        for number, remedy in enumerate(self._remedies):
            for what in remedy.find(scene):
                key = (number, what)
                lasting.add(key)
                if self._due.setdefault(key, now + remedy.after) <= now:
                    self._due[key] = now + remedy.again
                    try:
                        said = remedy.mend(scene, what)
                    except EngineError:
                        continue  # the wait goes on, and says what is missing when the time is up
                    done += [tell(said)] if said else []
        for key in self._due.keys() - lasting:
            del self._due[key]
        return done


def stale_labels(plan: Layout, seen: Snapshot, state: State) -> Iterator[Member]:
    """Pods whose label redis-role, by which Services find the master, is not what their Redis says."""
    if plan.primary == plan.members:
        return
    for member in state.members.values():
        if member.role and seen.pods[member.pod]["metadata"]["labels"].get("redis-role") != member.role:
            yield member


def stale_roles(scene: Scene) -> Iterator[str]:
    """The operator looks at the roles every 30 seconds, and after an error later (opstree-versions §1.5, §1.6)."""
    if len(scene.state.masters) == 1:
        yield from (member.pod for member in stale_labels(scene.plan, scene.seen, scene.state))


def _label(scene: Scene, pod: str) -> None:
    label_role(scene.api, scene.plan.namespace, pod, scene.state.members[pod].role)


def _look_again(scene: Scene, kind: str) -> None:
    touch(scene.api, kind, scene.plan.namespace, scene.name)


def astray_sentinels(scene: Scene) -> Iterator[str]:
    """Sentinels that watch another master, or remember pods that are gone; the operator tells them when it looks."""
    masters, sentinels = scene.state.masters, scene.plan.sentinels
    if sentinels is None or len(masters) != 1:
        return
    wanted = {
        "ip": masters[0].ip,
        "num-slaves": str(scene.plan.redis[0].replicas - 1),
        "num-other-sentinels": str(sentinels.replicas - 1),
    }
    for watcher in scene.state.watchers.values():
        if not watcher.error and any(watcher.master.get(field) != value for field, value in wanted.items()):
            yield sentinels.kind


def lost_sentinels(scene: Scene) -> Iterator[str]:
    """Sentinels without their group: operator 0.23 cannot give it back to them (opstree-versions §1.7)."""
    for watcher in scene.state.watchers.values():
        if "No such master" in watcher.error:
            yield watcher.pod


def _replace(scene: Scene, pod: str) -> str | None:
    try:
        scene.api.delete("Pod", pod, scene.plan.namespace)
    except ApiError:
        return None  # who may not delete pods is told what is wrong when the time is up
    return f"Pod {scene.plan.namespace}/{pod} was replaced: the sentinel had lost its master"


def astray_replicas(scene: Scene) -> Iterator[str]:
    """Replicas that follow an address nobody has any more (#1791), or another replica. Sentinels know only old ones."""
    if scene.plan.mode == "cluster" or len(scene.state.masters) != 1:
        return
    (master,) = scene.state.masters
    for member in scene.state.members.values():
        if member.role == "slave" and member.info.get("master_host") != master.ip:
            yield member.pod


def _follow(scene: Scene, pod: str) -> str:
    (master,) = scene.state.masters
    scene.ask(scene.state.members[pod], "REPLICAOF", master.ip, str(REDIS_PORT))
    return (
        f"Pod {scene.plan.namespace}/{pod} followed another address than the master's; it follows Pod {master.pod} now"
    )


def forgotten_nodes(scene: Scene) -> Iterator[str]:
    """Failed entries of a cluster's node table that no pod answers for: of pods that are gone (#846, #1148)."""
    alive = scene.state.by_id
    everybody = sum(workload.replicas for workload in scene.plan.redis)
    if scene.plan.mode == "cluster" and len(alive) == everybody:
        for node in scene.state.nodes:
            if node.failed and node.id not in alive and not node.slots:
                yield node.id


def _forget(scene: Scene, node: str) -> str:
    for member in scene.state.members.values():
        scene.ask(member, "CLUSTER", "FORGET", node)
    return f"the cluster has forgotten node {node[:8]}, of a pod that is gone"


def estranged_nodes(scene: Scene) -> Iterator[str]:
    """Nodes that one pod takes for failed and that are there, at another address: all have restarted at once.

    Operator 0.23 introduces the masters to each other again, and forgets the replicas (opstree-versions §2).
    """
    by_id = scene.state.by_id
    for member in scene.state.members.values():
        for node in member.nodes:
            if node.failed and node.id in by_id:
                yield f"{member.pod} {by_id[node.id].pod}"


def _meet(scene: Scene, pair: str) -> str:
    member, other = (scene.state.members[pod] for pod in pair.split())
    scene.ask(member, "CLUSTER", "MEET", other.ip, str(REDIS_PORT))
    return f"Pod {member.pod} was told the new address of Pod {other.pod}"


def stale_links(scene: Scene) -> Iterator[str]:
    """Replicas in a cluster that call their master at the address it had before (opstree-versions §2)."""
    by_id = scene.state.by_id
    for member in scene.state.members.values():
        master = by_id.get(member.myself.master) if member.myself else None
        if master and member.info.get("master_host") != master.ip:
            yield f"{member.pod} {master.pod}"


def _replicate(scene: Scene, pair: str) -> str:
    replica, master = pair.split()
    replicate(scene, replica, master)
    return f"Pod {replica} was told the new address of its master"


def replicate(scene: Scene, replica: str, master: str) -> None:
    """Makes a pod of a cluster the replica of another one, whose data it copies unless it has it."""
    myself = scene.state.members[master].myself
    scene.ask(scene.state.members[replica], "CLUSTER", "REPLICATE", myself.id if myself else "")


def open_slots(scene: Scene) -> Iterator[str]:
    """Slots on their way that stay so: a move that was cut off; the operator stops at them (opstree-versions §2)."""
    found = [slot for member in scene.state.members.values() if member.myself for slot in member.myself.open]
    if found:
        yield " ".join(sorted(found))


def _fix(scene: Scene, what: str) -> str:
    manage(scene, "fix")
    return f"the move of slots that had stopped was brought to its end ({what})"


def idle_leaders(scene: Scene) -> Iterator[str]:
    """Leader pods that gave their slots away and follow another leader: a change to fewer shards was given up."""
    if scene.plan.mode != "cluster":
        return
    leaders, masters = scene.plan.redis[0].pods, owners(scene.state)
    if 0 < len(masters) < len(leaders) and all(master.pod in leaders for master in masters):
        by_id = scene.state.by_id
        for member in by_id.values():
            master = by_id.get(member.myself.master) if member.myself else None
            if member.pod in leaders and master and master.pod in leaders:
                yield member.pod


def _begin_anew(scene: Scene, pod: str) -> str:
    """What it holds is a copy. Redis refuses the reset of a master with keys (redis.io, "CLUSTER RESET")."""
    member = scene.state.members[pod]
    scene.ask(member, "CLUSTER", "RESET", "SOFT")
    scene.ask(owners(scene.state)[0], "CLUSTER", "MEET", member.ip, str(REDIS_PORT))
    return f"Pod {pod} had given its slots away, and is a master again"


def lonely_masters(scene: Scene) -> Iterator[str]:
    """A shard has fewer replicas than its share, and another one more; Redis evens out only some of these by itself."""
    plan = scene.plan
    if plan.mode == "cluster" and len(owners(scene.state)) == plan.redis[0].replicas:
        yield from (" ".join(pair) for pair in adoptions(plan, scene.state))


def _adopt(scene: Scene, pair: str) -> str:
    replica, master = pair.split()
    return adopt(scene, replica, master)


def adopt(scene: Scene, replica: str, master: str) -> str:
    """Gives a shard that lacks a replica one of another shard; a line that says so."""
    replicate(scene, replica, master)
    return f"Pod {replica} follows Pod {master} now, whose shard lacked a replica"


def uneven_slots(scene: Scene) -> Iterator[str]:
    """Operator 0.23 shares slots with a new shard once; when that fails half-way it takes the shard for done."""
    joined = all(len(member.nodes) >= len(scene.state.members) for member in scene.state.members.values())
    if joined and not [*open_slots(scene), *idle_leaders(scene)]:
        reason = uneven(scene.plan, scene.state, strict=scene.balance)
        if reason:
            yield reason


def _rebalance(scene: Scene, what: str) -> str:
    manage(scene, "rebalance", "--cluster-use-empty-masters")
    return f"slots were shared out anew ({what})"


def manage(scene: Scene, command: str, *options: str) -> None:
    """Runs ``redis-cli --cluster`` in a pod; slots move with their keys, for as long as that takes.

    Raises EngineError with its last line: open slots, nodes that do not agree with each other, nobody who answers.
    """
    pod = scene.seen.ready_pods(scene.plan)[0]
    member = scene.state.members[pod]
    words = ("--cluster", command, f"{member.ip}:{REDIS_PORT}", *options, "--cluster-yes")
    container = scene.plan.redis_of(pod).container
    redis_cli(scene.api, scene.plan.namespace, pod, container, *words, timeout=600)


STOPPED_MOVE = Remedy(open_slots, _fix, after=15, again=60)
REMEDIES = (
    Remedy(stale_roles, _label, after=0, again=5),
    Remedy(astray_sentinels, _look_again, after=15, again=45),
    Remedy(lost_sentinels, _replace, after=15, again=60),
    Remedy(astray_replicas, _follow, after=15, again=15),
    Remedy(forgotten_nodes, _forget, after=20, again=30),
    Remedy(estranged_nodes, _meet, after=10, again=20),
    Remedy(stale_links, _replicate, after=5, again=20),
    STOPPED_MOVE,
    Remedy(idle_leaders, _begin_anew, after=15, again=60),
    Remedy(lonely_masters, _adopt, after=15, again=30),
    Remedy(uneven_slots, _rebalance, after=15, again=60),
)
