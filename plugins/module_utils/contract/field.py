# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a row of the contract is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import Kind, cpu, size

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Derived:
    """A default that depends on other fields; `text` says how."""

    text: str
    of: Callable[[Values], Any]


@dataclass(frozen=True)
class Field:
    """One row: canonical dotted path, kind, default (a value or Derived), what it means."""

    path: str
    kind: Kind
    default: Any
    doc: str

    def value(self, values: Values) -> Any:
        """The default, given the values of the fields above this one."""
        return self.default.of(values) if isinstance(self.default, Derived) else self.default


def same(path: str, what: str) -> Derived:
    """The value of another field; `what` says so."""
    return Derived(what, lambda values: values[path])


def resources(path: str, whose: str, *defaults: Any) -> tuple[Field, ...]:
    """The four rows of a resources block; defaults in the order requests.cpu, requests.memory, limits.cpu, …"""
    leaves = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
    kinds = {"cpu": cpu(), "memory": size("Mi", "Gi")}
    return tuple(
        Field(
            f"{path}.resources.{leaf}",
            kinds[leaf.split(".")[1]],
            default,
            f"{leaf.split('.')[1]} {leaf.split('.')[0][:-1]} of {whose}",
        )
        for leaf, default in zip(leaves, defaults, strict=True)
    )
