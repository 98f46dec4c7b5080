from __future__ import annotations

import copy

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import (
    is_old,
    is_ready,
    pending,
    unavailable,
    unmet,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, view

INSTANCE = resolve({"metrics": {"enabled": True}}, name="cache", namespace="apps").instance
WORKLOAD = layout(INSTANCE).workloads[0]
RESOURCE = manifests(INSTANCE)[-1]


def statefulset() -> dict:
    """As operator v0.23.0 makes it of RESOURCE, where it matters."""
    spec = RESOURCE["spec"]
    config = spec["kubernetesConfig"]
    container = {
        "name": "cache",
        "image": config["image"],
        "imagePullPolicy": config["imagePullPolicy"],
        "resources": config["resources"],
        "livenessProbe": {**spec["livenessProbe"], "successThreshold": 1, "exec": {}},
        "readinessProbe": {**spec["readinessProbe"], "successThreshold": 1, "exec": {}},
    }
    pod = {
        "containers": [container, {"name": "redis-exporter", "image": spec["redisExporter"]["image"]}],
        "securityContext": spec["podSecurityContext"],
        "serviceAccountName": spec["serviceAccountName"],
        "terminationGracePeriodSeconds": spec["terminationGracePeriodSeconds"],
    }
    annotations = {**RESOURCE["metadata"]["annotations"], "redis.opstreelabs.in": "true"}
    status = {"observedGeneration": 3, "updateRevision": "b", "currentRevision": "b", "readyReplicas": 1}
    return {
        "metadata": {"generation": 3},
        "spec": {
            "replicas": 1,
            "template": {"metadata": {"annotations": annotations}, "spec": pod},
            "updateStrategy": {"type": "RollingUpdate"},
        },
        "status": status,
    }


def pod(**changes) -> dict:
    metadata = {"name": "cache-0", "labels": {"controller-revision-hash": "b"}}
    metadata.update(changes.pop("metadata", {}))
    return {"metadata": metadata, "status": {"conditions": [{"type": "Ready", "status": "True"}]}, **changes}


def judged(change=lambda live: None, *pods: dict) -> str | None:
    live = copy.deepcopy(statefulset())
    change(live)
    return unmet(RESOURCE, WORKLOAD, live, pods or (pod(),))


def test_all_met() -> None:
    assert judged() is None


def test_no_statefulset() -> None:
    assert unmet(RESOURCE, WORKLOAD, None, []) == "StatefulSet cache does not exist yet"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("metadata", "annotations", "checksum/config"), "old", "annotation checksum/config"),
        (("spec", "nodeSelector"), {"disk": "fast"}, "nodeSelector"),
        (("spec", "tolerations"), [{"key": "a"}], "tolerations"),
        (("spec", "securityContext"), {}, "podSecurityContext"),
        (("spec", "terminationGracePeriodSeconds"), 30, "terminationGracePeriodSeconds"),
        (("spec", "containers", 0, "image"), "redis:1", "kubernetesConfig.image"),
        (("spec", "containers", 0, "resources"), {}, "kubernetesConfig.resources"),
        (("spec", "containers", 0, "livenessProbe"), {}, "livenessProbe"),
        (("spec", "containers", 1, "image"), "exporter:1", "redisExporter"),
    ],
)
def test_an_older_template_is_not_ready_however_ready_its_pods_are(path, value, field) -> None:
    def change(live: dict) -> None:
        node = live["spec"]["template"]
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value

    assert judged(change) == f"StatefulSet cache does not have the new {field} yet"


@pytest.mark.parametrize(
    ("change", "pods", "reason"),
    [
        (lambda live: live["spec"].update(replicas=0), (), "asks for 0 pods instead of 1"),
        (
            lambda live: live["spec"].update(updateStrategy={"type": "OnDelete"}),
            (),
            "does not have the update strategy RollingUpdate yet",
        ),
        (lambda live: live["metadata"].update(generation=4), (), "has a change that Kubernetes has not looked at yet"),
        (lambda live: live["status"].update(updateRevision="c"), (), "has 0 of 1 pods in the newest revision"),
        (lambda live: None, (pod(metadata={"deletionTimestamp": "x"}),), "has 0 of 1 pods in the newest revision"),
        (lambda live: live["status"].update(readyReplicas=0), (), "counts 0 of 1 pods as ready"),
        (lambda live: live["status"].update(currentRevision="a"), (), "has not finished its rolling update"),
    ],
)
def test_what_is_not_met(change, pods, reason) -> None:
    assert judged(change, *pods) == f"StatefulSet cache {reason}"


def test_pods_that_are_rolled_by_hand_are_not_waited_for() -> None:
    """pending ends where the StatefulSet says it all; unmet goes on to the pods."""
    live = statefulset()
    live["status"].update(updateRevision="c", readyReplicas=0)
    assert pending(RESOURCE, WORKLOAD, live) is None
    assert unmet(RESOURCE, WORKLOAD, live, [pod()]) == "StatefulSet cache has 0 of 1 pods in the newest revision"


def test_a_pod_that_is_not_ready() -> None:
    assert judged(lambda live: None, pod(status={})) == "Pod cache-0 is not ready"


