"""The files that users already have: each example of their document loads unchanged, and what is said of it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.schema import flavour_schema, root_schema
from ansible_collections.eks.redis.plugins.module_utils.contract.source import read
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

FILES = {path.name.partition("-")[0]: path for path in sorted((Path(__file__).parents[3] / "fixtures/users").iterdir())}
BACKUP = (
    "backup.enabled: true without replicas: the master itself is copied; while it forks nobody is answered (measured: "
    "up to 51 ms with 0.9 GB), and it needs memory for what is written meanwhile"
)
SINGLE = "has no effect: there is a single Redis pod"
# what is rendered last, where it is not the kind of a standalone instance
KINDS = {"03": "RedisSentinel", "04": "RedisCluster", "09": "RedisSentinel", "10": "RedisCluster"}
WARNINGS = {
    "05": [
        "service.type: LoadBalancer without authentication.enabled: whoever reaches it can read and write "
        "(05-external-access-nlb.json:3)"
    ],
    "07": [f"{BACKUP} (07-s3-backups-with-irsa.json:4)"],
    "11": [
        f"antiAffinity: {SINGLE} (11-multi-az-distribution.json:2)",
        f"topologySpreadConstraints: {SINGLE} (11-multi-az-distribution.json:3)",
    ],
    "12": [
        "podDisruptionBudget.enabled: has no effect: a budget for a single Redis pod would block every drain "
        "(12-pod-disruption-budget.json:3)"
    ],
    "13": [f"{BACKUP} (13-automated-backups.json:3)"],
    "17": [
        "authentication.authToken: <hidden> looks like a placeholder that nothing has filled in "
        "(17-authentication.root.json:4)"
    ],
    "18": [
        "additionalConfig.tls-port: is turned into transitEncryption.enabled: true; write that in the root instead, "
        "and see docs/security.md (18-tls.json:3)",
        *(
            f"additionalConfig.{name}: has no effect: transitEncryption.enabled: true says it all (18-tls.json:{line})"
            for line, name in enumerate(("port", "tls-cert-file", "tls-key-file", "tls-ca-cert-file"), start=4)
        ),
    ],
}


def load(path: Path) -> Resolution:
    source = read(str(path))
    if path.name.endswith(".root.json"):
        return resolve({}, source, name="cache", namespace="apps")
    mode = source.data.get("deployment", {}).get("mode")
    return resolve(source, {"clusterModeEnabled": mode == "cluster"}, name="cache", namespace="apps")


def test_all_are_here() -> None:
    assert list(FILES) == [f"{number:02}" for number in range(1, 24)]


@pytest.mark.parametrize("number", FILES)
def test_file_loads_and_renders(number: str) -> None:
    resolution = load(FILES[number])
    assert resolution.errors == ()
    assert resolution.instance is not None
    assert manifests(resolution.instance)[-1]["kind"] == KINDS.get(number, "Redis")
    assert [str(problem) for problem in resolution.warnings] == WARNINGS.get(number, [])


@cache
def validator(*, root: bool) -> jsonschema.Draft202012Validator:
    """Made once: to see that a schema is one takes longer than all that it is used for."""
    schema = root_schema() if root else flavour_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", FILES.values(), ids=lambda path: path.stem)
def test_file_fits_the_schema(path: Path) -> None:
    validator(root=path.name.endswith(".root.json")).validate(read(str(path)).data)


def test_custom_storage_for_development() -> None:
    instance, smallest = load(FILES["02"]).instance, load(FILES["01"]).instance
    assert instance is not None
    assert smallest is not None
    expected = json.loads(json.dumps(smallest.as_dict()))
    expected["persistence"]["size"] = "5Gi"
    assert instance.as_dict() == expected


def test_small_instance_keeps_the_default_limits() -> None:
    instance = load(FILES["23"]).instance
    assert instance is not None
    assert instance.as_dict()["master"]["resources"] == {
        "requests": {"cpu": "250m", "memory": "512Mi"},
        "limits": {"cpu": "1000m", "memory": "2Gi"},
    }


@pytest.mark.parametrize("number", ["03", "09"])
def test_sentinel_examples(number: str) -> None:
    instance = load(FILES[number]).instance
    assert instance is not None
    config = instance.flavour.deployment.config
    assert (config.replica.count, config.sentinel.replicas, config.sentinel.quorum) == (2, 3, 2)


@pytest.mark.parametrize("number", ["04", "10"])
def test_cluster_examples(number: str) -> None:
    instance = load(FILES[number]).instance
    assert instance is not None
    config = instance.flavour.deployment.config
    assert (config.num_shards, config.replicas_per_shard) == (3, 1)


@pytest.mark.parametrize("number", ["04", "10"])
def test_cluster_examples_need_their_root(number: str) -> None:
    (problem,) = resolve(read(str(FILES[number])), {}, name="cache", namespace="apps").errors
    assert problem.message == "cluster needs clusterModeEnabled: true in the root"


def test_the_example_of_tls_gives_tls() -> None:
    instance = load(FILES["18"]).instance
    assert instance is not None
    assert instance.transit_encryption.enabled
    assert instance.flavour.keeper.enabled, "who has certificates has them renewed"
    config_map, *_others, redis = [each for each in manifests(instance) if each["kind"] in ("ConfigMap", "Redis")]
    assert redis["spec"]["TLS"]["secret"] == {"secretName": "cache-tls"}
    assert "tls-" not in config_map["data"]["redis-additional.conf"], "the operator writes the directives"


def test_budgets_that_the_document_recommends() -> None:
    budget = read(str(FILES["12"])).data
    for mode, least in (("sentinel", 2), ("cluster", 4)):
        flavour = {
            "deployment": {"mode": mode},
            "podDisruptionBudget": {**budget["podDisruptionBudget"], "minAvailable": least},
        }
        resolution = resolve(flavour, {"clusterModeEnabled": mode == "cluster"}, name="cache", namespace="apps")
        assert resolution.errors == ()
