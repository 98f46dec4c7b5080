"""Pods, nodes and zones of the laboratory, and what drills do to them."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable

from conftest import kubectl

from lab import model, process

BYSTANDERS = {"redis-operator": "redis-operator", "kube-system": "coredns"}
LIMIT = 600.0


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Whether it comes to pass in this time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def eventually(condition: Callable[[], bool]) -> None:
    """Waits for it, for ten minutes at most."""
    assert within(LIMIT, condition), "it did not come to pass"


def laboratory() -> model.Lab:
    return model.find(model.current())


def node_of(namespace: str, pod: str) -> model.Node:
    name = kubectl("get", "pod", pod, "--output=jsonpath={.spec.nodeName}", namespace=namespace)
    return next(node for node in laboratory().nodes if node.name == name)


def pods(namespace: str, component: str = "redis") -> list[str]:
    """The Redis pods, or those of another component."""
    selector = f"--selector=app.kubernetes.io/component={component}"
    return kubectl("get", "pods", selector, "--output=name", namespace=namespace).replace("pod/", "").split()


def ask(namespace: str, pod: str, *arguments: str) -> str:
    """What redis-cli prints in a pod; nothing if it cannot be run there."""
    script = f"REDISCLI_AUTH=$REDIS_PASSWORD timeout 3 redis-cli {' '.join(arguments)}"
    command = ["kubectl", f"--namespace={namespace}", "exec", pod, "--", "sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def master(namespace: str) -> str:
    """The first pod that is a master by its own account: labels come later."""
    return next(pod for pod in pods(namespace) if ask(namespace, pod, "ROLE").startswith("master"))


def clear(zone: str) -> None:
    """Moves what clients need beside Redis, the operator and the cluster's DNS, to other zones."""
    selector = f"--selector=topology.kubernetes.io/zone={zone}"
    kubectl("cordon", selector, namespace="default")
    try:
        here = {node.name for node in laboratory().nodes if node.zone == zone}
        for namespace, deployment in BYSTANDERS.items():
            for pod in json.loads(kubectl("get", "pods", "--output=json", namespace=namespace))["items"]:
                if pod["spec"]["nodeName"] in here:
                    kubectl("delete", "pod", pod["metadata"]["name"], namespace=namespace)
            kubectl("rollout", "status", f"deployment/{deployment}", "--timeout=600s", namespace=namespace)
    finally:
        kubectl("uncordon", selector, namespace="default")


def cut(link: str, seconds: float) -> None:
    """Takes a node (its name) or a zone (`zone-a`) off the network for a while."""
    _switch(link, "down")
    try:
        time.sleep(seconds)
    finally:
        _switch(link, "up")


def _switch(link: str, state: str) -> None:
    process.run(laboratory(), model.CONTROL_PLANE, ["ip", "link", "set", link, state], check=True)
