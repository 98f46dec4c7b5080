# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who and where: name, namespace and labels of an instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import patterns
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import map_of
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Path, Problem, join

# CR labels override the operator's own on pods and in selectors (operator sheet §0.4)
OPERATOR_LABELS = ("app", "role", "redis_setup_type", "cluster", "redis-role")
OWN_LABELS = tuple(f"app.kubernetes.io/{key}" for key in ("name", "instance", "component", "part-of", "managed-by"))

Who = tuple[str, str, dict[str, str]]


def check(name: Any, namespace: Any, labels: Any) -> tuple[Who, tuple[Problem, ...]]:
    """Name, namespace and labels as given, and what is wrong with them."""
    problems: list[Problem] = []

    def report(at: Path, message: str) -> None:
        problems.append(Problem(join(at), message))

    patterns.INSTANCE.read(name, ("name",), report)
    patterns.LABEL.read(namespace, ("namespace",), report)
    map_of(patterns.LABEL_KEY, patterns.LABEL_VALUE).read(labels, ("labels",), report)
    for key in labels if isinstance(labels, Mapping) else ():
        if key in OPERATOR_LABELS:
            report(("labels", key), "is a label of the operator, which would no longer find its pods; use another key")
        if key in OWN_LABELS:
            report(("labels", key), "is set by this collection; use another key")
    good = not problems
    return (str(name), str(namespace), {str(key): str(labels[key]) for key in labels} if good else {}), tuple(problems)
