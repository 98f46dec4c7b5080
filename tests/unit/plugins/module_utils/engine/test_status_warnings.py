from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.state import State
from ansible_collections.eks.redis.plugins.module_utils.engine.status_warnings import foreign, warnings

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, claim, cron_job, resources, say, view


def warned(seen) -> list[str]:
    return list(warnings(seen))


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_a_healthy_instance_has_none(flavour) -> None:
    assert warned(view(flavour)) == []


def test_every_doubt_about_the_data() -> None:
    seen = say(view(SENTINEL), "cache-1", master_link_status="down")
    seen = say(seen, "cache-2", master_host="10.9.9.9")
    assert warned(seen) == [
        "Pod cache-1: its link to the master is down",
        "Pod cache-2: it follows 10.9.9.9 instead of Pod cache-0 (10.0.0.0)",
    ]


def test_who_could_not_be_asked_is_not_doubted() -> None:
    seen = replace(view(SENTINEL), state=State(), unasked="user dev may not create pods/exec in namespace apps")
    assert warned(seen) == ["Redis could not be asked: user dev may not create pods/exec in namespace apps"]


def test_a_label_that_services_trust() -> None:
    seen = view(REPLICATED)
    seen.seen.pods["cache-1"]["metadata"]["labels"]["redis-role"] = "master"
    del seen.seen.pods["cache-2"]["metadata"]["labels"]["redis-role"]
    assert warned(seen) == [
        "Pod cache-1: its label redis-role is master, but Redis is a slave",
        "Pod cache-2: its label redis-role is missing, but Redis is a slave",
    ]


def test_releases_that_differ() -> None:
    seen = say(view(REPLICATED), "cache-1", redis_version="6.2.14")
    assert warned(seen) == ["the pods run different releases of Redis: 6.2.14 (cache-1), 7.0.15 (cache-0, cache-2)"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            {"used_memory": "94371840"},
            "its memory is at 90 % of maxmemory; when it is full, Redis refuses writes",
        ),
        (
            {"used_memory": "104857600", "maxmemory_policy": "allkeys-lru"},
            "its memory is at 100 % of maxmemory; when it is full, Redis evicts keys (allkeys-lru)",
        ),
        ({"rdb_last_bgsave_status": "err"}, "its last snapshot failed"),
        (
            {"aof_last_write_status": "err"},
            "its last write to the append-only file failed, so it refuses writes",
        ),
        ({"aof_last_bgrewrite_status": "err"}, "its last rewrite of the append-only file failed"),
    ],
)
def test_memory_and_disk(said, text) -> None:
    assert warned(say(view(SINGLE), "cache-0", **said)) == [f"Pod cache-0: {text}"]


@pytest.mark.parametrize("said", [{"used_memory": "94371839"}, {"used_memory": "94371840", "maxmemory": "0"}])
def test_memory_that_is_no_matter(said) -> None:
    assert warned(say(view(SINGLE), "cache-0", **said)) == []


def test_pods_of_two_revisions() -> None:
    seen = view(SENTINEL)
    for name in ("cache-1", "cache-2"):
        seen.seen.pods[name]["metadata"]["labels"]["controller-revision-hash"] = "old"
    assert warned(seen) == ["StatefulSet cache: Pod cache-1, cache-2 is not of the newest revision yet"]


def test_an_interrupted_roll() -> None:
    seen = view(SENTINEL)
    seen.head["spec"]["kubernetesConfig"]["updateStrategy"]["type"] = "OnDelete"
    seen.seen.statefulsets["cache"]["spec"]["updateStrategy"]["type"] = "OnDelete"
    assert warned(seen) == [
        "RedisReplication cache: a rolling restart is under way or was interrupted (updateStrategy OnDelete); deploy "
        "again to finish it"
    ]


def test_a_statefulset_that_is_not_what_the_custom_resource_says() -> None:
    seen = view(SENTINEL)
    seen.seen.statefulsets["cache-sentinel"]["spec"]["replicas"] = 1
    seen.head["spec"]["kubernetesConfig"]["image"] = "redis:7.2"
    assert warned(seen) == [
        "StatefulSet cache does not have the new kubernetesConfig.image yet",
        "StatefulSet cache-sentinel asks for 1 pods instead of 3",
    ]


def others(*fields: str, manager: str = "kubectl-edit", **entry) -> dict:
    """An entry of managedFields for dotted fields of the spec."""
    tree: dict = {}
    for field in fields:
        node = tree
        for key in field.split("."):
            node = node.setdefault(f"f:{key}", {})
    return {"manager": manager, "operation": "Update", "fieldsV1": {"f:spec": tree}, **entry}


def test_a_field_that_somebody_else_has_changed() -> None:
    seen = view(REPLICATED)
    (ours,) = seen.head["metadata"]["managedFields"]
    del ours["fieldsV1"]["f:spec"]["f:clusterSize"]
    seen.head["metadata"]["managedFields"].append(others("clusterSize", "tolerations"))
    seen.head["spec"]["tolerations"] = [{"key": "spot"}]
    seen.seen.statefulsets["cache"]["spec"]["template"]["spec"]["tolerations"] = [{"key": "spot"}]
    what = "was set by kubectl-edit; deploy with redis_force=true to take it back"
    assert warned(seen) == [
        f"RedisReplication cache: spec.clusterSize {what}",
        f"RedisReplication cache: spec.tolerations {what}",
    ]


