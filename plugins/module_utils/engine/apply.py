# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making the cluster what the manifests say: all reads first, then dry runs of what differs, then the writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, effects, fields, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.diff import diff
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, together

CREATED, CHANGED, UNCHANGED, DELETED = "created", "changed", "unchanged", "deleted"
_SHOWN_FIELDS = 4


@dataclass(frozen=True)
class Change:
    """What happens, or in check mode would happen, to one object.

    before: our part of the live object, None when there is none. after: what we send, None for a deletion. adopts: the
    object is there, and was not ours.
    """

    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    adopts: bool = False

    @property
    def manifest(self) -> dict[str, Any]:
        return self.after or self.before or {}

    @cached_property
    def fields(self) -> list[str]:
        """The paths of the fields that change; none of an object that comes, goes or stays as it is."""
        if self.action != CHANGED or self.before is None or self.after is None:
            return []
        return fields.changed_fields(self.before, self.after)

    @cached_property
    def effects(self) -> list[str]:
        """What it means beyond the object itself, see ``effects.effects``."""
        if self.action == UNCHANGED:
            return []
        adopted = [f"becomes an object of {kinds.MANAGER}"] if self.adopts else []
        return [*adopted, *effects.effects(self.before, self.after)]

    def as_dict(self) -> dict[str, Any]:
        """Its line in a module's result."""
        meta = self.manifest["metadata"]
        return {
            "kind": self.manifest["kind"],
            "namespace": meta.get("namespace"),
            "name": meta["name"],
            "change": self.action,
            "fields": self.fields,
            "effects": self.effects,
        }

    def __str__(self) -> str:
        """Its line for people: ``changed: Redis apps/cache (spec.hostPort): restarts its only pod: …``."""
        shown = ", ".join(self.fields[:_SHOWN_FIELDS])
        more = len(self.fields) - _SHOWN_FIELDS
        where = f" ({shown}{f' and {more} more' if more > 0 else ''})" if shown else ""
        meaning = f": {'; '.join(self.effects)}" if self.effects else ""
        return f"{self.action}: {kinds.reference_of(self.manifest)}{where}{meaning}"


Lives = Mapping[str, "dict[str, Any] | None"]
Prepare = Callable[[Sequence[Change]], Mapping[str, dict[str, Any]]]


def result(changes: Sequence[Change], *, with_diff: bool) -> dict[str, Any]:
    """``changed``, ``objects``, ``counts``, ``summary`` (lines for people) and, if asked for, ``diff`` of a module."""
    real = [change for change in changes if change.action != UNCHANGED]
    shown = {"diff": [diff(change.before, change.after) for change in real]} if with_diff else {}
    actions = [change.action for change in changes]
    return {
        "changed": bool(real),
        "objects": [change.as_dict() for change in changes],
        "counts": {action: actions.count(action) for action in (CREATED, CHANGED, DELETED, UNCHANGED)},
        "summary": [str(change) for change in real] or ["nothing to change"],
        **shown,
    }


def read(api: Api, manifests: Sequence[dict[str, Any]], seen: Iterable[dict[str, Any]] = ()) -> Lives:
    """The live objects by reference; None for one that is not there.

    A namespace that holds one of the others is taken to be as the manifest says, and not read. seen: objects that are
    not read once more.
    """
    known = {kinds.reference_of(one): one for one in seen}
    namespaces = [manifest for manifest in manifests if manifest["kind"] == "Namespace"]
    others = [manifest for manifest in manifests if manifest["kind"] != "Namespace"]
    found = api.map(lambda one: known.get(kinds.reference_of(one)) or _live(api, one), others)
    lives = dict(zip(map(kinds.reference_of, others), found, strict=True))
    inhabited = any(lives.values())
    return {
        **{kinds.reference_of(one): one if inhabited else _live(api, one) for one in namespaces},
        **lives,
    }


def settled(manifests: Sequence[dict[str, Any]], lives: Lives) -> bool:
    """Whether there is nothing to apply; False may still turn out so, see ``compare.is_current``."""

    def is_settled(manifest: dict[str, Any]) -> bool:
        live = lives[kinds.reference_of(manifest)]
        if live is None or "deletionTimestamp" in live["metadata"]:
            return False
        return manifest["kind"] == "Namespace" or compare.is_current(manifest, live)

    return all(map(is_settled, manifests))


