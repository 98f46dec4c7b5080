# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every spelling of every field: the canonical one, and those that users' files already have.

A row maps a spelled prefix to a canonical one. Any top-level key may also stand inside deployment.config.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.field import Field
from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FLAVOUR, ROOT
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import Kind, integer
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown


@dataclass(frozen=True)
class Conversion:
    """How values are written where they mean another one: what they may be, what they mean, and why, in words."""

    kind: Kind
    meaning: Callable[[Any], Any]
    reason: str


@dataclass(frozen=True)
class Dialect:
    """One row: spelled prefix, canonical prefix, and how to convert a value that is written there."""

    spelled: str
    canonical: str
    convert: Conversion | None = None


_WITH_MASTER = Conversion(integer(1, 6), lambda size: size - 1, "the master counts too")

DIALECTS: tuple[Dialect, ...] = (
    Dialect("deploymentMode", "deployment.mode"),
    Dialect("replicaCount", "deployment.config.replica.count"),
    Dialect("replica", "deployment.config.replica"),
    Dialect("sentinel", "deployment.config.sentinel"),
    Dialect("sentinel.sentinelSize", "deployment.config.sentinel.replicas"),
    Dialect("sentinel.replicationSize", "deployment.config.replica.count", _WITH_MASTER),
    Dialect("cluster.numShards", "deployment.config.numShards"),
    Dialect("cluster.clusterSize", "deployment.config.numShards"),
    Dialect("cluster.replicasPerShard", "deployment.config.replicasPerShard"),
    Dialect("cluster.replicasPerMaster", "deployment.config.replicasPerShard"),
    Dialect("resources", "master.resources"),
    Dialect("storage.storageClassName", "persistence.storageClass"),
    Dialect("storage.storageSize", "persistence.size"),
    Dialect("redisVersion", "version"),
)


@dataclass(frozen=True)
class Spelling:
    """One way to write one field."""

    field: Field
    spelled: str
    convert: Conversion | None = None

    def shown(self, value: Any) -> str:
        """A value as it is written, for a message."""
        return f"{shown(value)} ({self.convert.reason})" if self.convert else shown(value)


# A tree of keys; its leaves are spellings.
Tree = dict[str, Any]


def _spellings(fields: Iterable[Field]) -> Iterator[Spelling]:
    for field in fields:
        yield Spelling(field, field.path)
        for row in DIALECTS:
            if field.path == row.canonical or field.path.startswith(f"{row.canonical}."):
                yield Spelling(field, row.spelled + field.path[len(row.canonical) :], row.convert)


def _tree(spellings: Iterable[Spelling]) -> Tree:
    tree: Tree = {}
    for spelling in spellings:
        *parents, leaf = spelling.spelled.split(".")
        node = tree
        for name in parents:
            node = node.setdefault(name, {})
        node.setdefault(leaf, spelling)
    return tree


def _nested(spellings: tuple[Spelling, ...]) -> tuple[Spelling, ...]:
    """The spellings, and those of top-level keys once more inside deployment.config."""
    inside = (
        Spelling(each.field, f"deployment.config.{each.spelled}", each.convert)
        for each in spellings
        if not each.spelled.startswith("deployment.")
    )
    return (*spellings, *inside)


def _homes(fields: Iterable[Field]) -> dict[str, str]:
    """The canonical path of every last key that belongs to one field only: where a misplaced key may have its home."""
    found: dict[str, set[str]] = {}
    for spelling in _spellings(fields):
        found.setdefault(spelling.spelled.rpartition(".")[2], set()).add(spelling.field.path)
    return {key: paths.pop() for key, paths in found.items() if len(paths) == 1}


HOMES: dict[str, str] = _homes((*ROOT, *FLAVOUR))
ROOT_TREE: Tree = _tree(_spellings(ROOT))
FLAVOUR_TREE: Tree = _tree(_nested(tuple(_spellings(FLAVOUR))))
