"""Whether an operator that runs also works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import operators
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError
from ansible_collections.eks.redis.plugins.module_utils.engine.leadership import LEASE, idle, unled

from .test_operators import ROLLED_OUT, deployment

POD = "redis-operator-7d9f"


def ago(seconds: float) -> str:
    """As Kubernetes writes a MicroTime."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Cluster:
    """With an operator of one pod. lease: its spec, None for none, an error for somebody who may not look."""

    def __init__(self, lease: dict[str, Any] | None | ApiError, *args: str) -> None:
        self.lease = lease
        self.operator = operators.read(deployment(args=args, status=ROLLED_OUT))

    def get(self, kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        assert (kind, name, namespace) == ("Lease", LEASE, "ops")
        if isinstance(self.lease, ApiError):
            raise self.lease
        return None if self.lease is None else {"spec": self.lease}

    def list(self, kind: str, namespace: str, labelSelector: str = "") -> list[dict[str, Any]]:
        assert (kind, namespace, labelSelector) == ("Pod", "ops", "name=redis-operator")
        return [{"metadata": {"name": POD}}]


def held(holder: str, seconds: float = -86400) -> dict[str, Any]:
    """seconds: since it was renewed; by default that lies ahead, as parameters are made long before their tests run."""
    return {"holderIdentity": holder, "renewTime": ago(seconds)}


OWN, OTHER = f"{POD}_0b1c", "redis-operator-old_9a8b"
ELECTS = "--leader-elect"
NOBODY = f"none of its pods holds the lease {LEASE}, nobody does"
ANOTHER = f"none of its pods holds the lease {LEASE}, redis-operator-old does"
FORBIDDEN = ApiError("get Lease: forbidden", 403, {})


@pytest.mark.parametrize(
    ("cluster", "why"),
    [
        (Cluster(held(OWN), ELECTS), None),
        (Cluster(held(OWN), "--leader-elect=true"), None),
        (Cluster(None, ELECTS), NOBODY),
        (Cluster({}, ELECTS), NOBODY),
        (Cluster(held("", 900), ELECTS), NOBODY),
        (Cluster(held(OTHER), ELECTS), ANOTHER),
        (Cluster(held(f"{POD}x_0b1c"), ELECTS), f"none of its pods holds the lease {LEASE}, {POD}x does"),
        (Cluster(FORBIDDEN, ELECTS), None),
        # each of its pods works
        (Cluster(held(OTHER)), None),
        (Cluster(None, "--leader-elect=false"), None),
    ],
)
def test_who_leads(cluster: Cluster, why: str | None) -> None:
    assert unled(cluster, cluster.operator) == why
    assert idle(cluster, cluster.operator) == why


def test_the_leader_fell_silent() -> None:
    lease = held(OWN, 600)
    cluster = Cluster(lease, ELECTS)
    assert unled(cluster, cluster.operator) is None
    assert idle(cluster, cluster.operator) == f"it has not renewed its lease {LEASE} since {lease['renewTime']}"


def test_other_errors_are_not_hidden() -> None:
    cluster = Cluster(ApiError("get Lease: too many requests", 429, {}), ELECTS)
    with pytest.raises(ApiError, match="too many requests"):
        unled(cluster, cluster.operator)
