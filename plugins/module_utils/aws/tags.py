# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags: who made a resource, and for which cluster. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import together

MANAGED_BY, MANAGER = "app.kubernetes.io/managed-by", "eks.redis"
CLUSTER = "eks.redis/cluster"
# what all services take, IAM the least (IAM User Guide, "Rules for tagging in IAM and AWS STS")
_KEY, _VALUE = re.compile(r"[\w +=.:/@-]{1,128}"), re.compile(r"[\w +=.:/@-]{0,256}")
_MOST = 50


def ours(cluster: str, more: Mapping[str, Any]) -> dict[str, str]:
    """The tags of what we make; ``more`` are the user's, which win nothing over the two of ours.

    Errors: EngineError with a line for each that AWS would not take.
    """
    if wrong := list(problems(more)):
        raise together(wrong)
    return {**{key: str(value) for key, value in more.items()}, MANAGED_BY: MANAGER, CLUSTER: cluster}


def problems(more: Mapping[str, Any]) -> Iterator[str]:
    """Why AWS would refuse these of the user's, when something is made already."""
    allowed = "letters, digits, spaces and +-=._:/@"
    for key, value in more.items():
        if str(key).lower().startswith("aws:"):
            yield f"tags: {key!r}: names that begin with aws: are AWS's own; choose another"
        elif not _KEY.fullmatch(str(key)):
            yield f"tags: {key!r}: a name has 1 to 128 {allowed}"
        if value is None or isinstance(value, (dict, list)):
            yield f"tags: {key!r}: its value must be a text"
        elif not _VALUE.fullmatch(str(value)):
            yield f"tags: {key!r}: a value has up to 256 {allowed}, this is {str(value)!r}"
    if len({*more, MANAGED_BY, CLUSTER}) > _MOST:
        yield f"tags: AWS takes {_MOST} at most, and two are eks.redis's own; these are {len(more)}"


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
