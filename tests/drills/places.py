"""Pods, nodes and zones of the laboratory, and what drills do to them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from conftest import kubectl

from lab import model, process

BYSTANDERS = {"redis-operator": "redis-operator", "kube-system": "coredns"}
LIMIT = 600.0


def eventually(condition: Callable[[], bool]) -> None:
    """Waits for it, for ten minutes at most."""
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.5)


def laboratory() -> model.Lab:
    return model.find(model.current())


def node_of(namespace: str, pod: str) -> model.Node:
    name = kubectl("get", "pod", pod, "--output=jsonpath={.spec.nodeName}", namespace=namespace)
    return next(node for node in laboratory().nodes if node.name == name)


def master(namespace: str) -> str:
    """The pod of a master."""
    found = kubectl("get", "pods", "--selector=redis-role=master", "--output=name", namespace=namespace)
    return found.splitlines()[0].removeprefix("pod/")


def clear(zone: str) -> None:
    """Moves what clients need beside Redis, the operator and the cluster's DNS, to other zones."""
    selector = f"--selector=topology.kubernetes.io/zone={zone}"
    kubectl("cordon", selector, namespace="default")
    try:
        here = {node.name for node in laboratory().nodes if node.zone == zone}
        for namespace, deployment in BYSTANDERS.items():
            pods = json.loads(kubectl("get", "pods", "--output=json", namespace=namespace))["items"]
            for pod in pods:
                if pod["spec"]["nodeName"] in here:
                    kubectl("delete", "pod", pod["metadata"]["name"], namespace=namespace)
            kubectl("rollout", "status", f"deployment/{deployment}", "--timeout=600s", namespace=namespace)
    finally:
        kubectl("uncordon", selector, namespace="default")


def cut(zone: str, seconds: float) -> None:
    """Takes the zone off the network for a while."""
    link = f"zone-{zone[-1]}"
    _switch(link, "down")
    try:
        time.sleep(seconds)
    finally:
        _switch(link, "up")


def _switch(link: str, state: str) -> None:
    process.run(laboratory(), model.CONTROL_PLANE, ["ip", "link", "set", link, state], check=True)
