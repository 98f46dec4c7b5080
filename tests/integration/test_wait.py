"""Waiting for an instance: what is said when the time is up. The test does what operator and kubelet would do."""

from __future__ import annotations

from threading import Timer

import pytest
from actors import run_pods
from cluster import eventually

PODS = "/api/v1/namespaces/{}/pods/cache-0"
OPERATOR = "operator redis-operator/redis-operator (quay.io/opstree/redis-operator:{})"


def _event(cluster, namespace: str, reason: str, message: str) -> None:
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"cache-0.{reason.lower()}"},
        "involvedObject": {"kind": "Pod", "name": "cache-0", "namespace": namespace},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }
    cluster.apply(f"/api/v1/namespaces/{namespace}/events/{event['metadata']['name']}", event)


def test_no_statefulset(instance, cluster, namespace) -> None:
    failed = instance(flavour={}, wait=True, timeout=1)
    version = cluster.operator["operator_version"]
    assert failed["msg"] == (
        f"instance {namespace}/cache is not ready after 1 s: StatefulSet cache does not exist yet; "
        f"{OPERATOR.format(version)} has logged no error about it"
    )
    # what was applied is told all the same
    assert failed["changed"]
    assert {one["name"] for one in failed["objects"]} == {namespace, "cache-config", "cache"}


def test_a_pod_without_a_node(instance, cluster, namespace, operate) -> None:
    instance(flavour={})
    operate()
    pod = PODS.format(namespace)
    eventually(lambda: cluster.get(pod))
    message = "0/3 nodes are available: 3 Insufficient memory."
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    cluster.merge(f"{pod}/status", {"status": {"conditions": [condition]}})
    failed = instance(flavour={}, wait=True, timeout=1)
    assert failed["msg"].startswith(
        f"instance {namespace}/cache is not ready after 1 s: Pod cache-0 is not ready; "
        f"Pod cache-0 is not scheduled: {message}; last event: PersistentVolumeClaim cache-cache-0: "
    )


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (
            {"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}]},
            "container cache waits: ImagePullBackOff (no such image)",
        ),
        (
            {
                "containerStatuses": [
                    {
                        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                        "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}},
                    }
                ]
            },
            "container cache waits: CrashLoopBackOff, it ended with exit code 1 (Error)",
        ),
        (
            {"containerStatuses": [{"state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]},
            "container cache runs but is not ready (its readiness probe fails)",
        ),
    ],
)
def test_a_container_that_does_not_get_ready(instance, cluster, namespace, operate, status, line) -> None:
    instance(flavour={})
    operate()
    pod, claim = PODS.format(namespace), f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/cache-cache-0"
    eventually(lambda: cluster.get(pod))
    cluster.merge(f"{claim}/status", {"status": {"phase": "Bound"}})
    rest = {"name": "cache", "image": "redis", "imageID": "", "ready": False, "restartCount": 3}
    given = {key: [{**rest, **one} for one in value] for key, value in status.items()}
    cluster.merge(f"{pod}/status", {"status": {"phase": "Pending", **given}})
    _event(cluster, namespace, "BackOff", "Back-off")
    failed = instance(flavour={}, wait=True, timeout=1)
    assert failed["msg"] == (
        f"instance {namespace}/cache is not ready after 1 s: Pod cache-0 is not ready; "
        f"Pod cache-0 {line}; last event: BackOff: Back-off"
    )


def test_an_old_statefulset_is_not_taken_for_a_new_one(instance, cluster, namespace, operate) -> None:
    instance(flavour={})
    operate(image="quay.io/opstree/redis:v7.0.14")
    run_pods(cluster, namespace, "app=cache")
    failed = instance(flavour={}, wait=True, timeout=1)
    assert "StatefulSet cache does not have the new kubernetesConfig.image yet" in failed["msg"]


def test_a_pod_that_gets_ready_wakes_the_wait(instance, cluster, namespace, operate, time_is_up_when) -> None:
    """The proof by data needs a node; without one it is the first thing missing after the pod is ready."""
    instance(flavour={})
    operate()
    time_is_up_when("cannot run a command in")
    timer = Timer(1, run_pods, (cluster, namespace, "app=cache"))
    timer.start()
    failed = instance(flavour={}, wait=True, timeout=180)
    timer.join()
    assert failed["msg"].startswith(
        f"instance {namespace}/cache is not ready after 180 s: Pod {namespace}/cache-0: cannot run a command in: "
    )


def test_a_pod_that_an_earlier_revision_left_stuck_is_replaced(
    instance, cluster, namespace, operate, time_is_up_when
) -> None:
    """A StatefulSet would wait for it for ever, and a corrected flavour would never arrive."""
    instance(flavour={"image": "example.com/redis:no-such"})
    operate()
    pod = PODS.format(namespace)
    stuck = eventually(lambda: cluster.get(pod))["metadata"]["uid"]
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}
    container = {"name": "cache", "image": "redis", "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
    cluster.merge(f"{pod}/status", {"status": {"phase": "Pending", "containerStatuses": [container]}})

    instance(flavour={}, wait=True, timeout=1)
    assert cluster.get(pod)["metadata"]["uid"] == stuck, "the new revision is not there yet"
    operate()
    time_is_up_when("Pod cache-0 is not ready")
    failed = instance(flavour={}, wait=True, timeout=180)
    assert "Pod cache-0 is not ready" in failed["msg"]
    new = eventually(lambda: cluster.get(pod))
    assert new["metadata"]["uid"] != stuck
    assert new["spec"]["containers"][0]["image"] == "quay.io/opstree/redis:v7.0.15"
