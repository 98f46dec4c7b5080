from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State, Watcher
from ansible_collections.eks.redis.plugins.module_utils.engine.status_facts import facts, keys, memory, persistence

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, cron_job, say, view


def by_name(found: dict) -> dict[str, dict]:
    return {pod["name"]: pod for pod in found["pods"]}


def test_the_instance() -> None:
    found = facts(view(SENTINEL))
    told = {key: found[key] for key in ("name", "namespace", "mode", "version", "desired", "ready", "master_group")}
    assert told == {
        "name": "cache",
        "namespace": "apps",
        "mode": "sentinel",
        "version": "7.0.15",
        "desired": 6,
        "ready": 6,
        "master_group": "myMaster",
    }
    assert [one["name"] for one in found["endpoints"]] == ["sentinel", "primary", "reader"]
    assert found["cluster"] is None


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_all_of_it_is_json(flavour) -> None:
    assert json.loads(json.dumps(facts(view(flavour)))) == facts(view(flavour))


def test_a_master() -> None:
    pod = by_name(facts(view(SENTINEL)))["cache-0"]
    assert pod == {
        "name": "cache-0",
        "role": "master",
        "label": "master",
        "node": "n0",
        "zone": "z0",
        "ready": True,
        "restarts": 0,
        "error": None,
        "version": "7.0.15",
        "replication": {"master": None, "link": None, "lag_bytes": None, "replicas": 2},
        "watches": None,
        "memory": {"used": 1048576, "maximum": 104857600, "percentage": 1, "policy": "noeviction"},
        "keys": 7,
        "persistence": {
            "loading": False,
            "aof": False,
            "aof_write_ok": True,
            "snapshot_ok": True,
            "last_snapshot": "2023-11-14T22:13:20Z",
            "changes_since_snapshot": 5,
        },
    }


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, {"master": "cache-0", "link": "up", "lag_bytes": 0}),
        ({"slave_repl_offset": "960"}, {"master": "cache-0", "link": "up", "lag_bytes": 40}),
        # it was asked after its master
        ({"slave_repl_offset": "1007"}, {"master": "cache-0", "link": "up", "lag_bytes": 0}),
        ({"master_link_status": "down"}, {"master": "cache-0", "link": "down", "lag_bytes": 0}),
        ({"master_link_status": "down", "master_sync_in_progress": "1"}, {"link": "copying"}),
        ({"master_host": "10.9.9.9"}, {"master": "10.9.9.9", "link": "up", "lag_bytes": None}),
        # a replica of a replica: there is no master's offset to compare with
        ({"master_host": "10.0.0.2"}, {"master": "cache-2", "lag_bytes": None}),
    ],
)
def test_a_replica(said, told) -> None:
    seen = view(SENTINEL)
    seen = say(seen, "cache-1", **said)
    pod = by_name(facts(seen))["cache-1"]
    assert pod["role"] == "replica"
    assert {key: pod["replication"][key] for key in told} == told


def test_a_sentinel() -> None:
    pod = by_name(facts(view(SENTINEL)))["cache-sentinel-1"]
    assert (pod["role"], pod["version"], pod["replication"], pod["keys"]) == ("sentinel", None, None, None)
    assert pod["watches"] == {
        "master": "cache-0",
        "flags": "master",
        "replicas": 2,
        "sentinels": 3,
        "quorum": "OK 3 usable Sentinels. Quorum and failover authorization can be reached",
    }


def test_pods_that_do_not_answer() -> None:
    seen = view(SENTINEL)
    members = {**seen.state.members, "cache-1": Member("cache-1", "10.0.0.1", error="Could not connect")}
    watchers = {**seen.state.watchers, "cache-sentinel-0": Watcher("cache-sentinel-0", "x", error="No such master")}
    seen = replace(seen, state=State(members, watchers))
    found = by_name(facts(seen))
    silent, lost = found["cache-1"], found["cache-sentinel-0"]
    assert (silent["role"], silent["error"], silent["memory"]) == (None, "Could not connect", None)
    assert (lost["role"], lost["error"], lost["watches"]) == ("sentinel", "No such master", None)
    assert facts(seen)["version"] == "7.0.15"


