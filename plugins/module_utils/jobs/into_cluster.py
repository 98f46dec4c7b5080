# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore into a cluster, of however many shards, from however many files.

Writes are refused from before the old data is put into its safety set. While the keys are exchanged nobody gets at any:
what is served before is the old data, and what is served after it the new, proven. From the first key that is gone on
it leads forward only: the same restore, run again, begins with an empty cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import SLOTS, expand
from ansible_collections.eks.redis.plugins.module_utils.jobs import fence, shut
from ansible_collections.eks.redis.plugins.module_utils.jobs.cluster import Cluster
from ansible_collections.eks.redis.plugins.module_utils.jobs.copy import Copier
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError, Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.fence import Phase
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node, behind, wait
from ansible_collections.eks.redis.plugins.module_utils.jobs.persist import persist
from ansible_collections.eks.redis.plugins.module_utils.jobs.scene import Scene, ending, held
from ansible_collections.eks.redis.plugins.module_utils.jobs.shut import Shutter, Watch

_PATIENCE = 120.0  # seconds without a change
_TRIES = 3
_UNEVEN = 1.1  # a shard's share of the data may be that much above its share of the slots


def reached(restore: Restore, nodes: Sequence[Node]) -> Phase:
    """How far an earlier run has got. Raises JobError where another restore has begun."""
    return max(fence.phase(node, restore.id, _refuses) for node in nodes)


def put_back(restore: Restore, nodes: Sequence[Node], _sentinels: Login, _tell: Callable[[str], None]) -> bool:
    """Ends a restore that was cut off, where the cluster holds its own data; else False: that has to be restored."""
    if restore.begun or reached(restore, nodes) >= Phase.REPLACING:
        fence.begin_again(nodes, restore.id)
        return False
    _open(nodes, list(Cluster(nodes).masters()), restore)
    return True


