# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags: who made a resource, and for which cluster. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MANAGED_BY, MANAGER = "app.kubernetes.io/managed-by", "eks.redis"
CLUSTER = "eks.redis/cluster"


def ours(cluster: str, more: Mapping[str, Any]) -> dict[str, str]:
    """The tags of what we make; ``more`` are the user's, which win nothing over the two of ours."""
    return {**{key: str(value) for key, value in more.items()}, MANAGED_BY: MANAGER, CLUSTER: cluster}


def unmarked(marked: Mapping[str, str]) -> dict[str, str]:
    """Without the two of ours."""
    return {key: text for key, text in marked.items() if key not in (MANAGED_BY, CLUSTER)}


def is_ours(live: Mapping[str, str], cluster: str) -> bool:
    """Whether we made what has these tags, for this cluster."""
    return live.get(MANAGED_BY) == MANAGER and live.get(CLUSTER) == cluster


def hold(live: Mapping[str, str] | None, wanted: Mapping[str, str]) -> bool:
    """Whether all wanted tags are there; others belong to others."""
    return all((live or {}).get(key) == value for key, value in wanted.items())


def to_list(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """As most services take them."""
    return [{key: name, value: text} for name, text in tags.items()]


def from_list(tags: Iterable[Mapping[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """As most services give them."""
    return {tag[key]: tag[value] for tag in tags}
