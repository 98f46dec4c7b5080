# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The redis operators of a cluster: found by what they run, wherever and however they were installed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import as_selector

MINIMUM = (0, 22, 0)  # older ones run FLUSHALL when a node joins again (#1505, versions sheet §4)
PROVEN = (0, 26, 0)  # the newest one that the stories of molecule were run with
GATE = "GenerateConfigInInitContainer"

_TAG = re.compile(r":v?(\d+)\.(\d+)\.(\d+)(?:[-+.@].*)?$")


@dataclass(frozen=True)
class Operator:
    """version: from the image's tag, None for one that is no version (a digest, ``latest``).

    gate: whether GenerateConfigInInitContainer is on. watches: namespaces, () for all. deployment: as read.
    init_image: what it gives to the init containers of its pods, "" where it does not tell. elects: whether of its pods
    only the one that holds the lease does anything.
    """

    namespace: str
    name: str
    container: str
    image: str
    version: tuple[int, ...] | None
    gate: bool
    watches: tuple[str, ...]
    available: bool
    init_image: str
    elects: bool
    deployment: dict[str, Any] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"operator {self.namespace}/{self.name} ({self.image})"

    def covers(self, namespace: str) -> bool:
        return not self.watches or namespace in self.watches

    def as_dict(self) -> dict[str, Any]:
        return {
            "namespace": self.namespace,
            "name": self.name,
            "image": self.image,
            "version": ".".join(map(str, self.version)) if self.version else None,
            "supported": self.version is None or self.version >= MINIMUM,
            "gate": self.gate,
            "watch_namespaces": list(self.watches),
            "available": self.available,
        }


def find(api: Api) -> list[Operator]:
    """All operators, by namespace and name. May raise ApiError 403: it needs to list Deployments in all namespaces."""
    labelled = api.list("Deployment", labelSelector="app.kubernetes.io/name=redis-operator")
    found = [read(one) for one in labelled if _is_operator(one)]
    if not found:  # named otherwise in the chart's values, or not installed by the chart
        found = [read(one) for one in api.list("Deployment") if _is_operator(one)]
    return sorted(found, key=lambda one: (one.namespace, one.name))


def read(deployment: dict[str, Any]) -> Operator:
    """Pure; the Deployment must be an operator's."""
    container = next(one for one in _containers(deployment) if _runs_operator(one))
    env = {one["name"]: one.get("value", "") for one in container.get("env") or ()}
    gates = [env.get("FEATURE_GATES", "")]
    gates += [arg.partition("=")[2] for arg in container.get("args") or () if arg.startswith("--feature-gates=")]
    return Operator(
        namespace=deployment["metadata"]["namespace"],
        name=deployment["metadata"]["name"],
        container=container["name"],
        image=container["image"],
        version=version_of(container["image"]),
        gate=any(f"{GATE}=true" in one.replace(" ", "").split(",") for one in gates),
        watches=tuple(one.strip() for one in env.get("WATCH_NAMESPACE", "").split(",") if one.strip()),
        available=_is_rolled_out(deployment),
        init_image=env.get("INIT_CONTAINER_IMAGE", ""),
        elects=any(arg in ("--leader-elect", "--leader-elect=true") for arg in container.get("args") or ()),
        deployment=deployment,
    )


def version_of(image: str) -> tuple[int, ...] | None:
    """(0, 23, 0) of ``…/redis-operator:v0.23.0``; None for a digest or another tag."""
    match = _TAG.search(image)
    return tuple(map(int, match.groups())) if match else None


def pods_of(api: Api, operator: Operator) -> list[dict[str, Any]]:
    """Its pods. May raise ApiError 403."""
    labels = operator.deployment["spec"]["selector"].get("matchLabels") or {}
    return api.list("Pod", operator.namespace, labelSelector=as_selector(labels))


def _is_rolled_out(deployment: dict[str, Any]) -> bool:
    """As `kubectl rollout status` judges: no pod of an older template is left, all of the new one are available.

    And it is not scaled to nothing. The condition Available would be true while an old pod works beside a new one that
    never starts.
    """
    status, wanted = deployment.get("status") or {}, deployment["spec"].get("replicas", 1)
    updated = status.get("updatedReplicas", 0)
    return (
        status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
        and updated >= wanted > 0
        and updated >= status.get("replicas", 0)
        and status.get("availableReplicas", 0) >= updated
    )


def _containers(deployment: dict[str, Any]) -> list[dict[str, Any]]:
    return deployment["spec"]["template"]["spec"].get("containers") or []


def _is_operator(deployment: dict[str, Any]) -> bool:
    return any(_runs_operator(one) for one in _containers(deployment))


def _runs_operator(container: dict[str, Any]) -> bool:
    name = container.get("image", "").partition("@")[0].rpartition("/")[2].partition(":")[0]
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    return name == "redis-operator" or words[:2] == ["/operator", "manager"]
