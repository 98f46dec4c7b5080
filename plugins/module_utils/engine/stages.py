# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways a custom resource goes from what it is to what it shall be, when one step would hurt. Pure."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.effects import rolls
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

Object = dict[str, Any]

# Where a custom resource says how many pods there are
_SIZES: tuple[tuple[str, ...], ...] = (("clusterSize",), ("redisLeader", "replicas"), ("redisFollower", "replicas"))


def stages(plan: Layout, before: Object | None, after: Object, *, unfinished: bool) -> list[Object]:
    """The manifests to apply one after the other; the last is ``after``.

    before: our part of the live object. unfinished: an earlier run has left pods of two revisions.
    A change of size comes alone and first: the operator scales nothing while pods are of two revisions. A roll by hand
    comes next, where another pod can take over.
    """
    restarts = before is not None and rolls(before, after)
    result = []
    if before is not None and restarts and sizes(before) != sizes(after):
        result.append(_resized(before, after))
    if (restarts or unfinished) and takes_over(plan):
        result.append(gated(after))
    return [*result, after]


def takes_over(plan: Layout) -> bool:
    """Whether every master has a replica."""
    return (plan.redis[1].replicas if plan.mode == "cluster" else plan.redis[0].replicas - 1) > 0


def sizes(resource: Object) -> list[Any]:
    """The numbers of pods in a custom resource, None for one that its kind does not have."""
    return [_at(resource, path) for path in _SIZES]


def gated(resource: Object) -> Object:
    """The custom resource as it is while pods are restarted by hand."""
    held = deepcopy(resource)
    held["spec"]["kubernetesConfig"]["updateStrategy"] = {"type": "OnDelete"}
    return held


def is_gated(resource: Object) -> bool:
    """Whether somebody has begun to restart its pods by hand."""
    return bool(resource["spec"]["kubernetesConfig"]["updateStrategy"]["type"] == "OnDelete")


def _resized(before: Object, after: Object) -> Object:
    result = deepcopy(before)
    for path in _SIZES:
        if _at(after, path) is not None:
            parents, leaf = ("spec", *path[:-1]), path[-1]
            node = result
            for key in parents:
                node = node.setdefault(key, {})
            node[leaf] = _at(after, path)
    return result


def _at(resource: Object, path: tuple[str, ...]) -> Any:
    found: Any = resource["spec"]
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found
