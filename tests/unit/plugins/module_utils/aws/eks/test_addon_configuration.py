from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.eks.configuration import check, merged, parsed
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError

WHAT = "EKS add-on vpc-cni v1.20.4-eksbuild.1"
# as the schemas of EKS begin
SCHEMA = json.dumps(
    {
        "$ref": "#/definitions/VpcCni",
        "$schema": "http://json-schema.org/draft-06/schema#",
        "definitions": {
            "VpcCni": {
                "additionalProperties": False,
                "properties": {
                    "enableNetworkPolicy": {"enum": ["true", "false"], "type": "string"},
                    "env": {"$ref": "#/definitions/Env"},
                    "replicas": {"type": "integer"},
                    "resources": {"type": ["object", "null"]},
                    "tolerations": {"type": "array"},
                    "anything": True,
                },
                "type": "object",
            },
            "Env": {"additionalProperties": False, "properties": {"WARM_IP_TARGET": {}}, "type": "object"},
        },
    }
)


@pytest.mark.parametrize(
    ("text", "values"),
    [(None, {}), ("", {}), ('{"a": {"b": 1}}', {"a": {"b": 1}}), ("a:\n  b: 1\n", {"a": {"b": 1}})],
)
def test_parsed_from_json_and_yaml(text: str | None, values: dict[str, Any]) -> None:
    assert parsed(text) == values


# the examples of RFC 7386, appendix A, of mappings
@pytest.mark.parametrize(
    ("live", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merged(live: dict[str, Any], patch: dict[str, Any], result: dict[str, Any]) -> None:
    before = json.dumps(live)
    assert merged(live, patch) == result
    assert json.dumps(live) == before


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"enableNetworkPolicy": "true", "env": {"WARM_IP_TARGET": "5"}, "replicas": 2, "tolerations": []},
        {"resources": None, "anything": {"goes": 1}},
    ],
)
def test_what_the_schema_allows_passes(values: dict[str, Any]) -> None:
    check(values, SCHEMA, WHAT)
    check(values, "{}", WHAT)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"enableNetworkPolicies": "true"}, ": unknown key enableNetworkPolicies; did you mean enableNetworkPolicy?"),
        (
            {"zzz": 1},
            ": unknown key zzz; known are anything, enableNetworkPolicy, env, replicas, resources, tolerations",
        ),
        ({"env": {"ZZZ": "5"}}, ".env: unknown key ZZZ; known are WARM_IP_TARGET"),
        ({"enableNetworkPolicy": True}, ".enableNetworkPolicy: true is not of type string"),
        ({"enableNetworkPolicy": "yes"}, '.enableNetworkPolicy: "yes" is none of "true", "false"'),
        ({"replicas": True}, ".replicas: true is not of type integer"),
        ({"resources": "1Gi"}, '.resources: "1Gi" is not of type object or null'),
    ],
)
def test_what_it_does_not_allow_is_one_line(values: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as error:
        check(values, SCHEMA, WHAT)
    assert str(error.value) == f"option configuration{message} ({WHAT})"
