# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the operator and its CRDs are ready for instances."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, operators
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import workload_trouble
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until


def operator_status(api: Api) -> dict[str, Any]:
    """The operators of a cluster and whether it serves their kinds.

    ``crds``: by kind, true as soon as its CRD is Established. ``operators``: see operators.Operator.as_dict.
    """
    served = api.served(kinds.OPERATOR_API)
    return {
        "crds": {kind: kinds.kind(kind).plural in served for kind in kinds.CUSTOM_RESOURCES},
        "operators": [one.as_dict() for one in operators.find(api)],
    }


def await_operator(api: Api, namespace: str | None, timeout: float) -> None:
    """Waits until the CRDs are Established and the operators (of ``namespace``) are rolled out and available.

    Raises EngineError in one line: what is missing and why.
    """
    deadline = Deadline(timeout)

    def missing() -> str | None:
        served = api.served(kinds.OPERATOR_API)
        waiting = [kind for kind in kinds.CUSTOM_RESOURCES if kinds.kind(kind).plural not in served]
        if waiting:
            return f"CustomResourceDefinition of {', '.join(waiting)} is not Established"
        found = _found(api, namespace)
        if not found:
            return f"there is no operator{f' in namespace {namespace}' if namespace else ''}"
        return next((f"{one} is not available" for one in found if not one.available), None)

    reason = wait_until(api, missing, [Watched("Deployment", namespace, {})], deadline)
    if reason:
        late = f"the redis operator is not ready after {deadline.seconds:.0f} s: {reason}"
        raise EngineError("; ".join([late, *_causes(api, namespace)]))


def _found(api: Api, namespace: str | None) -> list[operators.Operator]:
    return [one for one in operators.find(api) if namespace in (None, one.namespace)]


def _causes(api: Api, namespace: str | None) -> list[str]:
    try:
        for one in _found(api, namespace):
            if not one.available:
                pods = api.list("Pod", one.namespace, labelSelector=operators.pod_selector(one.deployment))
                return [workload_trouble(api, one.namespace, "Deployment", one.name, pods)]
    except EngineError as error:
        return [str(error)]  # it must not hide what was waited for
    return []
