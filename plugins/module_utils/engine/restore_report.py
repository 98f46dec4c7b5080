# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore says on its way, told as it comes, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import Event
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_check import held
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_journal import Entry
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some

Object = dict[str, Any]


class Report:
    """replacing: called when the job begins to replace data. started: whether it has begun at all. put_back: whether
    the target holds its own data, and takes writes: nothing is left to do. safety_set: of what it held, "" for none."""

    def __init__(self, replacing: Callable[[], None]) -> None:
        self._replacing = replacing
        self.started = self.put_back = False
        self.safety_set = ""
        self.files: list[Object] = []

    def hear(self, event: Event) -> None:
        """One event of the program. One that this release does not know is passed over."""
        try:
            self._note(event)
            words = _WORDS[event["event"]](event)
        except (KeyError, TypeError):
            return
        tell(words)

    def _note(self, event: Event) -> None:
        kind = event["event"]
        if kind == "started" and "id" in event:  # not of the backup that it makes
            # a pod that was lost has said the same before
            self.started, self.put_back, self.files = True, False, []
        elif kind == "replacing":
            self._replacing()
        elif kind == "put_back":
            self.put_back = True
        elif kind == "safety":
            self.safety_set = str(event["set"])
        elif kind == "loaded":
            self.files.append({key: event[key] for key in ("file", "keys", "expired", "seconds")})


def lines(what: str, instance: str, done: Event, safety_set: str) -> list[str]:
    """For people. what: was done. done: what the program said at its end."""
    counts = done.get("keys") or {}
    keys = ", ".join(f"{some(count, 'key')} in database {number}" for number, count in sorted(counts.items()))
    times = ", ".join(f"{name} {number:.1f} s" for name, number in (done.get("seconds") or {}).items())
    found = [f"{what}: {keys or 'no keys'}{f' ({times})' if times else ''}"]
    if safety_set:
        found += [
            f"put aside: set {safety_set}, which is what {instance} held before; it stays until it is let go",
            "go back with state: rolled_back, let it go with state: confirmed (playbooks: redis_restore_state)",
        ]
    return found


def prediction(view: View, entry: Entry) -> list[str]:
    """What a restore would do, for people."""
    keys = held(view.state)
    aside = "they are put into a set of their own first" if entry.safety_backup else "they are lost"
    if view.plan.mode == "cluster":
        meanwhile = "nobody gets at keys while they are exchanged, and connections are cut"
    else:
        meanwhile = "reads are served, but for the moments in which a Redis loads the new data"
    sentinels = ", and the sentinels do not fail over" if view.plan.sentinels else ""
    return [
        f"restore: {entry.source} into {view.plan.namespace}/{view.seen.name}",
        f"replaced: {some(keys, 'key')}; {aside}" if keys else "replaced: nothing, the instance is empty",
        "meanwhile: writes are refused until the new data is proven",
        f"meanwhile: {meanwhile}",
        f"meanwhile: the operator stays away{sentinels}",
    ]


def _loaded(event: Event) -> str:
    keys = sum(event["keys"].values())
    gone = f", {event['expired']} had expired" if event["expired"] else ""
    return f"loaded: {event['file']}, {some(keys, 'key')}{gone}, in {event['seconds']:.1f} s"


_WORDS: dict[str, Callable[[Event], str]] = {
    "started": lambda event: f"{event['source']}: {some(event['files'], 'file')}, {size(event['bytes'])}",
    "progress": lambda event: str(event["text"]),
    "step": lambda event: str(event["text"]),
    "loaded": _loaded,
    "safety": lambda event: f"put aside: set {event['set']}, {some(event['keys'], 'key')}",
    "copied": lambda event: f"copied: {event['file']}, {some(event['keys'], 'key')}",
    "again": lambda event: f"failed, and tried again: {event['reason']}",
    "failed": lambda event: f"failed: {event['reason']}",
}
