"""What is rendered, as a real API server and the real CRDs judge it: server dry runs, unknown fields refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from operated import statefulsets
from unit.plugins.module_utils.contract.strategies import accepted
from unit.plugins.module_utils.topology.made import PASSWORD, SHAPES, merged
from unit.plugins.module_utils.topology.traps import EVERYTHING

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.source import read
from ansible_collections.eks.redis.plugins.module_utils.engine import jobs
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

USERS = sorted((Path(__file__).parents[1] / "unit/fixtures/users").glob("*.json"))
PLURALS = {
    "Secret": "secrets",
    "ConfigMap": "configmaps",
    "Service": "services",
    "ServiceMonitor": "servicemonitors",
    "NetworkPolicy": "networkpolicies",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "ServiceAccount": "serviceaccounts",
    "Role": "roles",
    "RoleBinding": "rolebindings",
    "CronJob": "cronjobs",
    "Job": "jobs",
    "Deployment": "deployments",
    "StatefulSet": "statefulsets",
    "Redis": "redis",
    "RedisReplication": "redisreplications",
    "RedisSentinel": "redissentinels",
    "RedisCluster": "redisclusters",
}
CONSTRAINT = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
PLACED = {
    "antiAffinity": "required",
    "topologySpreadConstraints": [CONSTRAINT],
    "tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}],
    "nodeSelector": {"disk": "fast"},
    "priorityClassName": "system-node-critical",
    "persistence": {"enabled": False},
}


@pytest.fixture
def home(cluster, namespace: str) -> Iterator[str]:
    """A namespace that is there."""
    path = f"/api/v1/namespaces/{namespace}"
    cluster.apply(path, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    yield namespace
    cluster.delete(path)


def dry_run(cluster, manifest: dict[str, Any], namespace: str) -> None:
    """Server-side apply that writes nothing; fails with the server's answer when it would be refused."""
    core = manifest["apiVersion"] == "v1"
    metadata = {**manifest["metadata"], "namespace": namespace}
    path = (
        f"/{'api' if core else 'apis'}/{manifest['apiVersion']}/namespaces/{namespace}/{PLURALS[manifest['kind']]}/"
        f"{metadata['name']}"
    )
    query = "?fieldManager=test&dryRun=All&fieldValidation=Strict"
    cluster.call("PATCH", path + query, {**manifest, "metadata": metadata}, "application/apply-patch+yaml")


def job(cron_job: dict[str, Any]) -> dict[str, Any]:
    """What module backup, and with another name of that length Kubernetes itself, begins."""
    return jobs.manifest(
        {**cron_job, "metadata": {**cron_job["metadata"], "uid": str(uuid.uuid4())}}, "0" * jobs.SUFFIX
    )


def judged(cluster, namespace: str, flavour: Any, root: dict[str, Any], name: str = "cache") -> list[str]:
    """The kinds that the server has accepted: what we render, and what the operator makes of it."""
    resolution = resolve(flavour, root, name=name, namespace=namespace)
    assert resolution.instance is not None, "\n".join(map(str, resolution.errors))
    kinds = []
    for each in manifests(resolution.instance):
        if each["kind"] == "Namespace":
            continue
        dry_run(cluster, each, namespace)
        kinds.append(each["kind"])
        if each["kind"] == "CronJob":
            dry_run(cluster, job(each), namespace)
            kinds.append("Job")
        if "opstreelabs" in each["apiVersion"]:
            for made in statefulsets(each):
                dry_run(cluster, made, namespace)
                kinds.append("StatefulSet")
    return kinds


