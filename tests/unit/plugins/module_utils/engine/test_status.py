from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import parse_info
from ansible_collections.eks.redis.plugins.module_utils.engine.status import summary

INSTANCE = {
    "name": "cache",
    "namespace": "apps",
    "mode": "standalone",
    "image": "quay.io/opstree/redis:v7.0.15",
    "desired": 1,
    "ready": 1,
    "endpoints": [{"name": "redis", "host": "cache.apps.svc", "port": 6379}],
    "services": [
        {"name": "cache", "type": "ClusterIP", "external": [], "ports": [6379]},
        {"name": "cache-client", "type": "LoadBalancer", "external": ["a.elb.example"], "ports": [6379]},
    ],
    "pods": [
        {"name": "cache-0", "node": "n1", "zone": "us-east-1a", "ready": True, "restarts": 2, "role": "standalone"}
    ],
    "volumes": [{"name": "cache-cache-0", "size": "10Gi", "storage_class": "gp3", "phase": "Bound"}],
    "problem": None,
}


def test_summary() -> None:
    assert summary(INSTANCE) == [
        "apps/cache: standalone, 1 of 1 ready, quay.io/opstree/redis:v7.0.15",
        "  connect  redis://cache.apps.svc:6379",
        "  outside  a.elb.example:6379",
        "  pod      cache-0: n1 (us-east-1a), ready, 2 restarts, standalone",
        "  volume   cache-cache-0: 10Gi, gp3, Bound",
    ]


def test_summary_of_one_that_is_not_ready() -> None:
    pod = {"name": "cache-0", "node": None, "zone": None, "ready": False, "restarts": 0, "role": "standalone"}
    lines = summary({**INSTANCE, "ready": 0, "pods": [pod], "problem": "Pod cache-0 is in phase Pending"})
    assert "  pod      cache-0: no node (no zone), not ready, 0 restarts, standalone" in lines
    assert lines[-1] == "  problem  Pod cache-0 is in phase Pending"


def test_parse_info() -> None:
    assert parse_info("# Replication\r\nrole:master\r\n\r\nconfig_file:/etc/a:b\r\n") == {
        "role": "master",
        "config_file": "/etc/a:b",
    }
