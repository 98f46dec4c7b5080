# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore into a single master, with or without replicas and sentinels.

Writes are refused from before the old data is put into its safety set until the new data is proven; reads are served
all the time but for the moments in which a server loads. Whatever fails before the new data is whole leads back to the
old one. After that it leads on: the same restore, run again, completes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore
from ansible_collections.eks.redis.plugins.module_utils.jobs import fence
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError, Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.fence import Phase
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node, behind, wait
from ansible_collections.eks.redis.plugins.module_utils.jobs.persist import persist
from ansible_collections.eks.redis.plugins.module_utils.jobs.replicate import Exchange
from ansible_collections.eks.redis.plugins.module_utils.jobs.scene import Scene, ending, held
from ansible_collections.eks.redis.plugins.module_utils.jobs.sentinels import Sentinels

_PATIENCE = 600.0  # seconds without a change
_USABLE = 0.9  # of a container's memory; the rest is for buffers, and for what is freed late


def reached(restore: Restore, nodes: Sequence[Node]) -> Phase:
    """How far an earlier run has got, in this life of the master. Raises JobError where another restore has begun."""
    return fence.phase(_master(nodes), restore.id)


def put_back(restore: Restore, nodes: Sequence[Node], sentinels: Login, tell: Callable[[str], None]) -> bool:
    """Ends a restore that was cut off, where the master holds its own data; else False: that has to be restored."""
    master = _master(nodes)
    if restore.begun or reached(restore, nodes) >= Phase.REPLACING:
        fence.begin_again(nodes, restore.id)
        return False
    Sentinels(restore.target, sentinels).wake(tell)
    _open(nodes, master, restore)
    return True


