# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is there to what is asked for: one resource, one decision, the fewest writes.

A resource knows how to read and write itself; everything else (what differs, check mode, diffs, names of what was done)
is here, once. States are mappings of our own field names; a field that the wanted state lacks is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell_change
from ansible_collections.eks.redis.plugins.module_utils.topology.files import to_yaml

_DONE = {"create": "created", "change": "changed", "delete": "deleted", "keep": "unchanged", "leave": "left"}
State = Mapping[str, Any]
Same = Callable[[Any, Any], bool]  # live, wanted


class Resource(Protocol):
    """kind, name: for messages, ``IAM role`` and ``cache-backup``. same: how fields are compared, else by equality.

    shared: one that others made is used, and given what it lacks; any other is only changed when it has our tags.
    ``tags`` are a field of every state.
    """

    kind: str
    name: str
    shared: bool
    same: Mapping[str, Same]

    def read(self) -> dict[str, Any] | None:
        """What is there, None when nothing is."""

    def create(self, wanted: State) -> None:
        """Makes it as wanted."""

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Writes the fields that differ."""

    def delete(self, live: State) -> None:
        """Takes it away."""


@dataclass(frozen=True)
class Change:
    """What was done, or in check mode would be.

    action: create, change, delete, or keep; leave for something that was to go and is not ours. fields: those that
    differ. predicted: in check mode. live: the state at the end, in check mode what is known of it.
    """

    kind: str
    name: str
    action: str
    fields: tuple[str, ...]
    before: State | None
    live: State | None
    wanted: State | None
    predicted: bool

    @property
    def changed(self) -> bool:
        """Whether something was, or would be, written."""
        return self.action not in ("keep", "leave")

    def __str__(self) -> str:
        """For people: ``changed: IAM role cache-backup (trust)``."""
        fields = f" ({', '.join(self.fields)})" if self.fields else ""
        return f"{_DONE[self.action]}: {self.kind} {self.name}{fields}"

    def result(self, diff: bool) -> dict[str, Any]:
        """The part of a module's result that all resources have; a change is told to who watches, too."""
        if self.changed:
            tell_change(str(self), predicted=self.predicted)
        said = {"kind": self.kind, "name": self.name, "action": self.action, "fields": list(self.fields)}
        return {"changed": self.changed, "change": said, **({"diff": [self._diff()]} if diff else {})}

    def _diff(self) -> dict[str, str]:
        header = f"{self.kind} {self.name}"
        return {
            "before_header": header,
            "after_header": header,
            "before": _shown(self.before, self.wanted),
            "after": _shown(self.before if self.action == "leave" else self.wanted, self.wanted),
        }


def reconcile(resource: Resource, wanted: State | None, *, check: bool, cluster: str, adopt: bool = False) -> Change:
    """Brings a resource to the wanted state, None: to its absence, unless it lacks our tags of that cluster.

    adopt: makes ours what others made. Reads it again after a write. Errors: AwsError, also for one that is not ours.
    """
    live = resource.read()
    if live is not None and wanted is not None and not adopt and not tags.is_ours(live["tags"], cluster):
        wanted = _beside_others(resource, wanted, cluster)
    fields = _differing(resource, live, wanted)
    action = _action(live, wanted, fields, cluster)
    after = live
    if check and action in ("create", "change", "delete"):
        after = {**(live or {}), **wanted} if wanted is not None else None
    elif action == "create" and wanted is not None:
        resource.create(wanted)
        after = resource.read()
    elif action == "change" and live is not None and wanted is not None:
        resource.update(live, wanted, frozenset(fields))
        after = resource.read()
    elif action == "delete" and live is not None:
        resource.delete(live)
        after = None
    return Change(resource.kind, resource.name, action, fields, live, after, wanted, predicted=check)


def _beside_others(resource: Resource, wanted: State, cluster: str) -> State:
    if resource.shared:
        return {**wanted, "tags": tags.unmarked(wanted["tags"])}
    raise AwsError(
        f"{resource.kind} {resource.name} is there and was not made by eks.redis for cluster {cluster}; "
        "choose another name, or make it eks.redis's with adopt: true"
    )


def _action(live: State | None, wanted: State | None, fields: tuple[str, ...], cluster: str) -> str:
    if wanted is None and live is not None:
        return "delete" if tags.is_ours(live["tags"], cluster) else "leave"
    if wanted is None:
        return "keep"
    if live is None:
        return "create"
    return "change" if fields else "keep"


def _differing(resource: Resource, live: State | None, wanted: State | None) -> tuple[str, ...]:
    if live is None or wanted is None:
        return ()
    return tuple(
        field for field, value in wanted.items() if not resource.same.get(field, _equal)(live.get(field), value)
    )


def _equal(live: Any, wanted: Any) -> bool:
    return bool(live == wanted)


def _shown(state: State | None, wanted: State | None) -> str:
    """The fields that are ours to set."""
    if state is None:
        return ""
    fields = sorted(state if wanted is None else wanted)
    return to_yaml({field: state.get(field) for field in fields})
