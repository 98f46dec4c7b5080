"""Healthy instances as the engine sees them, for tests that then damage one thing."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.state import (
    CLUSTER_INFO,
    CLUSTER_NODES,
    INFO,
    Member,
    State,
    check_quorum,
    member,
    sentinel_master,
    watcher,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View, layout_of
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

Object = dict[str, Any]

SINGLE: Object = {}
REPLICATED: Object = {"deployment": {"config": {"replica": {"count": 2}}}}
SENTINEL: Object = {"deployment": {"mode": "sentinel"}}
CLUSTER: Object = {"deployment": {"mode": "cluster"}}
NODES = {
    f"n{zone}": {"metadata": {"name": f"n{zone}", "labels": {"topology.kubernetes.io/zone": f"z{zone}"}}, "spec": {}}
    for zone in "012"
}
_BOUNDS = (0, 5461, 10923, 16384)


def resources(flavour: Object, **other: Any) -> dict[str, Object]:
    """The custom resources of ``apps/cache`` by kind, as ours."""
    root = {"clusterModeEnabled": flavour is CLUSTER}
    instance = resolve({**flavour, **other}, root, name="cache", namespace="apps").instance
    assert instance is not None
    found = (one for one in manifests(instance) if one["kind"] in kinds.CUSTOM_RESOURCES)
    return {one["kind"]: applied(one) for one in found}


def applied(manifest: Object) -> Object:
    """As the API server keeps what we apply."""
    live = copy.deepcopy(manifest)
    fields = {f"f:{key}": _fields(live[key]) for key in ("metadata", "spec")}
    entry = {"manager": kinds.MANAGER, "operation": "Apply", "fieldsV1": fields}
    live["metadata"] |= {"managedFields": [entry], "generation": 1}
    return live


def _fields(value: Any) -> Object:
    return {f"f:{key}": _fields(item) for key, item in value.items()} if isinstance(value, dict) else {}


def view(flavour: Object, **other: Any) -> View:
    """All pods ready, each StatefulSet over three nodes in three zones, the first pod or the leaders masters."""
    found = resources(flavour, **other)
    plan = layout_of(found)
    seen = Snapshot(None, "apps", "cache")  # type: ignore[arg-type]
    seen.statefulsets = {one.statefulset: statefulset(found[one.kind], one) for one in plan.workloads}
    seen.pods = {
        one.pod(number): pod(one, number, place)
        for place, one in enumerate(plan.workloads)
        for number in range(one.replicas)
    }
    seen.claims = {
        name: claim(name) for one in plan.workloads for number in range(one.replicas) for name in one.claims_of(number)
    }
    return View(plan, found, seen, [], [], copy.deepcopy(NODES), state(plan, seen), "")


def statefulset(resource: Object, workload: Workload) -> Object:
    """What the operator makes of a custom resource, where drift is looked for (operator sheet §1)."""
    spec = {**resource["spec"], **resource["spec"].get(workload.section, {})}
    config = {**spec["kubernetesConfig"], **({"resources": spec["resources"]} if "resources" in spec else {})}
    sentinel = spec.get("redisSentinelConfig", {})
    names = {
        "quorum": "QUORUM",
        "downAfterMilliseconds": "DOWN_AFTER_MILLISECONDS",
        "failoverTimeout": "FAILOVER_TIMEOUT",
        "parallelSyncs": "PARALLEL_SYNCS",
    }
    container = {
        "name": workload.container,
        **{key: config[key] for key in ("image", "imagePullPolicy", "resources") if key in config},
        **{key: spec[key] for key in ("livenessProbe", "readinessProbe") if key in spec},
        "env": [{"name": names[key], "value": value} for key, value in sentinel.items() if key in names],
    }
    same = ("affinity", "serviceAccountName", "terminationGracePeriodSeconds", "tolerations")
    template = {
        "metadata": {"annotations": resource["metadata"].get("annotations") or {}},
        "spec": {
            "containers": [container],
            "securityContext": spec.get("podSecurityContext"),
            **{key: spec[key] for key in same if key in spec},
        },
    }
    return {
        "metadata": {"name": workload.statefulset, "generation": 1},
        "spec": {
            "replicas": workload.replicas,
            "template": template,
            "updateStrategy": {"type": config["updateStrategy"]["type"]},
        },
        "status": {"observedGeneration": 1, "updateRevision": "new", "readyReplicas": workload.replicas},
    }


def pod(workload: Workload, number: int, place: int) -> Object:
    """A ready one. place: the StatefulSet's number; it shifts the nodes, so that no shard is on one."""
    role = "master" if number == 0 else "slave"
    return {
        "metadata": {
            "name": workload.pod(number),
            "labels": {"app": workload.statefulset, "controller-revision-hash": "new", "redis-role": role},
        },
        "spec": {
            "nodeName": f"n{(number + place) % 3}",
            "volumes": [{"persistentVolumeClaim": {"claimName": name}} for name in workload.claims_of(number)],
        },
        "status": {
            "podIP": f"10.0.{place}.{number}",
            "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": workload.container, "restartCount": 0}],
        },
    }