@pytest.mark.parametrize("mode", ["standalone", "sentinel", "cluster"])
def test_whatever_is_accepted_is_accepted_by_the_server(cluster, home: str, mode: str) -> None:
    @settings(
        max_examples=30,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(accepted((mode,)))
    def check(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
        assert "StatefulSet" in judged(cluster, home, documents[0], {**documents[1], **PASSWORD})

    check()


@pytest.mark.parametrize("more", [{}, EVERYTHING, PLACED], ids=["smallest", "everything", "placed"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_mode(cluster, home: str, shape: str, more: dict[str, Any]) -> None:
    flavour, root = SHAPES[shape]
    kinds = judged(cluster, home, merged(flavour, more), {**root, **PASSWORD})
    assert kinds.count("StatefulSet") == {"sentinel": 2, "cluster": 2}.get(shape, 1)
    assert kinds.count("Job") == (2 if more is EVERYTHING else 0)


@pytest.mark.parametrize("path", [path for path in USERS if "tls" not in path.name], ids=lambda path: path.stem)
def test_users_files(cluster, home: str, path: Path) -> None:
    source = read(str(path))
    if path.name.endswith(".root.json"):
        judged(cluster, home, {}, source.data)
        return
    mode = source.data.get("deployment", {}).get("mode")
    judged(cluster, home, source, {"clusterModeEnabled": mode == "cluster"})


@pytest.mark.parametrize(
    ("shape", "longest"), [("standalone", 52), ("replicated", 52), ("sentinel", 43), ("cluster", 43)]
)
def test_the_longest_name_fits_and_one_longer_would_not(cluster, home: str, shape: str, longest: int) -> None:
    flavour, root = SHAPES[shape]
    judged(cluster, home, merged(flavour, EVERYTHING), root, name="x" * longest)
    (found,) = resolve(flavour, root, name="x" * (longest + 1), namespace=home).errors
    assert found.path == "name"
    last = manifests(resolve(flavour, root, name="x" * longest, namespace=home).instance)[-1]
    last["metadata"]["name"] = "x" * (longest + 1)
    with pytest.raises(AssertionError, match="must be no more than 63"):
        for made in statefulsets(last):
            dry_run(cluster, made, home)


EDGES: dict[str, dict[str, Any]] = {
    "constraints twice": {"topologySpreadConstraints": [CONSTRAINT, {**CONSTRAINT, "maxSkew": 2}]},
    "pull secrets twice": {"imagePullSecrets": ["registry", "registry"]},
    "tolerations twice": {"tolerations": [{"operator": "Exists"}, {"operator": "Exists"}]},
    "namespaces twice": {"networkPolicy": {"enabled": True, "allowedNamespaces": ["web", "web"]}},
    "highest numbers": {
        "securityContext": {"runAsUser": 2**31 - 1, "fsGroup": 2**31 - 1},
        "tolerations": [{"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 2**31 - 1}],
        "topologySpreadConstraints": [{**CONSTRAINT, "maxSkew": 2**31 - 1}],
    },
    "beyond the basic plane": {"service": {"annotations": {"example.org/note": "\U0001f680"}}},
    "longest names": {
        "priorityClassName": "p" * 63,
        "serviceAccount": ".".join(["s" * 62] * 4),
        "persistence": {"storageClass": ".".join(["c" * 62] * 4)},
        "nodeSelector": {f"{'.'.join(['k' * 62] * 4)}/{'n' * 63}": "v" * 63},
    },
    "backups": {
        "backup": {
            **EVERYTHING["backup"],
            "schedule": "*/59 0-23/2 31 FEB,dec sat",
            "prefix": "a" * 200,
            "timeout": 86400,
            "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": 0.001, "memory": "1.5Mi"}},
            "serviceAccount": ".".join(["s" * 62] * 4),
        },
        "persistence": {"size": "0.001Mi"},
        "metrics": {"enabled": True},
    },
    "smallest amounts": {
        "master": {
            "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": 0.001, "memory": "1.5Mi"}}
        },
        "persistence": {"size": "0.001Mi"},
    },
}


@pytest.mark.parametrize("shape", ["sentinel", "cluster"])
@pytest.mark.parametrize("edge", EDGES)
def test_edges_are_refused_by_us_or_accepted_by_the_server(cluster, home: str, edge: str, shape: str) -> None:
    flavour, root = SHAPES[shape]
    if resolve(merged(flavour, EDGES[edge]), root, name="cache", namespace=home).instance:
        judged(cluster, home, merged(flavour, EDGES[edge]), root)
