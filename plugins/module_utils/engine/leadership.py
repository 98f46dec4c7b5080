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
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import allowed
from ansible_collections.eks.redis.plugins.module_utils.engine.operators import Operator, pods_of

LEASE = "6cab913b.redis.opstreelabs.in"
_SILENT = 60  # seconds; it renews every two, and ends itself after ten without. Clocks differ less


def unled(api: Api, operator: Operator) -> str | None:
    """Who holds the lease, when no pod of the operator does. None when one does, or where that may not be looked at."""
    lease = _lease(api, operator)
    return None if lease is None else _of_another(api, operator, lease)


def idle(api: Api, operator: Operator) -> str | None:
    """Why an operator that runs does nothing: unled, or cut off from the API server, by this machine's clock."""
    lease = _lease(api, operator)
    return None if lease is None else _of_another(api, operator, lease) or _not_renewed(lease)


def _lease(api: Api, operator: Operator) -> dict[str, Any] | None:
    """Its spec, {} where it is not there. None where none is needed, or it may not be read."""
    if not operator.elects:
        return None
    return allowed(lambda: (api.get("Lease", LEASE, operator.namespace) or {}).get("spec") or {})


def _of_another(api: Api, operator: Operator, lease: dict[str, Any]) -> str | None:
    found = allowed(lambda: pods_of(api, operator))
    holder = (lease.get("holderIdentity") or "").partition("_")[0]
    if found is None or holder in [one["metadata"]["name"] for one in found]:
        return None
    return f"none of its pods holds the lease {LEASE}, {holder or 'nobody'} does"


def _not_renewed(lease: dict[str, Any]) -> str | None:
    renewed = lease.get("renewTime")
    if not renewed or (datetime.now(UTC) - datetime.fromisoformat(renewed)).total_seconds() < _SILENT:
        return None
    return f"it has not renewed its lease {LEASE} since {renewed}"