def claim(name: str, size: str = "10Gi", **status: Any) -> Object:
    return {
        "metadata": {"name": name},
        "spec": {"resources": {"requests": {"storage": size}}, "storageClassName": "gp3"},
        "status": {"phase": "Bound", "capacity": {"storage": size}, **status},
    }


def state(plan: Layout, seen: Snapshot) -> State:
    addresses = {name: live["status"]["podIP"] for name, live in seen.pods.items()}
    redis = [pod for workload in plan.redis for pod in workload.pods]
    masters = plan.redis[0].pods if plan.mode == "cluster" else redis[:1]
    members = {}
    for number, name in enumerate(redis):
        master = masters[number % len(masters)]
        replicas = [addresses[one] for at, one in enumerate(redis) if redis[at % len(masters)] == master][1:]
        said = {INFO: info("" if name == master else addresses[master], replicas)}
        if plan.mode == "cluster":
            said[CLUSTER_INFO] = f"cluster_state:ok\ncluster_slots_ok:16384\ncluster_known_nodes:{len(redis)}\n"
            said[CLUSTER_NODES] = _table(redis, masters, addresses, name)
        members[name] = member(name, addresses[name], said)
    sentinels = plan.sentinels.pods if plan.sentinels else ()
    group = plan.master_group
    pairs = {
        "name": group,
        "ip": addresses[masters[0]],
        "flags": "master",
        "num-slaves": str(len(redis) - 1),
        "num-other-sentinels": str(len(sentinels) - 1),
    }
    said = {
        sentinel_master(group): "".join(f"{key}\n{value}\n" for key, value in pairs.items()),
        check_quorum(
            group
        ): f"OK {len(sentinels)} usable Sentinels. Quorum and failover authorization can be reached\n",
    }
    return State(members, {name: watcher(name, addresses[name], group, said) for name in sentinels})


def info(master: str = "", replicas: list[str] | tuple[str, ...] = (), **other: Any) -> str:
    """What INFO says, where anybody looks at it; ``other`` replaces fields. master: "" for a master."""
    fields = {
        "redis_version": "7.0.15",
        "used_memory": 1048576,
        "maxmemory": 104857600,
        "maxmemory_policy": "noeviction",
        "loading": 0,
        "aof_enabled": 0,
        "rdb_saves": 2,
        "rdb_last_save_time": 1700000000,
        "rdb_changes_since_last_save": 5,
        "rdb_last_bgsave_status": "ok",
        "aof_last_write_status": "ok",
        "aof_last_bgrewrite_status": "ok",
        "role": "slave" if master else "master",
        "master_repl_offset": 1000,
        **{f"slave{at}": f"ip={ip},port=6379,state=online,offset=1000,lag=0" for at, ip in enumerate(replicas)},
        "db0": "keys=3,expires=1,avg_ttl=0",
        "db7": "keys=4,expires=0,avg_ttl=0",
    }
    if master:
        fields |= {
            "master_host": master,
            "master_link_status": "up",
            "master_sync_in_progress": 0,
            "slave_repl_offset": 1000,
        }
    return "# Server\n" + "".join(f"{key}:{value}\r\n" for key, value in {**fields, **other}.items())


def _table(redis: list[str], masters: tuple[str, ...] | list[str], addresses: dict[str, str], asked: str) -> str:
    lines = []
    for number, name in enumerate(redis):
        master = masters[number % len(masters)]
        flags = ("myself," if name == asked else "") + ("master" if name == master else "slave")
        slots = f" {_BOUNDS[number]}-{_BOUNDS[number + 1] - 1}" if name == master else ""
        of = "-" if name == master else f"id-{master}"
        lines.append(f"id-{name} {addresses[name]}:6379@16379 {flags} {of} 0 0 1 connected{slots}\n")
    return "".join(lines)


def say(seen: View, name: str, **fields: str) -> View:
    """A Redis pod says something else."""
    was = seen.state.members[name]
    members = {**seen.state.members, name: Member(name, was.ip, {**was.info, **fields}, "", was.cluster, was.nodes)}
    return replace(seen, state=State(members, seen.state.watchers))


def cron_job(**status: Any) -> Object:
    """The CronJob of an instance's backups."""
    labels = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/component": "backup"}
    return {
        "metadata": {"name": "cache-backup", "labels": labels},
        "spec": {"schedule": "0 2 * * *"},
        "status": status,
    }
