# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting what an instance no longer renders: objects with its labels that we applied, never what holds data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import DELETED, Change, half_done
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import selector
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import OBJECTS
from ansible_collections.eks.redis.plugins.module_utils.topology.names import service_monitor


def surplus(
    api: Api, namespace: str, name: str, manifests: Iterable[dict[str, Any]], lives: Mapping[str, dict[str, Any] | None]
) -> list[Change]:
    """The deletions that leave only ``manifests`` of an instance's prunable objects. Reads and dry runs only.

    lives: the live objects of ``manifests`` by reference. The ConfigMap among them lists what was made beside it; where
    it does not, as in releases before 0.2.0, or is gone, every kind is looked through.
    """
    wanted = {kinds.reference_of(manifest) for manifest in manifests}
    config = next((live for live in lives.values() if live and live["kind"] == "ConfigMap"), None)
    listed = ((config or {}).get("metadata", {}).get("annotations") or {}).get(OBJECTS)
    if listed is None:
        return deletions(
            api, [one for one in everything(api, namespace, name)[0] if kinds.reference_of(one) not in wanted]
        )
    gone = sorted(one for one in listed.split(", ") if one and one not in wanted)
    there = api.map(lambda reference: _listed(api, reference), gone)
    return deletions(api, [live for live in there if live and compare.owned_fields(live) is not None])


def _listed(api: Api, reference: str) -> dict[str, Any] | None:
    kind, _space, where = reference.partition(" ")
    namespace, _slash, name = where.partition("/")
    return api.get(kind, name, namespace) if kind in kinds.PRUNED else None


def everything(api: Api, namespace: str, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    """An instance's prunable objects, of every kind; and a line for each kind that may not be looked for."""
    unread: list[str] = []

    def found(kind: str) -> list[dict[str, Any]]:
        # a ServiceMonitor lives where Prometheus looks for it, beside those of other namespaces
        anywhere = kind == "ServiceMonitor"
        try:
            lives = api.list(kind, None if anywhere else namespace, labelSelector=selector(name))
        except ApiError as error:
            if error.status != 403:
                raise
            unread.append(f"not looked for, so that what there is of them stays: {error}")
            return []
        return [
            live
            for live in lives
            # the operator copies our labels to its own Services: only the field manager tells whose an object is
            if compare.owned_fields(live) is not None
            and (not anywhere or live["metadata"]["name"] == service_monitor(namespace, name))
        ]

    return [live for kind_lives in api.map(found, kinds.PRUNED) for live in kind_lives], sorted(unread)


def deletions(api: Api, lives: Sequence[dict[str, Any]]) -> list[Change]:
    """The deletion of each, after the server has agreed to it in a dry run."""
    api.map(lambda live: _delete(api, live, dry_run=True), lives)
    return [Change(DELETED, compare.our_part(live, {}), None) for live in lives]


def delete(api: Api, changes: Sequence[Change]) -> None:
    for done, change in enumerate(changes):
        try:
            _delete(api, change.manifest)
        except EngineError as error:
            raise half_done(error, changes[:done], changes[done:], "deleted") from None


def _delete(api: Api, live: dict[str, Any], *, dry_run: bool = False) -> bool:
    meta = live["metadata"]
    return api.delete(live["kind"], meta["name"], meta.get("namespace"), dry_run=dry_run)
