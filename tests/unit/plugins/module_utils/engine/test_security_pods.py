from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.security_pods import pods

from .guarded import NAMESPACE, guarded
from .views import CLUSTER, SENTINEL, SINGLE

CHECKS = ("non_root", "read_only_root", "no_capabilities", "no_escalation", "not_privileged", "seccomp")
POD = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINER = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}


def live(container, pod=..., **other) -> dict:
    spec = {
        "securityContext": POD if pod is ... else pod,
        "containers": [{"name": "redis", "securityContext": container, **other}],
    }
    return {"cache-0": {"metadata": {"name": "cache-0"}, "spec": spec}}


@pytest.mark.parametrize("flavour", [SINGLE, SENTINEL, CLUSTER])
def test_pods_of_ours(flavour) -> None:
    found = guarded(flavour)["pods"]
    assert found == {"users": [1000], **dict.fromkeys(CHECKS, True), "token": True, "level": "", "lacking": []}


@pytest.mark.parametrize(
    ("container", "pod", "failing"),
    [
        (CONTAINER, POD, ()),
        (CONTAINER, {"runAsNonRoot": True, "seccompProfile": {"type": "Localhost"}}, ()),
        # a user is not enough for Pod Security
        (CONTAINER, {**POD, "runAsNonRoot": False}, ("non_root",)),
        (CONTAINER, {"runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}, ("non_root",)),
        (CONTAINER, {**POD, "runAsUser": 0}, ("non_root",)),
        # what a container says stands before what the pod says
        ({**CONTAINER, "runAsNonRoot": False, "runAsUser": 0}, POD, ("non_root",)),
        ({**CONTAINER, "readOnlyRootFilesystem": False}, POD, ("read_only_root",)),
        ({**CONTAINER, "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}, POD, ("no_capabilities",)),
        ({**CONTAINER, "capabilities": {"drop": ["NET_RAW"]}}, POD, ("no_capabilities",)),
        ({**CONTAINER, "allowPrivilegeEscalation": True}, POD, ("no_escalation",)),
        ({**CONTAINER, "privileged": True}, POD, ("not_privileged",)),
        (CONTAINER, {"runAsNonRoot": True}, ("seccomp",)),
        (CONTAINER, {"runAsNonRoot": True, "seccompProfile": {"type": "Unconfined"}}, ("seccomp",)),
        (None, None, ("non_root", "read_only_root", "no_capabilities", "no_escalation", "seccomp")),
    ],
)
def test_what_does_not_hold(container, pod, failing) -> None:
    found = pods(live(container, pod), NAMESPACE)
    assert tuple(check for check in CHECKS if not found[check]) == failing
    assert found["lacking"] == [{"pod": "cache-0", "container": "redis", "check": check} for check in failing]


def test_pods_of_a_flavour_that_does_not_refuse_root() -> None:
    found = guarded({"securityContext": {"runAsNonRoot": False}})["pods"]
    assert (found["users"], found["non_root"]) == ([1000], False)
    assert {one["check"] for one in found["lacking"]} == {"non_root"}


def test_init_containers_count_too() -> None:
    found = live(CONTAINER)
    found["cache-0"]["spec"]["initContainers"] = [{"name": "init", "securityContext": {}}]
    assert {one["container"] for one in pods(found, NAMESPACE)["lacking"]} == {"init"}


@pytest.mark.parametrize(
    ("mounts", "token"),
    [([], False), (["/data"], False), (["/data", "/var/run/secrets/kubernetes.io/serviceaccount"], True)],
)
def test_a_token(mounts, token) -> None:
    found = live(CONTAINER, volumeMounts=[{"mountPath": one} for one in mounts])
    assert pods(found, NAMESPACE)["token"] is token


@pytest.mark.parametrize(
    ("namespace", "level"),
    [
        (None, None),
        ({"metadata": {"name": "apps"}}, ""),
        ({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}, "restricted"),
    ],
)
def test_the_level_that_the_namespace_enforces(namespace, level) -> None:
    assert pods(live(CONTAINER), namespace)["level"] == level


def test_no_pods() -> None:
    assert pods({}, NAMESPACE) == {
        "users": [],
        **dict.fromkeys(CHECKS),
        "token": None,
        "level": "",
        "lacking": [],
    }
