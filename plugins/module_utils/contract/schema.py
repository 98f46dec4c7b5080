# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract as JSON Schema, for editors. It knows all spellings; the rules across fields are not in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import (
    FLAVOUR_TREE,
    ROOT_TREE,
    Spelling,
    Tree,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.field import Derived, Field
from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FLAVOUR, ROOT
from ansible_collections.eks.redis.plugins.module_utils.contract.modes import MODES, modes

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def flavour_schema() -> dict[str, Any]:
    """JSON Schema of a flavour file."""
    return _document("eks.redis flavour", FLAVOUR, FLAVOUR_TREE)


def root_schema() -> dict[str, Any]:
    """JSON Schema of a root file."""
    return _document("eks.redis root", ROOT, ROOT_TREE)


def _document(title: str, fields: Iterable[Field], tree: Tree) -> dict[str, Any]:
    definitions = {field.path: _definition(field) for field in fields}
    return {"$schema": _DIALECT, "title": title, **_object(tree), "$defs": definitions}


def _object(tree: Tree) -> dict[str, Any]:
    properties = {
        name: _leaf(below) if isinstance(below, Spelling) else _object(below) for name, below in sorted(tree.items())
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _leaf(spelling: Spelling) -> dict[str, Any]:
    if spelling.convert:
        why = f"as {spelling.field.path}, but {spelling.convert.reason}"
        return {"description": why, **spelling.convert.kind.schema}
    return {"$ref": f"#/$defs/{spelling.field.path}"}


def _definition(field: Field) -> dict[str, Any]:
    default = f"default: {field.default.text}" if isinstance(field.default, Derived) else None
    counted = modes(field.path)
    only = f"only in mode {' and '.join(counted)}" if counted != MODES else None
    described = {"description": "; ".join(part for part in (field.doc, default, only) if part), **field.kind.schema}
    return described if default else {**described, "default": _plain(field.default)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
