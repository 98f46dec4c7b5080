# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fields of an object change: their names, never their values. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.diff import masked
from ansible_collections.eks.redis.plugins.module_utils.topology.names import CONFIG_KEY

Path = tuple["str | int", ...]
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def differing(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all leaves that differ, in the order of their names; None stands for what is not there.

    Lists of equal length are compared item by item, others are a leaf: nothing tells which of their items is which.
    """
    if before == after:
        return
    sides = (before, after)
    if all(side is None or isinstance(side, dict) for side in sides) and any(sides):
        left, right = before or {}, after or {}
        for key in sorted({*left, *right}):
            yield from differing(left.get(key), right.get(key), (*path, key))
    elif all(isinstance(side, list) for side in sides) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differing(one, other, (*path, index))
    else:
        yield path


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """``spec.kubernetesConfig.image``, ``metadata.annotations[checksum/config]``, ``spec.ports[0].port``.

    Of the additional redis.conf the directives are told: ``data[redis-additional.conf]: maxmemory-policy``.
    """
    return [
        f"{_text(path)}{detail}"
        for path in differing(masked(before), masked(after))
        for detail in _details(path, before, after)
    ]


def _text(path: Path) -> str:
    parts = (f".{part}" if isinstance(part, str) and _PLAIN.fullmatch(part) else f"[{part}]" for part in path)
    return "".join(parts).removeprefix(".")


def _details(path: Path, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if path != ("data", CONFIG_KEY) or after["kind"] != "ConfigMap":
        return [""]
    left, right = (_directives((side.get("data") or {}).get(CONFIG_KEY, "")) for side in (before, after))
    # one without any: comments or order
    return [f": {name}" for (name,) in map(tuple, differing(left, right))] or [""]


def _directives(text: str) -> dict[str, tuple[str, ...]]:
    """A redis.conf's directives with the values of all their lines; such as ``save`` add up."""
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        name, _blank, value = line.strip().partition(" ")
        if name and not name.startswith("#"):
            found[name] = (*found.get(name, ()), value.strip())
    return found
