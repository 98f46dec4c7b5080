# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a custom resource that describe its pods."""

from __future__ import annotations

from math import ceil
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Amounts, Flavour, Instance, Resources
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount, canonical
from ansible_collections.eks.redis.plugins.module_utils.topology import names

_GIB = 2**30
_READINESS = {"periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 3}
# For what has nothing to load
PROBES: dict[str, Any] = {
    "livenessProbe": {"initialDelaySeconds": 15, "periodSeconds": 15, "timeoutSeconds": 5, "failureThreshold": 4},
    "readinessProbe": _READINESS,
}


def resources(given: Resources) -> dict[str, Any]:
    """ResourceRequirements of a container."""
    return {
        "requests": {"cpu": canonical(given.requests.cpu), "memory": canonical(given.requests.memory)},
        "limits": {"cpu": canonical(given.limits.cpu), "memory": canonical(given.limits.memory)},
    }


def larger(one: Resources, other: Resources) -> Resources:
    """The larger of each amount: for pods whose roles swap at a failover."""

    def most(left: Amounts, right: Amounts) -> Amounts:
        return Amounts(cpu=max(left.cpu, right.cpu, key=amount), memory=max(left.memory, right.memory, key=amount))

    return Resources(requests=most(one.requests, other.requests), limits=most(one.limits, other.limits))


def pod_security(flavour: Flavour) -> dict[str, Any]:
    """securityContext of the pod; init and main container must share a user (operator sheet §3.4)."""
    given = flavour.security_context
    return {
        "runAsNonRoot": given.run_as_non_root,
        "runAsUser": given.run_as_user,
        "fsGroup": given.fs_group,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> dict[str, Any]:
    """securityContext of every container, as the Pod Security Standard "restricted" asks for."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def placement(instance: Instance) -> dict[str, Any]:
    """Where pods run and as whom; empty settings stay away."""
    flavour = instance.flavour
    wanted = {
        "nodeSelector": dict(flavour.node_selector),
        "tolerations": [dict(each) for each in flavour.tolerations],
        "priorityClassName": flavour.priority_class_name,
        "serviceAccountName": names.service_account(instance),
    }
    return {key: value for key, value in wanted.items() if value}


def patience(memory_limit: str) -> dict[str, Any]:
    """Probes and grace period: a dataset of that size must have time to load, and to be saved at the end.

    The operator's probes fail while Redis loads, and there is no startup probe (operator sheet §3.5). Counted is
    half a minute per GiB to load and a quarter to save, beside five minutes and one.
    """
    gib = ceil(amount(memory_limit) / _GIB)
    return {
        "livenessProbe": {
            "initialDelaySeconds": 15,
            "periodSeconds": 15,
            "timeoutSeconds": 5,
            "failureThreshold": 20 + 2 * gib,
        },
        "readinessProbe": _READINESS,
        "terminationGracePeriodSeconds": 60 + 15 * gib,
    }