@pytest.mark.parametrize(
    "entry",
    [
        # the same value as ours: we have it too
        others("kubernetesConfig.image", manager="argocd"),
        # what the operator's writes leave
        others("storage.volumeClaimTemplate.status", "storage.volumeMount", manager="operator"),
        others("storage", manager="operator", subresource="status"),
        {"manager": "operator", "operation": "Update", "fieldsV1": {"f:metadata": {"f:finalizers": {}}}},
        {"manager": "old", "operation": "Update"},
    ],
)
def test_fields_of_others_that_change_nothing(entry) -> None:
    resource = resources(SENTINEL)["RedisReplication"]
    resource["spec"]["storage"]["volumeMount"] = {}
    resource["metadata"]["managedFields"].append(entry)
    assert list(foreign(resource)) == []


def test_scaled_by_hand() -> None:
    resource = resources(SENTINEL)["RedisReplication"]
    del resource["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"]["f:clusterSize"]
    resource["metadata"]["managedFields"].append(others("clusterSize", manager="kubectl", subresource="scale"))
    assert list(foreign(resource)) == [("kubectl", "spec.clusterSize")]


def resizing(name: str, **more) -> dict:
    return {**claim(name, "20Gi"), "status": {"phase": "Bound", "capacity": {"storage": "10Gi"}, **more}}


@pytest.mark.parametrize(
    ("live", "text"),
    [
        (resizing("cache-cache-0"), "it has 10Gi of 20Gi"),
        (
            resizing("cache-cache-0", conditions=[{"type": "FileSystemResizePending", "status": "True"}]),
            "it has 10Gi of 20Gi; its file system grows when the pod restarts",
        ),
        (claim("cache-cache-0", "5Gi"), "it asks for 5Gi instead of 10Gi; deploy again"),
    ],
)
def test_a_volume_that_is_too_small(live, text) -> None:
    seen = view(SINGLE)
    seen.seen.claims["cache-cache-0"] = live
    assert warned(seen) == [f"PersistentVolumeClaim cache-cache-0: {text}"]


def test_volumes_that_are_no_smaller() -> None:
    seen = view(SINGLE)
    seen.seen.claims["cache-cache-0"] = {**claim("cache-cache-0", "20Gi"), "status": {"phase": "Pending"}}
    assert warned(seen) == []


def test_volumes_of_pods_that_are_gone() -> None:
    seen = view(REPLICATED)
    seen.seen.claims |= {name: claim(name) for name in ("cache-cache-3", "cache-cache-4")}
    assert warned(seen) == [
        "PersistentVolumeClaim cache-cache-3, cache-cache-4: of pods that are gone; kept until somebody deletes it"
    ]


def budget(**status: int) -> dict:
    counted = {"desiredHealthy": 3, "expectedPods": 3, "disruptionsAllowed": 0}
    return {"metadata": {"name": "cache-pdb"}, "spec": {}, "status": {**counted, **status}}


def test_a_budget_that_lets_no_pod_leave() -> None:
    seen = replace(view(REPLICATED), budgets=[budget()])
    assert warned(seen) == [
        "PodDisruptionBudget cache-pdb: no pod may leave although all are ready (3 of 3 must stay), so no node can be "
        "drained"
    ]


@pytest.mark.parametrize("live", [budget(disruptionsAllowed=1), budget(expectedPods=0), {**budget(), "status": {}}])
def test_budgets_that_do_their_duty(live) -> None:
    assert warned(replace(view(REPLICATED), budgets=[live])) == []


def test_while_a_pod_is_away_a_budget_may_keep_the_others() -> None:
    seen = replace(view(REPLICATED), budgets=[budget()])
    seen.seen.pods["cache-2"]["status"]["conditions"] = []
    assert warned(seen) == []


STARTED = {"lastScheduleTime": "2026-11-29T02:00:00Z"}


@pytest.mark.parametrize("succeeded", [{}, {"lastSuccessfulTime": "2026-11-28T02:00:20Z"}])
def test_a_backup_that_did_not_succeed(succeeded) -> None:
    assert warned(replace(view(SINGLE), cron_jobs=[cron_job(**STARTED, **succeeded)])) == [
        "CronJob cache-backup: what began at 2026-11-29T02:00:00Z has not succeeded; kubectl logs --namespace apps "
        "job/cache-backup-29931960 says why"
    ]


@pytest.mark.parametrize(
    "status",
    [
        {},
        {**STARTED, "active": [{"name": "cache-backup-29931960"}]},
        {**STARTED, "lastSuccessfulTime": "2026-11-29T02:00:00Z"},
        {**STARTED, "lastSuccessfulTime": "2026-11-29T02:00:20Z"},
    ],
)
def test_backups_that_go_well(status) -> None:
    assert warned(replace(view(SINGLE), cron_jobs=[cron_job(**status)])) == []


def test_backups_that_somebody_has_stopped() -> None:
    stopped = cron_job()
    stopped["spec"]["suspend"] = True
    assert warned(replace(view(SINGLE), cron_jobs=[stopped])) == ["CronJob cache-backup: it is suspended"]
