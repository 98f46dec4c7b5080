from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.fields import changed_fields


def thing(kind: str = "Redis", **parts: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}, **parts}


def config(text: str) -> dict[str, Any]:
    return thing("ConfigMap", data={"redis-additional.conf": text})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"image": "a"}, {"image": "b"}, ["spec.image"]),
        ({"image": "a"}, {"image": "a"}, []),
        ({}, {"image": "a"}, ["spec.image"]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 2, "c": 3}}, ["spec.a.b", "spec.a.c"]),
        # a branch that comes or goes is told by its leaves
        ({}, {"exporter": {"image": "a", "limits": {"cpu": "1"}}}, ["spec.exporter.image", "spec.exporter.limits.cpu"]),
        ({"node": {"disk": "fast"}}, {}, ["spec.node.disk"]),
        ({"podSelector": {}}, {}, ["spec.podSelector"]),
        ({"a": {}}, {"a": {"b": 1}}, ["spec.a.b"]),
        ({"checksum/config": 1, "x.y": 1}, {}, ["spec[checksum/config]", "spec[x.y]"]),
        ({"ports": [{"port": 1}, {"port": 2}]}, {"ports": [{"port": 1}, {"port": 3}]}, ["spec.ports[1].port"]),
        ({"args": ["a", "b"]}, {"args": ["a", "c"]}, ["spec.args[1]"]),
        ({"ports": [{"port": 1}]}, {"ports": [{"port": 1}, {"port": 3}]}, ["spec.ports"]),
        ({"a": "1"}, {"a": {"b": 1}}, ["spec.a"]),
    ],
)
def test_fields_are_told_by_their_paths(before, after, expected) -> None:
    assert changed_fields(thing(spec=before), thing(spec=after)) == expected


def test_an_annotation() -> None:
    before, after = thing(), thing()
    after["metadata"] = {"name": "a", "annotations": {"checksum/config": "0"}}
    assert changed_fields(before, after) == ["metadata.annotations[checksum/config]"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("hz 10\n", "hz 20\n", ["hz"]),
        ("# a\nhz 10\n", "hz 10\nmaxmemory-policy allkeys-lru\n", ["maxmemory-policy"]),
        # lines of one directive add up
        ('save ""\nsave 900 1\n', 'save ""\nsave 900 1\nsave 60 10\n', ["save"]),
        ("hz 10\ntimeout 5\n", "", ["hz", "timeout"]),
    ],
)
def test_of_redis_conf_the_directives_are_told(before, after, expected) -> None:
    fields = [f"data[redis-additional.conf]: {name}" for name in expected]
    assert changed_fields(config(before), config(after)) == fields


def test_a_redis_conf_of_other_words_and_the_same_directives() -> None:
    assert changed_fields(config("# a\nhz 10\n"), config("# b\nhz 10\n")) == ["data[redis-additional.conf]"]


def test_a_config_map_without_data() -> None:
    assert changed_fields(thing("ConfigMap"), config("hz 10\n")) == ["data[redis-additional.conf]: hz"]


def test_a_secret_tells_its_keys_and_no_value() -> None:
    before, after = (
        thing("Secret", data={"password": base64.b64encode(word).decode(), "user": "YQ=="})
        for word in (b"horse", b"cow")
    )
    fields = changed_fields(before, after)
    assert fields == ["data.password"]
    assert "horse" not in json.dumps(fields)


def test_the_schema_of_a_crd_is_one_field() -> None:
    before, after = (
        thing("CustomResourceDefinition", spec={"versions": [{"schema": {"a": n, "b": n}}]}) for n in (1, 2)
    )
    assert changed_fields(before, after) == ["spec"]
