# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an operator that runs also works: of its pods the one that holds its lease does.

A pod that cannot reach the API server, or that waits for another to let go, is ready all the same: its probes only ask
whether the process answers (internal/cmd/manager/cmd.go, setupHealthChecks; operator sheet §5).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError
from ansible_collections.eks.redis.plugins.module_utils.engine.operators import Operator, pod_selector

LEASE = "6cab913b.redis.opstreelabs.in"
_SILENT = 60  # seconds; it renews every two, and ends itself after ten without. Clocks differ less


def unled(api: Api, operator: Operator) -> str | None:
    """Who holds the lease, when no pod of the operator does. None when one does, or where that may not be looked at."""
    if not operator.elects:
        return None
    try:
        holder = _spec(api, operator).get("holderIdentity") or ""
        pods = api.list("Pod", operator.namespace, labelSelector=pod_selector(operator.deployment))
    except ApiError as error:
        if error.status != 403:
            raise
        return None
    pod = holder.partition("_")[0]
    if pod in [one["metadata"]["name"] for one in pods]:
        return None
    return f"none of its pods holds the lease {LEASE}, {pod or 'nobody'} does"


def idle(api: Api, operator: Operator) -> str | None:
    """Why an operator that runs does nothing: unled, or cut off from the API server, by this machine's clock."""
    waiting = unled(api, operator)
    if waiting or not operator.elects:
        return waiting
    try:
        renewed = _spec(api, operator).get("renewTime")
    except ApiError:
        return None
    if not renewed or (datetime.now(UTC) - datetime.fromisoformat(renewed)).total_seconds() < _SILENT:
        return None
    return f"it has not renewed its lease {LEASE} since {renewed}"


def _spec(api: Api, operator: Operator) -> dict[str, Any]:
    lease = api.get("Lease", LEASE, operator.namespace)
    return (lease or {}).get("spec") or {}