class IntoCluster:
    """From the old data to the new."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.nodes, self.id = scene, scene.nodes, scene.restore.id
        self.cluster = Cluster(scene.nodes)
        self.masters = list(self.cluster.masters())
        # how far an earlier run has got; what restarted since has forgotten it, and may have taken writes
        phases = {node: fence.phase(node, self.id, _refuses) for node in self.nodes}
        self.proven = Phase.PROVEN in phases.values()
        self.begun = scene.restore.begun or Phase.REPLACING in phases.values()
        self.saved = all(phases[node] >= Phase.SAVED for node in self.masters)
        self.runs = {node: node.run for node in self.masters}

    def go(self) -> dict[str, int]:
        """The keys that it then holds, by number of the database. Raises JobError; its text says its state."""
        if not self.proven:
            shutter = Shutter(self.scene.redis)
            with self._back():
                self._close(shutter)
            with self._on(), Watch(self.nodes, self.scene.redis, shutter, self._remind) as watch:
                self.scene.say("replacing")
                fence.mark(self.nodes, self.id, Phase.REPLACING)
                self._try(shutter, watch)
                fence.mark(self.nodes, self.id, Phase.PROVEN)
        with self._on():
            _open(self.nodes, self.masters, self.scene.restore)
        self.scene.say("step", text="the cluster takes reads and writes again")
        return held(list(self.cluster.masters()))

    def check(self) -> None:
        """Raises JobError for what cannot be, before anything is touched."""
        scene = self.scene
        if self.proven:
            return
        for loaded in scene.loaded:
            others = {int(number): count for number, count in loaded.keys.items() if number != "0"}
            if others:
                counts = ", ".join(f"{count} in database {number}" for number, count in sorted(others.items()))
                raise JobError(f"{loaded.name} holds keys that a cluster has no place for: {counts}; it has database 0")
        scene.same_release()
        shut.restorable(self.nodes)
        needed = sum(loaded.memory for loaded in scene.loaded) * _UNEVEN
        for node, ranges in self.cluster.masters().items():
            share, allowed = needed * len(list(expand(ranges))) / SLOTS, int(node.setting("maxmemory"))
            if allowed and share > allowed:
                raise JobError(
                    f"{node.what} would need about {share:.0f} bytes of memory for its share of the data, and its "
                    f"maxmemory is {allowed}"
                )
        if not self.begun:
            scene.agreed(held(self.masters))
            wait(self.cluster.unwell, scene.tell, _PATIENCE)

    def _close(self, shutter: Shutter) -> None:
        """Old data is put aside, and nobody gets at it any more."""
        scene = self.scene
        for node in self.nodes:
            if not _refuses(node):
                fence.close([node], self.id)
        scene.say("step", text="the cluster refuses writes")
        if not self.saved and held(self.masters):
            # not before: what came in until now is in the set too
            if not self.begun:
                scene.agreed(held(self.masters))
            scene.safety.make()
            fence.mark(self.nodes, self.id, Phase.SAVED)
        for node, run in self.runs.items():
            if node.run != run or not _refuses(node):
                raise JobError(f"{node.what} restarted meanwhile, and may have taken writes")
        for node in self.nodes:
            shutter.shut(node)
        scene.say("step", text="nobody gets at keys of the cluster")

    def _try(self, shutter: Shutter, watch: Watch) -> None:
        """What fails begins anew, with an empty cluster: a pod may have restarted, at another address by now."""
        for left in reversed(range(_TRIES)):
            try:
                self._replace(shutter)
                self._prove(watch)
                return
            except JobError as error:
                if not left:
                    raise
                self.scene.say("again", reason=str(error), tries_left=left)
                watch.all_shut(_PATIENCE)
                watch.opened.clear()
                self.nodes = watch.nodes()
                self.cluster = Cluster(self.nodes)

    def _replace(self, shutter: Shutter) -> None:
        """The old keys go, the new ones come."""
        scene, loader = self.scene, self.scene.loader
        fence.let_write(self.nodes, scene.restore.target.settings)
        wait(self.cluster.unwell, scene.tell, _PATIENCE)
        copier = Copier(loader, self.cluster, shutter, scene.tell)
        copier.empty()
        wait(lambda: behind(self.nodes), scene.tell, _PATIENCE)
        # what the loader finds to have expired is not sent, and what expires in the cluster is not found
        self.gone = -self._expired()
        self.copied = 0
        for file, loaded in zip(scene.restore.files, scene.loaded, strict=True):
            if len(scene.restore.files) > 1:
                scene.tell(f"{file.name} is loaded")
                loaded = loader.load(file)
            copier.functions()
            self.gone -= _expired(loader.link)
            copier.keys(loaded.total)
            self.copied += loaded.total
            if doubts := list(copier.doubts()):
                raise JobError(f"{file.name}: {'; '.join(doubts)}")
            self.gone += _expired(loader.link)
            scene.say("copied", file=file.name, keys=loaded.total)

    def _prove(self, watch: Watch) -> None:
        """Raises JobError where not every key is where it is looked for, and nothing else."""
        scene = self.scene
        wait(lambda: self.cluster.unwell() or behind(self.nodes), scene.tell, _PATIENCE)
        wait(self._astray, scene.tell, _PATIENCE)
        found, gone = sum(held(list(self.cluster.masters())).values()), self.gone + self._expired()
        if not 0 <= self.copied - found <= gone:
            raise JobError(f"the cluster holds {found} keys instead of {self.copied}, of which {gone} had expired")
        persist(self.nodes, scene.tell)
        if watch.opened:
            names = ", ".join(sorted(watch.opened))
            raise JobError(f"{names} restarted as a master meanwhile, and may have taken writes")

    def _astray(self) -> None:
        """Raises JobError where keys are that nobody finds."""
        if strays := self.cluster.strays():
            raise JobError("; ".join(f"{name} holds {count} keys of other shards" for name, count in strays.items()))

    def _expired(self) -> int:
        return sum(map(_expired, self.cluster.masters()))

    def _remind(self, node: Node) -> None:
        """A node that has restarted learns how far the restore is."""
        fence.mark([node], self.id, Phase.REPLACING)
        self.scene.tell(f"{node.what} has restarted, and was shut again")

    @contextmanager
    def _back(self) -> Iterator[None]:
        """What fails here leaves the target as it was, unless an earlier run has begun to replace its data."""
        try:
            yield
        except (JobError, Stopped) as error:
            if self.begun:
                raise ending(error, "the cluster was being restored, and keeps everybody from its keys") from None
            try:
                _open(self.nodes, self.masters, self.scene.restore)
                self.scene.safety.let_go()
                self.scene.say("put_back")
            except JobError as other:
                raise ending(error, f"the target could not be put back, it may refuse writes: {other}") from None
            raise ending(error, "the target was put back: it holds what it held, and takes writes") from None

    @contextmanager
    def _on(self) -> Iterator[None]:
        """What fails here is completed by the next run."""
        try:
            yield
        except (JobError, Stopped) as error:
            raise ending(error, "nobody gets at keys of the cluster until this is completed") from None


def _open(nodes: Sequence[Node], masters: Sequence[Node], restore: Restore) -> None:
    """Everybody gets at keys, writes are taken, and the restore is forgotten."""
    for node in nodes:
        if shut.is_shut(node):
            shut.open_again(node)
    fence.let_write(nodes, restore.target.settings)
    fence.forget(sorted(nodes, key=lambda node: node in masters), restore.target.settings)


def _refuses(node: Node) -> bool:
    return fence.is_closed(node) or shut.is_shut(node)


def _expired(link: Link) -> int:
    """How many keys have expired in the life of a server."""
    return int(link.fields("INFO", "stats")["expired_keys"])