def apply(
    api: Api,
    manifests: Sequence[dict[str, Any]],
    lives: Lives,
    *,
    check: bool,
    force: bool,
    prepare: Prepare = lambda changes: {},
) -> list[Change]:
    """Applies the manifests in their order; the changes in that order. In check mode nothing is written.

    lives: what ``read`` has found. prepare: called before the first write; what it returns, by reference, is written
    instead of a manifest. Raises EngineError with every refusal, before the first write where the server can say so.
    """
    changes = _plan(api, manifests, lives, force)
    if check:
        return changes
    namespaces = [change for change in changes if change.manifest["kind"] == "Namespace"]
    if any(change.action == CREATED for change in namespaces):
        _write(api, namespaces, force)
        # only now can the server be asked about what goes into them
        rest = [manifest for manifest in manifests if manifest["kind"] != "Namespace"]
        changes = [*namespaces, *_write(api, _plan(api, rest, lives, force), force, prepare)]
        return sorted(changes, key=lambda change: manifests.index(change.manifest))
    return _write(api, changes, force, prepare)


def _plan(api: Api, manifests: Sequence[dict[str, Any]], lives: Lives, force: bool) -> list[Change]:
    coming = {
        manifest["metadata"]["name"]
        for manifest in manifests
        if manifest["kind"] == "Namespace" and lives[kinds.reference_of(manifest)] is None
    }

    def planned(manifest: dict[str, Any]) -> Change | ApiError:
        live = lives[kinds.reference_of(manifest)]
        try:
            return _change(api, manifest, live, force, ask=manifest["metadata"].get("namespace") not in coming)
        except ApiError as error:
            return error

    outcomes = api.map(planned, manifests)
    problems = [str(outcome) for outcome in outcomes if isinstance(outcome, ApiError)]
    if problems:
        raise together(problems)
    return [outcome for outcome in outcomes if isinstance(outcome, Change)]


def _live(api: Api, manifest: dict[str, Any]) -> dict[str, Any] | None:
    meta = manifest["metadata"]
    try:
        return api.get(manifest["kind"], meta["name"], meta.get("namespace"))
    except ApiError as error:
        if manifest["kind"] == "Namespace" and error.status == 403:
            return manifest  # who may not look at namespaces works in one that is there
        raise


def _change(api: Api, manifest: dict[str, Any], live: dict[str, Any] | None, force: bool, ask: bool) -> Change:
    """``ask``: whether the server can say what an apply would do; it cannot inside a namespace still to be made."""
    if live is None:
        if ask:
            _dry_run(api, manifest, force)
        return Change(CREATED, None, manifest)
    before = compare.our_part(live, manifest)
    # a namespace is made when it is missing and otherwise left to its owner
    if manifest["kind"] == "Namespace" or compare.is_current(manifest, live):
        return Change(UNCHANGED, before, manifest)
    applied = _dry_run(api, manifest, force)
    unchanged = applied is not None and compare.same_outcome(live, applied)
    return Change(UNCHANGED if unchanged else CHANGED, before, manifest, compare.owned_fields(live) is None)


def _dry_run(api: Api, manifest: dict[str, Any], force: bool) -> dict[str, Any] | None:
    """The outcome; None when the server cannot say it before something else is there: a kind's definition, which comes
    with the operator, or the Role of a RoleBinding, whose rights it looks up for all but administrators."""
    try:
        return api.apply(manifest, dry_run=True, force=force)
    except ApiError as error:
        if error.status == 404 and manifest["kind"] in (*kinds.CUSTOM_RESOURCES, "RoleBinding"):
            return None
        raise


def _write(api: Api, changes: Sequence[Change], force: bool, prepare: Prepare = lambda changes: {}) -> list[Change]:
    instead = prepare(changes)
    todo = [change for change in changes if change.action in (CREATED, CHANGED)]
    for done, change in enumerate(todo):
        try:
            api.apply(instead.get(kinds.reference_of(change.manifest), change.manifest), force=force)
        except EngineError as error:
            raise half_done(error, todo[:done], todo[done:], "applied") from None
    return list(changes)


def half_done(error: EngineError, done: Iterable[Change], open_: Iterable[Change], verb: str) -> EngineError:
    """The error of a run that stopped between two writes: what is done, what is not."""
    finished = ", ".join(kinds.reference_of(change.manifest) for change in done) or "nothing"
    left = ", ".join(kinds.reference_of(change.manifest) for change in open_)
    return EngineError(f"{error}; already {verb}: {finished}; not {verb}: {left}; the run can be repeated")