def test_a_pod_too_many_is_one_that_has_to_go() -> None:
    assert judged(lambda live: None, pod(), pod(metadata={"labels": {}})) == (
        "StatefulSet cache has 1 of 1 pods in the newest revision"
    )


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_every_workload_of_every_mode_can_be_met(flavour) -> None:
    found = view(flavour)
    for workload in found.plan.workloads:
        live = found.seen.statefulsets[workload.statefulset]
        live["status"]["currentRevision"] = live["status"]["updateRevision"]
        assert unmet(found.resources[workload.kind], workload, live, found.seen.pods_of(workload)) is None


@pytest.mark.parametrize(
    ("flavour", "name", "change", "reason"),
    [
        # each role of a cluster has its own settings beside the shared ones
        (CLUSTER, "cache-leader", {"redisLeader": {"nodeSelector": {"disk": "fast"}}}, "nodeSelector"),
        (CLUSTER, "cache-follower", {"redisLeader": {"nodeSelector": {"disk": "fast"}}}, None),
        (CLUSTER, "cache-follower", {"redisFollower": {"tolerations": [{"key": "a"}]}}, "tolerations"),
        (
            *(CLUSTER, "cache-follower", {"redisFollower": {"resources": {"limits": {"memory": "4Gi"}}}}),
            "kubernetesConfig.resources",
        ),
        (CLUSTER, "cache-leader", {"redisFollower": {"resources": {"limits": {"memory": "4Gi"}}}}, None),
        (CLUSTER, "cache-leader", {"redisLeader": {"readinessProbe": {"periodSeconds": 9}}}, "readinessProbe"),
        (CLUSTER, "cache-follower", {"priorityClassName": "high"}, "priorityClassName"),
        (CLUSTER, "cache-leader", {"kubernetesConfig": {"image": "redis:8"}}, "kubernetesConfig.image"),
        (CLUSTER, "cache-leader", {"redisExporter": {"image": "exporter:1"}}, "redisExporter"),
        # settings of sentinels are in the environment of their pods
        *(
            (SENTINEL, "cache-sentinel", {"redisSentinelConfig": {field: "7"}}, f"redisSentinelConfig.{field}")
            for field in ("quorum", "downAfterMilliseconds", "failoverTimeout", "parallelSyncs")
        ),
        # the group's name is none of them; it never changes
        (SENTINEL, "cache-sentinel", {"redisSentinelConfig": {"masterGroupName": "other"}}, None),
    ],
)
def test_what_the_operator_has_not_made_yet(flavour, name, change, reason) -> None:
    found = view(flavour)
    workload = next(one for one in found.plan.workloads if one.statefulset == name)
    resource = copy.deepcopy(found.resources[workload.kind])
    for key, value in change.items():
        node = resource["spec"].get(key)
        resource["spec"][key] = {**node, **value} if isinstance(node, dict) else value
    said = pending(resource, workload, found.seen.statefulsets[name])
    assert said == (f"StatefulSet {name} does not have the new {reason} yet" if reason else None)


def test_an_annotation_that_the_operator_does_not_copy_is_not_waited_for() -> None:
    resource = copy.deepcopy(RESOURCE)
    (ignored, *_more) = resource["spec"]["kubernetesConfig"]["ignoreAnnotations"]
    resource["metadata"]["annotations"][ignored] = "now"
    assert pending(resource, WORKLOAD, statefulset()) is None


@pytest.mark.parametrize(
    ("changes", "old", "ready"),
    [
        ({}, False, True),
        ({"metadata": {"labels": {"controller-revision-hash": "a"}}}, True, True),
        ({"metadata": {"labels": {}}}, True, True),
        ({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}, True, True),
        ({"status": {}}, False, False),
        ({"status": {"conditions": [{"type": "Ready", "status": "False"}]}}, False, False),
        ({"status": {"conditions": [{"type": "Initialized", "status": "True"}]}}, False, False),
    ],
)
def test_a_pod(changes, old, ready) -> None:
    live = pod(**changes)
    assert (is_old(live, "b"), is_ready(live)) == (old, ready)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({}, "Deployment cache-keeper has a change that Kubernetes has not looked at yet"),
        ({"observedGeneration": 1, "updatedReplicas": 2, "availableReplicas": 2}, "… not looked at yet"),
        ({"observedGeneration": 2}, "Deployment cache-keeper has 0 of 2 pods available"),
        ({"observedGeneration": 2, "updatedReplicas": 2, "availableReplicas": 1, "replicas": 2}, "… has 1 of 2 pods"),
        # the others are of its old template
        ({"observedGeneration": 2, "updatedReplicas": 1, "availableReplicas": 2, "replicas": 3}, "… has 0 of 2 pods"),
        ({"observedGeneration": 2, "updatedReplicas": 2, "availableReplicas": 2, "replicas": 3}, "… has 1 of 2 pods"),
        ({"observedGeneration": 2, "updatedReplicas": 2, "availableReplicas": 3, "replicas": 3}, None),
        ({"observedGeneration": 2, "updatedReplicas": 2, "availableReplicas": 2, "replicas": 2}, None),
    ],
)
def test_a_deployment_runs_all_of_its_newest_pods(status: dict, reason: str | None) -> None:
    live = {"metadata": {"generation": 2}, "spec": {"replicas": 2}, "status": status}
    found = unavailable("cache-keeper", live)
    assert found is reason is None or reason.strip("… ") in found


def test_a_deployment_that_is_not_there() -> None:
    assert unavailable("cache-keeper", None) == "Deployment cache-keeper does not exist yet"