def test_kubernetes_side_of_an_instance_that_nobody_could_ask() -> None:
    seen = view(CLUSTER)
    seen = replace(seen, state=State())
    found = facts(seen)
    assert (found["ready"], found["version"], found["cluster"], found["memory"], found["keys"]) == (6, *(None,) * 4)
    assert {(pod["role"], pod["replication"], pod["error"]) for pod in found["pods"]} == {(None, None, None)}


def test_a_cluster() -> None:
    found = facts(view(CLUSTER))
    assert (found["cluster"]["state"], found["cluster"]["slots_ok"]) == ("ok", 16384)
    assert found["cluster"]["shards"][0] == {
        "master": "cache-leader-0",
        "slots": 5461,
        "ranges": "0-5460",
        "replicas": ["cache-follower-0"],
        "zones": ["z0", "z1"],
    }
    assert found["keys"] == 21
    assert found["memory"] == {"used": 3 << 20, "maximum": 314572800, "percentage": 1, "policy": "noeviction"}


def test_the_cluster_is_as_bad_as_the_pod_that_sees_it_worst() -> None:
    seen = view(CLUSTER)
    seen.state.members["cache-leader-2"].cluster.update(cluster_state="fail", cluster_slots_ok="10923")
    assert {key: facts(seen)["cluster"][key] for key in ("state", "slots_ok")} == {"state": "fail", "slots_ok": 10923}


def member(**fields: str) -> Member:
    return Member("p", "1", fields)


def test_memory() -> None:
    assert memory([]) is None
    assert memory([member(used_memory="10", maxmemory="0", maxmemory_policy="noeviction")]) == {
        "used": 10,
        "maximum": None,
        "percentage": None,
        "policy": "noeviction",
    }
    assert (
        memory([member(used_memory="99", maxmemory="100"), member(used_memory="90", maxmemory="100")])["percentage"]
        == 94
    )


def test_keys() -> None:
    assert keys([]) is None
    assert keys([member()]) == 0
    assert keys([member(db0="keys=3,expires=0"), member(db0="keys=4,expires=0", dbsize="9")]) == 7


def test_persistence_is_as_bad_as_the_worst() -> None:
    assert persistence([]) is None
    saved = {"rdb_saves": "1", "aof_enabled": "1"}
    good = member(**saved, rdb_last_save_time="1700000000", rdb_changes_since_last_save="1")
    older = member(**saved, rdb_last_save_time="1600000000", rdb_changes_since_last_save="2")
    failed = member(loading="1", rdb_last_bgsave_status="err", aof_last_write_status="err", rdb_saves="0")
    both = persistence([good, older])
    assert (both["last_snapshot"], both["changes_since_snapshot"], both["aof"]) == ("2020-09-13T12:26:40Z", 3, True)
    assert persistence([good, failed]) == {
        "loading": True,
        "aof": False,
        "aof_write_ok": False,
        "snapshot_ok": False,
        "last_snapshot": None,
        "changes_since_snapshot": 1,
    }


def test_releases_that_do_not_count_snapshots_tell_the_last_time() -> None:
    assert persistence([member(rdb_last_save_time="1700000000")])["last_snapshot"] == "2023-11-14T22:13:20Z"


