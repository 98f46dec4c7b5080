# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of instances, each as the options of a module describe one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.contract.options import INSTANCE, MUTUALLY_EXCLUSIVE, load
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution

INSTANCES: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "required": True,
    "options": INSTANCE,
    "mutually_exclusive": MUTUALLY_EXCLUSIVE,
}


class Listed(NamedTuple):
    """One of the instances. secrets: what no result may show."""

    namespace: str
    name: str
    resolution: Resolution
    secrets: set[str]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


def read(instances: Iterable[Mapping[str, Any]], directory: str = "") -> list[Listed]:
    """The instances by their validated options; directory: as in ``options.load``."""
    return [Listed(one["namespace"], one["name"], *load(one, directory)) for one in instances]


def misnamed(listed: Sequence[Listed]) -> Iterator[str]:
    """What is wrong with the list itself, a line each."""
    if not listed:
        yield "instances: the list is empty; allowed: one instance or more"
    for who, number in Counter(map(str, listed)).items():
        if number > 1:
            yield f"{who}: stands {number} times in instances; allowed: once"


def refused(listed: Iterable[Listed], strict: bool = False) -> Iterator[str]:
    """What forbids to go on with an instance, a line each."""
    return (f"{one}: {problem}" for one in listed for problem in one.resolution.refused(strict))
