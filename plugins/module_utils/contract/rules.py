# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across fields: how they are judged. The rules themselves are the tables in refusals, release and advice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.given import Given
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Problem
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount

# What a rule finds: the path to blame, and what is wrong with it.
Finding = tuple[str, str]


@dataclass(frozen=True)
class Facts:
    """All values by canonical path, with the instance's name and namespace, and which of them the user gave."""

    values: Mapping[str, Any]
    given: frozenset[str]

    def __getitem__(self, path: str) -> Any:
        return self.values[path]

    @property
    def mode(self) -> str:
        """standalone, sentinel or cluster."""
        return str(self["deployment.mode"])

    @property
    def replicas(self) -> int:
        """Replicas of each master."""
        cluster = self.mode == "cluster"
        return int(self[f"deployment.config.{'replicasPerShard' if cluster else 'replica.count'}"])

    @property
    def pods(self) -> int:
        """Redis pods of the instance, whatever their role."""
        masters = self["deployment.config.numShards"] if self.mode == "cluster" else 1
        return int(masters * (1 + self.replicas))

    @property
    def memory_limits(self) -> tuple[str, ...]:
        """The memory limits of the Redis pods; one StatefulSet for all of them has the larger one."""
        master = self["master.resources.limits.memory"]
        if not self.replicas:
            return (master,)
        replica = self["deployment.config.replica.resources.limits.memory"]
        return (master, replica) if self.mode == "cluster" else (max(master, replica, key=amount),)

    def below(self, *prefixes: str) -> list[str]:
        """The given paths that are, or begin with, one of the prefixes."""
        return sorted(path for path in self.given if path.startswith(prefixes))


@dataclass(frozen=True)
class Rule:
    """`find` yields findings; it is skipped when one of the fields it reads is broken already."""

    reads: tuple[str, ...]
    find: Callable[[Facts], Iterator[Finding]]


def judge(rules: Iterable[Rule], given: Given, values: Mapping[str, Any]) -> tuple[Problem, ...]:
    """The problems that the rules find."""
    facts = Facts(values, frozenset(given.written))
    return tuple(
        given.place(path).problem(message)
        for rule in rules
        if not any(path.startswith(rule.reads) for path in given.broken)
        for path, message in rule.find(facts)
    )