class IntoMaster:
    """From the old data to the new."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.master, self.id = scene, _master(scene.nodes), scene.restore.id
        self.sentinels = Sentinels(scene.restore.target, scene.sentinels)
        # how far an earlier run has got, in this life of the master
        self.before = fence.phase(self.master, self.id)
        self.run = self.master.run
        # whether anything may be there: from then on a failover could bring back what is being replaced
        self.replacing = self.before >= Phase.REPLACING

    def check(self) -> None:
        """Raises JobError for what cannot be, before anything is touched."""
        if self.before < Phase.PROVEN:
            self.scene.same_release()
            _fits(self.scene, self.master)
        if self.before < Phase.REPLACING:
            self.scene.agreed(held([self.master]))

    def go(self) -> dict[str, int]:
        """The keys that it then holds, by number of the database. Raises JobError; its text says its state."""
        if self.before < Phase.PROVEN:
            exchange = Exchange(self.master, self.scene.loader.link, self.scene.address, self.scene.tell)
            with self._back(exchange):
                self._replace(exchange)
            with self._on("refuses writes until this is completed"):
                self._prove(exchange)
        with self._on("refuses writes until this is completed"):
            fence.let_write(self.scene.nodes, self.scene.restore.target.settings)
        self.scene.say("step", text=f"{self.master.what} takes writes again")
        # who writes does not wait for this
        with self._on("takes writes"):
            self.sentinels.wake(self.scene.tell)
            _forget(self.scene.nodes, self.master, self.scene.restore)
        return self.master.keys()

    def _replace(self, exchange: Exchange) -> None:
        scene, master = self.scene, self.master
        self.sentinels.calm()
        fence.close(scene.nodes, self.id)
        scene.say("step", text=f"{master.what} refuses writes")
        if master.role() == "slave":
            master.ask("REPLICAOF", "NO", "ONE")  # of a loader that is gone: an earlier run was cut off
        if self.before < Phase.SAVED and held([master]):
            # not before: what came in until now is in the set too
            scene.agreed(held([master]))
            scene.safety.make()
            fence.mark(scene.nodes, self.id, Phase.SAVED)
        self._same_life()
        scene.loader.offer()
        scene.say("replacing")
        self.replacing = True
        fence.mark(scene.nodes, self.id, Phase.REPLACING)
        exchange.copy(both=_room_for_both(scene, master))

    def _prove(self, exchange: Exchange) -> None:
        scene, master = self.scene, self.master
        doubts = exchange.doubts(list(scene.loader.databases()))
        if doubts:
            raise JobError("; ".join(doubts))
        exchange.end(scene.restore.target.settings)
        scene.say("step", text=f"{master.what} holds the new data")
        wait(lambda: behind(scene.nodes), scene.tell, _PATIENCE)
        persist(scene.nodes, scene.tell)
        self._same_life()
        fence.mark(scene.nodes, self.id, Phase.PROVEN)

    def _same_life(self) -> None:
        """Raises JobError where writes may have come in."""
        if self.master.run != self.run or not fence.is_closed(self.master):
            raise JobError(f"{self.master.what} restarted meanwhile, and may have taken writes")

    @contextmanager
    def _back(self, exchange: Exchange) -> Iterator[None]:
        """What fails here leaves the target as it was: where that is possible, and where that was its own data."""
        try:
            yield
        except (JobError, Stopped) as error:
            try:
                state = self._put_back(exchange)
            except JobError as other:
                raise ending(error, f"the target could not be put back, it may refuse writes: {other}") from None
            raise ending(error, state) from None

    def _put_back(self, exchange: Exchange) -> str:
        """What then is."""
        scene, master = self.scene, self.master
        if not self.replacing and not _answers(master):
            return self._leave()
        restarted = master.run != self.run
        if not restarted and (self.before >= Phase.REPLACING or exchange.done or not exchange.intact):
            return "the target no longer holds its old data, and refuses writes until this is completed"
        exchange.end(scene.restore.target.settings)
        self.sentinels.wake(scene.tell)
        _open(self.scene.nodes, self.master, self.scene.restore)
        scene.safety.let_go()
        scene.say("put_back")
        now = "what its volume held" if restarted else "what it held"
        return f"the target was put back: it holds {now}, and takes writes"

    def _leave(self) -> str:
        """The master is away before anything was replaced: its replicas have all that it had, and sentinels choose."""
        self.sentinels.alarm()
        others = [node for node in self.scene.nodes if node is not self.master]
        fence.let_write(others, self.scene.restore.target.settings)
        fence.forget(others, self.scene.restore.target.settings)
        self.scene.safety.let_go()
        self.scene.say("put_back")
        return f"{self.master.what} is away, and nothing was replaced: the target was put back, and goes on without it"

    @contextmanager
    def _on(self, state: str) -> Iterator[None]:
        """What fails here is completed by the next run. state: what the master does meanwhile."""
        try:
            yield
        except (JobError, Stopped) as error:
            raise ending(error, f"{self.master.what} holds the new data, and {state}") from None


def _master(nodes: Sequence[Node]) -> Node:
    """The one master; or the pod that a restore has left as a replica of a loader. Raises JobError where there is none.

    While the operator stays away nobody tells replicas the address of a master that has restarted: that is done here.
    """
    infos = {node: node.fields("INFO", "replication") for node in nodes}
    masters = [node for node, info in infos.items() if info["role"] == "master"]
    astray = [
        node
        for node, info in infos.items()
        if info["role"] == "slave" and not any(one.pod.is_at(info["master_host"]) for one in nodes)
    ]
    left = [node for node in astray if fence.is_closed(node)]
    (first, *others) = masters or left or (None,)
    if first is None or others:
        names = ", ".join(node.what for node in masters) or "none"
        raise JobError(f"there must be one master among the pods; masters: {names}")
    for node, info in infos.items():
        if node in astray and node is not first:
            node.ask("REPLICAOF", first.host, first.port)
        elif node is not first and not first.pod.is_at(info.get("master_host", "")):
            raise JobError(f"{node.what} follows {info.get('master_host')} instead of {first.what}")
    return first


def _answers(node: Node) -> bool:
    """Whether it is there; its connection may be one to a process that has ended."""
    node.close()
    try:
        return bool(node.ask("PING"))
    except Lost:
        return False
    except Refusal:
        return True  # it loads its data


def _open(nodes: Sequence[Node], master: Node, restore: Restore) -> None:
    """Writes are taken, and the restore is forgotten."""
    fence.let_write(nodes, restore.target.settings)
    _forget(nodes, master, restore)


def _forget(nodes: Sequence[Node], master: Node, restore: Restore) -> None:
    fence.forget(sorted(nodes, key=lambda node: node is master), restore.target.settings)


def _fits(scene: Scene, master: Node) -> None:
    """Raises JobError for data that the target cannot hold."""
    databases = int(master.setting("databases"))
    highest = max(map(int, scene.loader.databases()), default=0)
    if highest >= databases:
        raise JobError(f"there are keys in database {highest}, and the target has the databases 0 to {databases - 1}")
    needed, allowed = scene.loaded[-1].memory, int(master.setting("maxmemory"))
    if allowed and needed > allowed:
        raise JobError(f"the data takes {needed} bytes of memory, and maxmemory of the target is {allowed}")


def _room_for_both(scene: Scene, master: Node) -> bool:
    limit = scene.restore.target.memory
    both = int(master.fields("INFO", "memory")["used_memory"]) + scene.loaded[-1].memory
    return not limit or both <= limit * _USABLE
