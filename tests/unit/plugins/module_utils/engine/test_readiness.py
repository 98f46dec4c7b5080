from __future__ import annotations

import copy

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import unmet
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

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
        "spec": {"replicas": 1, "template": {"metadata": {"annotations": annotations}, "spec": pod}},
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
        (lambda live: live["metadata"].update(generation=4), (), "has a change that Kubernetes has not looked at yet"),
        (lambda live: live["status"].update(updateRevision="c"), (), "has 0 of 1 pods in the newest revision"),
        (lambda live: None, (pod(metadata={"deletionTimestamp": "x"}),), "has 0 of 1 pods in the newest revision"),
        (lambda live: live["status"].update(readyReplicas=0), (), "counts 0 of 1 pods as ready"),
        (lambda live: live["status"].update(currentRevision="a"), (), "has not finished its rolling update"),
    ],
)
def test_what_is_not_met(change, pods, reason) -> None:
    assert judged(change, *pods) == f"StatefulSet cache {reason}"


def test_a_pod_that_is_not_ready() -> None:
    assert judged(lambda live: None, pod(status={})) == "Pod cache-0 is not ready"


def test_a_pod_too_many_is_one_that_has_to_go() -> None:
    assert judged(lambda live: None, pod(), pod(metadata={"labels": {}})) == (
        "StatefulSet cache has 1 of 1 pods in the newest revision"
    )
