# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making the ServiceAccount of a workload, and its namespace where that is missing; or taking it away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import arns
from ansible_collections.eks.redis.plugins.module_utils.engine import compare, prune
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import apply, read, result
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import MANAGED_BY

_KIND = "ServiceAccount"
ROLE = "eks.amazonaws.com/role-arn"


def present(api: Api, given: Mapping[str, Any], *, check: bool, with_diff: bool) -> dict[str, Any]:
    """A module's result. given: ``{namespace, name, role_arn, force}``, role_arn None for EKS Pod Identity."""
    if given["role_arn"] and not arns.ROLE.fullmatch(given["role_arn"]):
        raise EngineError(
            f"role_arn: {given['role_arn']!r} is not the ARN of an IAM role, such as arn:aws:iam::ACCOUNT:role/NAME"
        )
    labels = {"app.kubernetes.io/managed-by": MANAGED_BY}
    metadata = {"name": given["name"], "namespace": given["namespace"], "labels": labels}
    if given["role_arn"]:
        metadata["annotations"] = {ROLE: given["role_arn"]}
    manifests: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": given["namespace"]}},
        {"apiVersion": "v1", "kind": _KIND, "metadata": metadata},
    ]
    changes = apply(api, manifests, read(api, manifests), check=check, force=given["force"])
    return result(changes, with_diff=with_diff)


def absent(api: Api, namespace: str, name: str, *, check: bool, with_diff: bool) -> dict[str, Any]:
    """A module's result. One of others stays, and so does the namespace. Errors: EngineError while pods use it."""
    live = api.get(_KIND, name, namespace)
    if live is None or compare.owned_fields(live) is None:
        return result([], with_diff=with_diff)
    pods = [
        pod["metadata"]["name"]
        for pod in api.list("Pod", namespace)
        if pod["spec"].get("serviceAccountName") == name and pod["status"].get("phase") in ("Pending", "Running")
    ]
    if pods:
        raise EngineError(f"ServiceAccount {namespace}/{name} is used by Pod {', '.join(pods)}; take them away first")
    changes = prune.deletions(api, [live])
    if not check:
        prune.delete(api, changes)
    return result(changes, with_diff=with_diff)
