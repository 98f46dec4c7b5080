# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Following one primary of the source: all keys once, then those that change, round after round.

A round that is no smaller than the one before, three times running, ends the migration: more is written than can be
copied. What may have missed a change raises Again: then everything is copied anew, which does no harm (data path sheet
§4.3).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY, expand, key_slot
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.events import Events, Key
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.proof import Proof
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.reader import Copy, Reader
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Primary, Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.watch import Watch
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.writer import Writer

FEW = 500  # keys: so few are left for the freeze
_GROWING = 3  # rounds
_LOOK = 1.0  # seconds between two looks at whether the source is the same
_IDLE = 10.0  # seconds; half of the least that ElastiCache's parameter timeout can be
_TOLD = 0.5  # seconds between two words about progress


@dataclass(frozen=True)
class Plan:
    """What one follower is for. moments, largest, skew: see Reader. copies: else it only compares."""

    source: Side
    primary: Primary
    target: Side
    masters: tuple[Primary, ...]
    moments: bool
    largest: int
    skew: int = 0
    copies: bool = True


@dataclass
class Progress:
    """keys: that the first pass has copied, ``of`` about so many; rate: of them, a second. rounds: after that. dirty:
    keys that the last one copied. unproven: keys that were not compared since they were copied. follows: whether it
    has come to the end of what was there."""

    keys: int = 0
    of: int = 0
    rate: float = 0.0
    rounds: int = 0
    dirty: int = 0
    unproven: int = 0
    follows: bool = False


@dataclass(frozen=True)
class Last:
    """The last step, while nobody writes: seconds until all events were there, of the copy, of the comparison."""

    keys: int
    fence: float
    copy: float
    compare: float
    differing: tuple[str, ...]


class Follower:
    """tell: is given the progress, every now and then."""

    def __init__(self, plan: Plan, tell: Callable[[Progress], None]) -> None:
        source, primary = plan.source, plan.primary
        self._tell, self._told = tell, 0.0
        self.progress, self._copies = Progress(), plan.copies
        self._slots = None if primary.slots == EVERY else frozenset(expand(primary.slots))
        # before the first name is asked for
        self._events = Events(source.link(primary))
        self._watch = Watch(source.link(primary), primary)
        self._reader = Reader(source.link(primary), moments=plan.moments, largest=plan.largest, skew=plan.skew)
        self._writer = Writer(plan.target, plan.masters)
        self._proof = Proof(self._reader, self._writer, self._events, self.mine)
        self._looked = self._began = self._stayed = time.monotonic()
        self._sizes: list[int] = []

    def begin(self) -> None:
        """All keys, once; then rounds until few are left. Raises JobError where that does not come."""
        if not self._copies:
            self.progress.follows = True
            return
        self._began = time.monotonic()
        held = self._reader.databases()
        self.progress.of = sum(held.values())
        old = self._writer.databases()
        for database in held:
            self._reader.all(database, self._first)
            self._writer.flush()
        if old:
            # an earlier run has copied them, and they were deleted since
            self._copy_keys(set(self._proof.foreign()))
        while not self.progress.follows:
            self.round()

    def round(self) -> None:
        """What has changed since the last one."""
        self._look()
        self._stay()
        if not self._copies:
            return
        keys = self._events.take()
        self._copy_keys(keys)
        self._proof.unproven |= keys
        self.progress.rounds += 1
        self.progress.dirty = len(keys)
        self._judge(len(keys))
        if self.progress.follows:
            self._proof.compare()
        self.progress.unproven = len(self._proof.unproven)
        self._say()

    def verify(self, sample: int) -> dict[str, object]:
        """sample: keys that are compared by value, by chance; 0 for all. What Proof.verify says."""
        return self._proof.verify(sample, self.round)

    def finish(self) -> Last:
        """Everything that was written before now; writers stand still."""
        began = time.monotonic()
        self._events.fence()
        fenced = time.monotonic()
        keys = self._events.take()
        self._copy_keys(keys)
        self._writer.replicated()
        copied = time.monotonic()
        self._proof.unproven |= keys
        self._proof.compare(every=True)
        compared = time.monotonic()
        return Last(len(keys), fenced - began, copied - fenced, compared - copied, self._proof.words())

    def mine(self, name: bytes) -> bool:
        """Whether a key belongs to this primary."""
        return self._slots is None or key_slot(name) in self._slots

    def fileno(self) -> int:
        """What changes arrive at."""
        return self._events.fileno()

    def _copy_keys(self, keys: Iterable[Key]) -> None:
        names: dict[int, list[bytes]] = defaultdict(list)
        for database, name in keys:
            names[database].append(name)
        for database, some in names.items():
            self._reader.some(database, some, self._put)
        self._writer.flush()

    def _first(self, database: int, copies: Sequence[Copy]) -> None:
        self._put(database, copies)
        self.progress.keys += len(copies)
        self.progress.rate = self.progress.keys / (time.monotonic() - self._began)

    def _put(self, database: int, copies: Sequence[Copy]) -> None:
        """While the target takes some keys, the next are on their way."""
        self._writer.put(database, copies)
        self._events.read()
        self._look()

    def _judge(self, size: int) -> None:
        """Whether the rounds come to an end."""
        self.progress.follows |= size <= FEW
        self._sizes = [] if size <= FEW else [*self._sizes, size][-_GROWING - 1 :]
        if len(self._sizes) > _GROWING and all(
            one <= other for one, other in zip(self._sizes, self._sizes[1:], strict=False)
        ):
            raise JobError(
                f"more is written than can be copied: the last rounds had {', '.join(map(str, self._sizes))} keys; "
                "nothing has changed at the source: try again when less is written"
            )

    def _stay(self) -> None:
        """Servers may close connections that are idle."""
        if time.monotonic() - self._stayed > _IDLE:
            self._stayed = time.monotonic()
            self._reader.ping()
            self._writer.ping()

    def _look(self) -> None:
        moment = time.monotonic()
        if moment - self._looked >= _LOOK:
            self._looked = moment
            self._watch.look(self._events.seen)
        self._say()

    def _say(self) -> None:
        moment = time.monotonic()
        if moment - self._told >= _TOLD:
            self._told = moment
            self._tell(self.progress)
