# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a live object what a manifest says? Pure.

Two questions, both about our own fields only, so that what the operator or a webhook adds is never a change:
does every field we send have its value, and is every field that we once sent still sent?
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.kinds import MANAGER

# written by the API server on every object, nothing a user sets
_SERVER_METADATA = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "deletionTimestamp"}
)


def owned_fields(live: dict[str, Any], manager: str = MANAGER) -> dict[str, Any] | None:
    """The ``fieldsV1`` set that ``manager`` applied, None when it never applied this object."""
    for entry in live["metadata"].get("managedFields") or ():
        if entry.get("manager") == manager and entry.get("operation") == "Apply" and not entry.get("subresource"):
            return entry.get("fieldsV1") or {}
    return None


def is_current(manifest: dict[str, Any], live: dict[str, Any]) -> bool:
    """True when applying ``manifest`` would certainly change nothing.

    False may still turn out to be nothing, such as ``1000m`` that the server keeps as ``1``: then a dry run tells, see
    ``same_outcome``.
    """
    owned = owned_fields(live)
    return owned is not None and _holds(_sent(manifest), live) and not _gone(owned, manifest)


def same_outcome(live: dict[str, Any], applied: dict[str, Any]) -> bool:
    """Whether a (dry-run) apply left the object as it was, and whether it already was ours."""
    return owned_fields(live) is not None and plain(live) == plain(applied)


def plain(live: dict[str, Any]) -> dict[str, Any]:
    """What users set of an object: no status, none of the server's own metadata."""
    meta = {key: item for key, item in live["metadata"].items() if key not in _SERVER_METADATA}
    return {**{key: item for key, item in live.items() if key != "status"}, "metadata": meta}


def our_part(live: dict[str, Any], manifest: dict[str, Any]) -> dict[str, Any]:
    """The fields of ``live`` that ``manifest`` sets or that we set before: what a diff shows as the state before.

    ``manifest`` {} for an object that is to go.
    """
    part = _select(live, _sent(manifest), owned_fields(live) or {})
    named = {key: live["metadata"][key] for key in ("name", "namespace") if key in live["metadata"]}
    part["metadata"] = {**part.get("metadata", {}), **named}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], **part}


def _sent(manifest: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in manifest.items() if key not in ("apiVersion", "kind")}


def _holds(sent: Any, live: Any) -> bool:
    """Every leaf of ``sent`` stands in ``live``; a list must have the same items in the same order."""
    if isinstance(sent, dict):
        return isinstance(live, dict) and all(key in live and _holds(item, live[key]) for key, item in sent.items())
    if isinstance(sent, list):
        return isinstance(live, list) and len(sent) == len(live) and all(map(_holds, sent, live))
    return type(sent) is type(live) and sent == live


def _gone(fields: dict[str, Any], sent: Any) -> bool:
    """Whether ``fields`` has something that we no longer send.

    fields: a fieldsV1 set, in which ``f:`` is a field, ``k:`` a list's item by its keys, ``v:`` one by its value.
    """
    for field, below in fields.items():
        found, value = _follow(field, sent)
        if not found or _gone(below, value):
            return True
    return False


def _follow(field: str, value: Any) -> tuple[bool, Any]:
    mark, rest = field[:1], field[2:]
    if mark == "f":
        return (True, value[rest]) if isinstance(value, dict) and rest in value else (False, None)
    if mark in ("k", "v"):
        wanted = json.loads(rest)
        for item in value if isinstance(value, list) else ():
            if item == wanted if mark == "v" else _matches(item, wanted):
                return True, item
        return False, None
    return True, value  # "." stands for the container itself, "i:" (an index) is no longer used by any server


def _matches(item: Any, keys: dict[str, Any]) -> bool:
    """A key that we do not send has been defaulted by the server, such as ``protocol: TCP`` of a Service's port."""
    return isinstance(item, dict) and all(item.get(key, wanted) == wanted for key, wanted in keys.items())


def _select(live: Any, sent: Any, fields: dict[str, Any]) -> Any:
    if isinstance(live, dict) and (isinstance(sent, dict) or fields):
        sent = sent if isinstance(sent, dict) else {}
        ours = {field.partition(":")[2]: below for field, below in fields.items() if field.startswith("f:")}
        return {
            key: _select(item, sent.get(key), ours.get(key, {}))
            for key, item in live.items()
            if key in sent or key in ours
        }
    if isinstance(live, list) and isinstance(sent, list) and len(live) == len(sent):
        return [_select(item, ours, {}) for item, ours in zip(live, sent, strict=True)]
    return live
