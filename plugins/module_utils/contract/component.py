# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who and where: name, namespace and labels of an instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import patterns
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import INVALID, map_of
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Path, Problem, join

# CR labels override the operator's own on pods and in selectors (operator sheet §0.4)
OPERATOR_LABELS = ("app", "role", "redis_setup_type", "cluster", "redis-role")
OWN_LABELS = tuple(f"app.kubernetes.io/{key}" for key in ("name", "instance", "component", "part-of", "managed-by"))

# A pod carries the name of its StatefulSet with 11 characters more as a label, which has 63 at most (sheet §2.1)
_LONGEST_STATEFULSET = 63 - 11
# what the operator adds to the name for the longest name of a StatefulSet
_ADDED = {"standalone": "", "sentinel": "-sentinel", "cluster": "-follower"}

Who = tuple[str, str, dict[str, str]]


def longest_name(mode: str) -> int:
    """Characters that the name of an instance may have."""
    return _LONGEST_STATEFULSET - len(_ADDED[mode])


def check(name: Any, namespace: Any, labels: Any, mode: str) -> tuple[Who, tuple[Problem, ...]]:
    """Name, namespace and labels as given, and what is wrong with them; the mode says how long the name may be."""
    problems: list[Problem] = []

    def report(at: Path, message: str) -> None:
        problems.append(Problem(join(at), message))

    known = patterns.INSTANCE.read(name, ("name",), report)
    if known is not INVALID and len(known) > longest_name(mode):
        allowed = f"at most {longest_name(mode)} in mode {mode}, in which the operator adds {_ADDED[mode]}"
        report(("name",), f"{known!r} has {len(known)} characters; allowed: {allowed}")
    patterns.LABEL.read(namespace, ("namespace",), report)
    map_of(patterns.LABEL_KEY, patterns.LABEL_VALUE).read(labels, ("labels",), report)
    for key in labels if isinstance(labels, Mapping) else ():
        if key in OPERATOR_LABELS:
            report(("labels", key), "is a label of the operator, which would no longer find its pods; use another key")
        if key in OWN_LABELS:
            report(("labels", key), "is set by this collection; use another key")
    good = not problems
    return (str(name), str(namespace), {str(key): str(labels[key]) for key in labels} if good else {}), tuple(problems)
