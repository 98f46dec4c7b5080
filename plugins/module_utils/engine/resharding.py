# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before a cluster gets smaller: its slots go to the shards that stay, while all pods are there.

The operator would move them itself, by one command of whose failure it does not hear: when that ends half-way, the
StatefulSet stays as large as it was for ever, and when it cannot count the masters at that moment, pods go with their
slots (operator sheet §4.5). Once no pod that is to go is a master, it has nothing left to do but to take pods away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node
from ansible_collections.eks.redis.plugins.module_utils.engine.apart import adoptions
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.mend import (
    STOPPED_MOVE,
    Mender,
    Scene,
    adopt,
    manage,
    open_slots,
    replicate,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import silent
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member
from ansible_collections.eks.redis.plugins.module_utils.engine.survey import survey
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

# Slots of one command, which goes on in its pod also when nobody waits for it any more: who thinks better of it then
# must not find, a minute later, that it has emptied the shard.
_AT_ONCE = 512


def move_off(api: Api, plan: Layout, name: str, deadline: Deadline) -> list[str]:
    """Until no pod that is to go is a master, and every shard has its replicas among the pods that stay.

    plan: with the new size. Returns a line for what was done. Raises EngineError when it does not come about in time.
    """
    done: list[str] = []
    mender = Mender((STOPPED_MOVE,))

    def unmet() -> str | None:
        seen = Snapshot(api, plan.namespace, name)
        now = seen.as_it_is(plan)
        try:
            scene = Scene(api, now, seen, survey(now, seen))
            done.extend(mender.mend(scene))
            return _step(plan, scene, done, deadline)
        except Unanswered as error:
            return str(error)

    reason = wait_until(api, unmet, (), deadline)
    if reason:
        raise EngineError(f"{reason}; nothing was scaled, and the same can be run again")
    return done


def _step(plan: Layout, scene: Scene, done: list[str], deadline: Deadline) -> str | None:
    """One step towards it; what it was, or what stands in its way. None when there is nothing left to do."""
    staying = [one for one in scene.state.members.values() if one.pod in plan.pods]
    going = [one for one in scene.state.members.values() if one.pod not in plan.pods]
    mute, moving = next(silent(plan, scene.state), None), next(open_slots(scene), None)
    if mute or moving:
        return mute or f"slots are on their way ({moving})"
    try:
        full = {one.pod: one.myself for one in going if one.myself and one.myself.count}
        if full:
            others = [one.myself for one in staying if one.role == "master" and one.myself]
            slots = _move(scene, list(full.values()), others, deadline)
            done.append(f"moved {slots} slots from Pod {', '.join(full)} to the shards that stay")
            return done[-1]
        known = {node.id for one in staying for node in one.nodes}
        for one in going:
            if one.role == "master" and one.myself and one.myself.id in known:
                heir = next(each.pod for each in staying if each.role == "master")
                replicate(scene, one.pod, heir)
                return f"Pod {one.pod}, without slots, becomes a replica"
        for replica, master in adoptions(plan, scene.state):
            done.append(adopt(scene, replica, master))
            return done[-1]
    except EngineError as error:
        return str(error)
    return next(_behind(staying, going), None)


def _move(scene: Scene, full: Sequence[Node], others: Sequence[Node], deadline: Deadline) -> int:
    """How many slots have moved: all of them. Raises EngineError when the time is up before that."""
    total, moved = sum(node.count for node in full), 0
    for source, target, slots in moves(full, others):
        so_far = f"{moved} of {total} are where they shall be"
        if moved and not deadline.left:
            raise EngineError(f"the time was not enough to move all slots, {so_far}")
        tell(f"moving slots, {so_far}")
        words = ("--cluster-from", source, "--cluster-to", target, "--cluster-slots", str(slots))
        manage(scene, "reshard", *words)
        moved += slots
    return moved


def moves(full: Sequence[Node], others: Sequence[Node]) -> Iterator[tuple[str, str, int]]:
    """(from, to, slots) until full have none: each to the node that has the fewest then, which gets its share."""
    counts = {node.id: node.count for node in others}
    share = ceil(sum(node.count for node in (*full, *others)) / len(others))
    for source in full:
        left = source.count
        while left:
            target = min(counts, key=lambda one: counts[one])
            slots = min(_AT_ONCE, left, share - counts[target])
            counts[target] += slots
            left -= slots
            yield source.id, target, slots


def _behind(staying: Sequence[Member], going: Sequence[Member]) -> Iterator[str]:
    """Who does not have the data, or the news, yet. The operator goes by what the first leader pod knows: a pod that is
    still a master there would be made one again."""
    pods = {one.myself.id: one.pod for one in going if one.myself}
    for one in staying:
        if one.role == "slave" and not one.linked:
            yield f"Pod {one.pod} still copies the data of its master"
        for node in one.nodes:
            if node.id in pods and "master" in node.flags:
                yield f"Pod {one.pod} still takes Pod {pods[node.id]} for a master"
