"""DNS names outside of the cluster: Services with them come, are told, and go."""

from __future__ import annotations

import runs

NAMES = {"discovery": {"primary": "w.example.com", "reader": "r.example.com"}}
SENTINEL = {"deployment": {"mode": "sentinel"}}
TOLD = [
    {"name": "primary", "host": "w.example.com", "port": 6379},
    {"name": "reader", "host": "r.example.com", "port": 6379},
]


def test_services_with_names_come_and_go(instance, cluster, namespace, capsys) -> None:
    done = instance(flavour=SENTINEL, root=NAMES)
    assert {"Service/cache-client", "Service/cache-reader"} <= set(runs.changes(done))
    assert done["endpoints"][-2:] == TOLD
    assert "connect: primary://w.example.com:6379" in done["summary"]
    reader = cluster.get(f"/api/v1/namespaces/{namespace}/services/cache-reader")
    assert reader["metadata"]["annotations"]["external-dns.kubernetes.io/internal-hostname"] == "r.example.com"
    assert not instance(flavour=SENTINEL, root=NAMES)["changed"]
    (found,) = runs.module(capsys, "instance_info", name="cache", namespace=namespace)["instances"]
    assert found["endpoints"] == done["endpoints"]
    gone = instance(flavour=SENTINEL)
    assert runs.changes(gone) == {
        "ConfigMap/cache-config": "changed",
        "Service/cache-client": "deleted",
        "Service/cache-reader": "deleted",
    }