def test_volumes_and_whose_they_are() -> None:
    seen = view(REPLICATED)
    claims = seen.seen.claims
    claims["cache-cache-1"]["status"]["capacity"]["storage"] = "5Gi"
    claims["cache-cache-3"] = {**claims["cache-cache-0"], "metadata": {"name": "cache-cache-3"}}
    del claims["cache-cache-2"]["status"]
    found = {one.pop("name"): one for one in facts(seen)["volumes"]}
    same = {"requested": "10Gi", "storage_class": "gp3"}
    assert found == {
        "cache-cache-0": {**same, "pod": "cache-0", "size": "10Gi", "phase": "Bound"},
        "cache-cache-1": {**same, "pod": "cache-1", "size": "5Gi", "phase": "Bound"},
        "cache-cache-2": {**same, "pod": "cache-2", "size": "10Gi", "phase": None},
        "cache-cache-3": {**same, "pod": None, "size": "10Gi", "phase": "Bound"},
    }


def test_services_and_budgets() -> None:
    seen = view(SINGLE)
    service = {
        "metadata": {"name": "cache-client"},
        "spec": {"type": "LoadBalancer", "clusterIP": "10.1.1.1", "ports": [{"port": 6379}]},
        "status": {"loadBalancer": {"ingress": [{"hostname": "a.elb.example"}, {"ip": "192.0.2.1"}]}},
    }
    budget = {
        "metadata": {"name": "cache-pdb"},
        "spec": {"minAvailable": 1},
        "status": {"currentHealthy": 3, "expectedPods": 3, "disruptionsAllowed": 2, "desiredHealthy": 1},
    }
    seen = replace(seen, services=[service])
    seen = replace(seen, budgets=[budget])
    assert facts(seen)["services"] == [
        {
            "name": "cache-client",
            "type": "LoadBalancer",
            "cluster_ip": "10.1.1.1",
            "external": ["a.elb.example", "192.0.2.1"],
            "ports": [6379],
        }
    ]
    assert facts(seen)["endpoints"] == [{"name": "redis", "host": "cache.apps.svc", "port": 6379}]
    assert facts(seen)["budgets"] == [{"name": "cache-pdb", "min_available": 1, "healthy": 3, "pods": 3, "allowed": 2}]


@pytest.mark.parametrize(
    ("made", "selector", "kind", "expected"),
    [
        (SINGLE, {"role": "standalone"}, "ClusterIP", ("redis", 6379)),
        (SENTINEL, {"role": "replication", "redis-role": "master"}, "LoadBalancer", ("primary", 6379)),
        (SENTINEL, {"role": "replication", "redis-role": "slave"}, "NodePort", ("reader", 30001)),
        (SENTINEL, {"role": "sentinel"}, "ClusterIP", ("sentinel", 6379)),
        (CLUSTER, {"cluster": "cache"}, "ClusterIP", ("cluster", 6379)),
    ],
)
def test_names_that_external_dns_makes(made, selector, kind, expected) -> None:
    names = {
        "external-dns.alpha.kubernetes.io/internal-hostname": "a.example.com, b.example.com",
        "external-dns.kubernetes.io/internal-hostname": "a.example.com",
    }
    service = {
        "metadata": {"name": "any", "annotations": names},
        "spec": {"type": kind, "selector": selector, "ports": [{"port": 6379, "nodePort": 30001}]},
    }
    seen = view(made)
    name, port = expected
    assert facts(replace(seen, services=[service]))["endpoints"][len(seen.plan.endpoints) :] == [
        {"name": name, "host": host, "port": port} for host in ("a.example.com", "b.example.com")
    ]


def test_backups() -> None:
    seen = replace(view(SINGLE), cron_jobs=[cron_job(lastScheduleTime="2026-11-29T02:00:00Z", active=[{"name": "a"}])])
    assert facts(seen)["backups"] == [
        {
            "name": "cache-backup",
            "kind": "backup",
            "schedule": "0 2 * * *",
            "last_started": "2026-11-29T02:00:00Z",
            "last_success": None,
            "running": 1,
        }
    ]
    (found,) = facts(replace(seen, cron_jobs=[{**cron_job(), "status": None}]))["backups"]
    assert (found["last_started"], found["last_success"], found["running"]) == (None, None, 0)
