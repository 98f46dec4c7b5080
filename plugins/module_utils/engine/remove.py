# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking an instance away. Its volumes and its password stay, unless their deletion is asked for by name."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import (
    compare,
    kinds,
    migration_journal,
    operators,
    prune,
    restore_journal,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import Change, result
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, allowed, together
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import selector
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until

_DATA = ("Secret", "PersistentVolumeClaim")


def absent(
    api: Api, name: str, namespace: str, *, check: bool, with_diff: bool, delete_data: bool, timeout: float | None
) -> dict[str, Any]:
    """Deletes the custom resources, waits for the end of their pods, then deletes the rest; a module's result.

    ``kept`` names what holds data and stays; volumes that are to go are waited for. ``timeout`` None does not wait.
    """
    resources = _resources(api, name, namespace)
    data = [live for kind in _DATA for live in api.list(kind, namespace, labelSelector=selector(name))]
    # they say whether the data on these volumes is whole, and whose it is
    data += [*restore_journal.journals(api, namespace, name), *migration_journal.journals(api, namespace, name)]
    _require_operator(api, namespace, resources)
    first = prune.deletions(api, resources)
    ours, unread = prune.everything(api, namespace, name)
    rest = prune.deletions(api, ours)
    if delete_data:
        rest += prune.deletions(api, data)
    outcome = result([*first, *rest], with_diff=with_diff)
    outcome["kept"] = [] if delete_data else [kinds.reference_of(live) for live in data]
    outcome["summary"] += [f"kept: {one}" for one in outcome["kept"]]
    outcome["warnings"] = unread
    if not check:
        deadline = None if timeout is None else Deadline(timeout)
        prune.delete(api, first)
        if deadline:
            _await_pods(api, name, namespace, first, deadline)
        prune.delete(api, rest)
        if deadline and delete_data:
            _await_volumes(api, name, namespace, deadline)
    return outcome


def _resources(api: Api, name: str, namespace: str) -> list[dict[str, Any]]:
    """The instance's custom resources; EngineError when one of the name is there and is not ours."""
    lives = [live for live in api.map(lambda kind: api.get(kind, name, namespace), kinds.CUSTOM_RESOURCES) if live]
    foreign = [kinds.reference_of(live) for live in lives if compare.owned_fields(live) is None]
    if foreign:
        raise together(
            f"{one} was not made by {kinds.MANAGER}, so it is left alone; delete it as it was made" for one in foreign
        )
    return lives


def _require_operator(api: Api, namespace: str, resources: list[dict[str, Any]]) -> None:
    """Only the operator removes the finalizer of its custom resources: without it they would stay for ever."""
    if not any(live["metadata"].get("finalizers") for live in resources):
        return
    found = allowed(lambda: operators.find(api))
    if found is not None and not any(one.covers(namespace) for one in found):
        names = ", ".join(kinds.reference_of(live) for live in resources)
        raise EngineError(
            f"no redis operator watches namespace {namespace}, and only it can finish the deletion of {names}; "
            "install it with the role eks.redis.operator, then run again; nothing was deleted"
        )


def _await_pods(api: Api, name: str, namespace: str, changes: list[Change], deadline: Deadline) -> None:
    def left() -> str | None:
        for change in changes:
            live = api.get(change.manifest["kind"], name, namespace)
            if live is not None:
                finalizers = ", ".join(live["metadata"].get("finalizers") or ()) or "none"
                return f"{kinds.reference_of(live)} is still there, its finalizers: {finalizers}"
        return _left(api, "Pod", name, namespace)

    watched = [Watched(change.manifest["kind"], namespace, {}) for change in changes]
    reason = wait_until(api, left, [_of("Pod", name, namespace), *watched], deadline)
    if reason:
        raise EngineError(
            f"instance {namespace}/{name} is not gone after {deadline.seconds:.0f} s: {reason}; "
            "look at the operator's log, then run again"
        )


def _await_volumes(api: Api, name: str, namespace: str, deadline: Deadline) -> None:
    """A claim that is on its way out would be taken for the volume of the next deploy."""
    claims = "PersistentVolumeClaim"
    reason = wait_until(api, lambda: _left(api, claims, name, namespace), [_of(claims, name, namespace)], deadline)
    if reason:
        raise EngineError(
            f"volumes of {namespace}/{name} are not gone after {deadline.seconds:.0f} s: {reason}; "
            "a pod that uses one keeps it, end that pod, then run again"
        )


def _left(api: Api, kind: str, name: str, namespace: str) -> str | None:
    lives = api.list(kind, namespace, labelSelector=selector(name))
    return f"still there: {kind} {', '.join(live['metadata']['name'] for live in lives)}" if lives else None


def _of(kind: str, name: str, namespace: str) -> Watched:
    return Watched(kind, namespace, {"labelSelector": selector(name)})
