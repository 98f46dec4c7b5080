"""The files that users already have: each example of their document loads unchanged."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.schema import flavour_schema, root_schema
from ansible_collections.eks.redis.plugins.module_utils.contract.source import Source, read
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

FILES = sorted((Path(__file__).parents[3] / "fixtures" / "users").glob("*.json"))
LATER = re.compile(r"is not in this release")


def load(path: Path) -> Resolution:
    source = read(str(path))
    flavour, root = (Source({}), source) if path.name.endswith(".root.json") else (source, Source({}))
    mode = flavour.data.get("deployment", {}).get("mode")
    if mode == "cluster":
        root = Source({"clusterModeEnabled": True})
    return resolve(flavour, root, name="cache", namespace="apps")


def test_all_are_here() -> None:
    assert len(FILES) == 23


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_accepted(path: Path) -> None:
    resolution = load(path)
    assert [problem for problem in resolution.errors if not LATER.search(problem.message)] == []
    if resolution.instance:
        assert manifests(resolution.instance)[-1]["kind"] == "Redis"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "03",
            "deployment.mode: 'sentinel' is not in this release; available: standalone "
            "(03-production-sentinel-multi-az.json:3)",
        ),
        (
            "04",
            "deployment.mode: 'cluster' is not in this release; available: standalone (04-redis-cluster-mode.json:3)",
        ),
        ("07", "backup.enabled: true is not in this release; available: false (07-s3-backups-with-irsa.json:4)"),
        (
            "18",
            "additionalConfig.tls-port: TLS is not in this release; available: plain connections on port 6379 "
            "(18-tls.json:3)",
        ),
    ],
)
def test_file_that_must_wait(name: str, line: str) -> None:
    (path,) = (path for path in FILES if path.name.startswith(name))
    assert str(load(path).errors[0]) == line


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_fits_the_schema(path: Path) -> None:
    schema = root_schema() if path.name.endswith(".root.json") else flavour_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(read(str(path)).data, schema, cls=jsonschema.Draft202012Validator)


def test_custom_storage_for_development() -> None:
    (path,) = (path for path in FILES if "custom-storage" in path.name)
    instance = load(path).instance
    assert instance is not None
    smallest = resolve({}, name="cache", namespace="apps").instance
    assert smallest is not None
    expected = json.loads(json.dumps(smallest.as_dict()))
    expected["persistence"]["size"] = "5Gi"
    assert instance.as_dict() == expected


def test_small_instance_keeps_the_default_limits() -> None:
    (path,) = (path for path in FILES if "small-instance" in path.name)
    instance = load(path).instance
    assert instance is not None
    assert instance.as_dict()["master"]["resources"] == {
        "requests": {"cpu": "250m", "memory": "512Mi"},
        "limits": {"cpu": "1000m", "memory": "2Gi"},
    }
