# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a StorageClass, or taking it away. What Kubernetes cannot change in place is only replaced on request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, prune
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import Change, apply, read, result
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, together
from ansible_collections.eks.redis.plugins.module_utils.topology import storage_class

_KIND = "StorageClass"
# StorageClass validation of the API server: everything but metadata and allowVolumeExpansion is immutable
_IMMUTABLE = ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")
_SHOWN_CLAIMS = 3


def present(api: Api, given: Mapping[str, Any], *, check: bool, with_diff: bool) -> tuple[dict[str, Any], list[str]]:
    """A module's result, and its warnings. given: the options of module storage_class."""
    if wrong := list(storage_class.problems(given)):
        raise together(wrong)
    others = [one for one in api.list(_KIND) if one["metadata"]["name"] != given["name"] and _is_default(one)]
    names = ", ".join(one["metadata"]["name"] for one in others)
    default = not others if given["default"] == "auto" else given["default"] == "true"
    warnings = [f"StorageClass {names} is default too; Kubernetes takes the newest"] if default and others else []
    manifest = storage_class.manifest(given, default)
    live = api.get(_KIND, given["name"])
    differing = _differing(live, manifest) if live else []
    if differing and not given["replace"]:
        raise EngineError(
            f"StorageClass {given['name']} is there, and differs: {'; '.join(differing)}; Kubernetes cannot change "
            "this: choose another name, or have the class made anew with replace: true; volumes stay as they are"
        )
    if not differing:
        return result(
            apply(api, [manifest], read(api, [manifest]), check=check, force=given["force"]), with_diff=with_diff
        ), warnings
    change = Change("changed", compare.our_part(live, manifest), manifest)
    if not check:
        prune.delete(api, prune.deletions(api, [live]))
        apply(api, [manifest], {f"{_KIND} {given['name']}": None}, check=False, force=False)
    return result([change], with_diff=with_diff), warnings


def absent(api: Api, name: str, *, check: bool, with_diff: bool) -> dict[str, Any]:
    """A module's result. A class of others stays. Errors: EngineError while volumes of the class are claimed."""
    live = api.get(_KIND, name)
    if live is None or compare.owned_fields(live) is None:
        return result([], with_diff=with_diff)
    claims = [
        f"{claim['metadata']['namespace']}/{claim['metadata']['name']}"
        for claim in api.list("PersistentVolumeClaim")
        if claim["spec"].get("storageClassName") == name
    ]
    if claims:
        more = f" and {len(claims) - _SHOWN_CLAIMS} more" if len(claims) > _SHOWN_CLAIMS else ""
        raise EngineError(
            f"StorageClass {name} is used by {', '.join(claims[:_SHOWN_CLAIMS])}{more}: without it these volumes "
            "cannot grow; take them away first"
        )
    changes = prune.deletions(api, [live])
    if not check:
        prune.delete(api, changes)
    return result(changes, with_diff=with_diff)


def _differing(live: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """``parameters.type is gp2, wanted gp3`` for what cannot be changed."""
    found = []
    for field in _IMMUTABLE:
        there, wanted = live.get(field), manifest[field]
        if isinstance(wanted, dict):
            there = there or {}
            names = sorted({*there, *wanted})
            found += [
                f"{field}.{name} is {there.get(name, 'not set')}, wanted {wanted.get(name, 'not set')}"
                for name in names
                if there.get(name) != wanted.get(name)
            ]
        elif there != wanted:
            found.append(f"{field} is {there}, wanted {wanted}")
    return found


def _is_default(live: Mapping[str, Any]) -> bool:
    return (live["metadata"].get("annotations") or {}).get(storage_class.DEFAULT) == "true"
