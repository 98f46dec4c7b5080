from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import operators


def deployment(
    image: str = "quay.io/opstree/redis-operator:v0.23.0", *, args=(), status=None, replicas=1, **env
) -> dict:
    container = {
        "name": "redis-operator",
        "image": image,
        "command": ["/operator", "manager"],
        "args": list(args),
        "env": [{"name": name, "value": value} for name, value in env.items()],
    }
    return {
        "metadata": {"namespace": "ops", "name": "redis-operator", "generation": 2},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"name": "redis-operator"}},
            "template": {"spec": {"containers": [container]}},
        },
        "status": status or {},
    }


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("quay.io/opstree/redis-operator:v0.23.0", (0, 23, 0)),
        ("mirror:5000/redis-operator:0.26.1", (0, 26, 1)),
        ("mirror/redis-operator:v0.26.1-arm64", (0, 26, 1)),
        ("mirror/redis-operator:v0.26.1@sha256:0123", (0, 26, 1)),
        ("mirror/redis-operator@sha256:0123", None),
        ("mirror/redis-operator:latest", None),
        ("mirror:5000/redis-operator", None),
    ],
)
def test_version_of(image, version) -> None:
    assert operators.version_of(image) == version


@pytest.mark.parametrize(
    ("given", "gate"),
    [
        ({"FEATURE_GATES": "GenerateConfigInInitContainer=true"}, True),
        ({"FEATURE_GATES": "Other=true, GenerateConfigInInitContainer=true"}, True),
        ({"FEATURE_GATES": "GenerateConfigInInitContainer=false"}, False),
        ({}, False),
        ({"args": ["--feature-gates=GenerateConfigInInitContainer=true"]}, True),
    ],
)
def test_the_gate_is_read_from_environment_or_flag(given, gate) -> None:
    assert operators.read(deployment(**given)).gate is gate


@pytest.mark.parametrize(
    ("watched", "namespace", "covers"),
    [("", "apps", True), ("apps", "apps", True), ("shop, apps", "apps", True), ("shop", "apps", False)],
)
def test_covers(watched, namespace, covers) -> None:
    assert operators.read(deployment(WATCH_NAMESPACE=watched)).covers(namespace) is covers


ROLLED_OUT = {"observedGeneration": 2, "updatedReplicas": 1, "replicas": 1, "availableReplicas": 1}


@pytest.mark.parametrize(
    ("status", "replicas", "available"),
    [
        (ROLLED_OUT, 1, True),
        ({**ROLLED_OUT, "observedGeneration": 1}, 1, False),
        ({**ROLLED_OUT, "updatedReplicas": 0}, 1, False),
        ({**ROLLED_OUT, "availableReplicas": 0}, 1, False),
        # the image of the new pod cannot be pulled, and the old pod goes on
        ({**ROLLED_OUT, "replicas": 2}, 1, False),
        ({**ROLLED_OUT, "updatedReplicas": 0}, 0, False),
        ({}, 1, False),
    ],
)
def test_available_means_rolled_out(status, replicas, available) -> None:
    assert operators.read(deployment(status=status, replicas=replicas)).available is available


@pytest.mark.parametrize(
    ("found", "known"),
    [
        ([deployment()], 1),
        ([deployment("mirror/team/redis-operator@sha256:01")], 1),
        ([deployment("mirror/renamed:v0.23.0")], 1),
        ([], 0),
    ],
)
def test_an_operator_is_known_by_what_it_runs(found, known) -> None:
    class Cluster:
        """Only the answer to the list of all Deployments."""

        def list(self, kind: str, **selectors: str) -> list[dict]:
            other = deployment("nginx:1")
            other["spec"]["template"]["spec"]["containers"][0]["command"] = []
            return [] if selectors else [other, *found]

    assert len(operators.find(Cluster())) == known
