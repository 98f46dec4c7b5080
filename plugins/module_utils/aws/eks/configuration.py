# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of an add-on: what it is after a change, and whether its schema allows that. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError

# JSON schema's names -> Python's; true is an int in Python, not a number in JSON
_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


def parsed(values: str | None) -> dict[str, Any]:
    """``configurationValues`` as EKS keeps them, which is how somebody wrote them: JSON or YAML."""
    import yaml  # not at the top: modules must be importable where only Ansible's own modules are

    return yaml.safe_load(values or "") or {}


def merged(live: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7386): mappings are merged, None takes a key away, anything else replaces."""
    if not isinstance(patch, Mapping):
        return patch
    kept = dict(live) if isinstance(live, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), value)
    return kept


def check(values: Mapping[str, Any], schema: str, what: str) -> None:
    """Raises AwsError for what the schema does not allow: unknown keys, wrong types, values that are not listed.

    EKS itself checks the rest. schema: JSON. what: for messages, such as ``add-on vpc-cni v1.20.4-eksbuild.1``.
    """
    root = json.loads(schema)
    problem = next(_problems(root, root, values, ""), None)
    if problem:
        raise AwsError(f"option configuration{problem} ({what})")


def _problems(root: dict[str, Any], schema: Any, value: Any, path: str) -> Iterator[str]:
    schema = _resolved(root, schema)
    kinds = schema.get("type", list(_TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(isinstance(value, _TYPES[kind]) and not _is_bool_as_number(value, kind) for kind in kinds):
        yield f"{path}: {json.dumps(value)} is not of type {' or '.join(kinds)}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {json.dumps(value)} is none of {', '.join(json.dumps(each) for each in schema['enum'])}"
    elif isinstance(value, Mapping):
        known = schema.get("properties", {})
        for key, inner in value.items():
            if key in known:
                yield from _problems(root, known[key], inner, f"{path}.{key}")
            elif schema.get("additionalProperties") is False:
                near = get_close_matches(key, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known)) or 'none'}"
                yield f"{path}: unknown key {key}; {hint}"


def _is_bool_as_number(value: Any, kind: str) -> bool:
    return isinstance(value, bool) and kind in ("integer", "number")


def _resolved(root: dict[str, Any], schema: Any) -> dict[str, Any]:
    """Follows ``$ref`` inside the document, as the schemas of EKS begin. A schema may also be just true."""
    while isinstance(schema, dict) and str(schema.get("$ref", "")).startswith("#/"):
        target: Any = root
        for step in schema["$ref"][2:].split("/"):
            target = target.get(step, {})
        schema = target
    return schema if isinstance(schema, dict) else {}
