# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking the custom resource that holds the data from what it is to what it shall be, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import UNCHANGED, Change
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.effects import rolls
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.ready import Readiness
from ansible_collections.eks.redis.plugins.module_utils.engine.scaling import shrinks, unfinished, vacate
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.stages import is_gated, sizes, stages, takes_over
from ansible_collections.eks.redis.plugins.module_utils.engine.volumes import left_over
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

Object = dict[str, Any]


class Transition:
    """One run's. timeout: seconds for all of it; None does not wait, so that everything is applied at once.

    done: what was done to the pods on the way, a line each.
    """

    def __init__(self, api: Api, plan: Layout, seen: Snapshot, *, force: bool, timeout: float | None) -> None:
        self.api, self.plan, self.seen, self.force = api, plan, seen, force
        self.deadline = Deadline(timeout) if timeout is not None else None
        self.warnings: list[str] = []
        self.done: list[str] = []
        self._stages: list[Object] = []

    def prepare(self, changes: Sequence[Change]) -> dict[str, Object]:
        """What must be before the first write; what to write first, by reference, instead of what is asked for."""
        change = self._main(changes)
        after = change.manifest
        self._stages = [after]
        if change.action == UNCHANGED:
            if self.deadline is not None and unfinished(self.plan, self.seen):
                self.done += vacate(self.api, self.plan, self.seen.name, self.deadline)
            return {}
        if self.deadline is None:
            if takes_over(self.plan) and (rolls(change.before, after) or shrinks(change.before, after)):
                what = kinds.reference_of(after)
                self.warnings.append(f"{what}: without waiting, pods restart or go without a planned failover")
            return {}
        half_rolled = change.before is not None and is_gated(change.before)
        if half_rolled and _resizes(change):
            raise EngineError(
                f"{kinds.reference_of(after)}: a rolling restart was cut off, and pods of two revisions cannot be "
                "scaled; run once with the numbers of pods as they were, then change them"
            )
        for name in left_over(self.plan, self.seen):  # preflight has refused them unless they may be deleted
            self.api.delete("PersistentVolumeClaim", name, self.plan.namespace)
            self.done.append(tell(f"PersistentVolumeClaim {self.plan.namespace}/{name}, out of date, was deleted"))
        if shrinks(change.before, after):
            self.done += vacate(self.api, self.plan, self.seen.name, self.deadline)
        self._stages = stages(self.plan, change.before, after, unfinished=half_rolled)
        return {kinds.reference_of(after): self._stages[0]}

    def go(self, changes: Sequence[Change]) -> None:
        """The stages after the first write, each when the one before is proven."""
        if self.deadline is None:
            return
        main = self._main(changes)
        others = [
            change.manifest
            for change in changes
            if change.manifest["kind"] in kinds.CUSTOM_RESOURCES and change is not main
        ]
        resized = _resizes(main)
        ready = Readiness(self.api, self.plan, self.seen.name, self.deadline, balance=resized)
        ready.done = self.done
        untouched = all(change.action == UNCHANGED for change in changes)
        for number, stage in enumerate(self._stages):
            if number:
                self.api.apply(stage, force=self.force)
            if is_gated(stage):
                ready.await_roll(stage)
            else:
                ready.await_proof([stage, *others], self.seen if untouched else None)
        if main.before is None or resized:
            while ready.part_huddled():
                ready.await_proof([self._stages[-1], *others])

    def _main(self, changes: Sequence[Change]) -> Change:
        kind = self.plan.redis[0].kind
        return next(change for change in changes if change.manifest["kind"] == kind)


def _resizes(change: Change) -> bool:
    return change.before is not None and sizes(change.before) != sizes(change.manifest)
