"""Flavours made up by hypothesis: any value each field allows, in any of its spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.contract import acl, acl_commands
from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import FLAVOUR_TREE, Spelling, Tree
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import DIRECTIVES, MANAGED
from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FLAVOUR
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import (
    INVALID,
    Kind,
    ListOf,
    MapOf,
    Record,
    Scalar,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.redis_conf import ADDITIONAL_CONFIG
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_DIRECTIVES = sorted(
    name
    for name, since in DIRECTIVES.items()
    if since <= (7, 0) and name not in MANAGED and name != "port" and not name.startswith("tls-")
)
_WORDS = ["on", "off", "allkeys", "resetkeys", "allcommands", "nocommands", "allchannels", "resetchannels"]
_STARTS = ["~", "&", "%R~", "%W~", "%RW~"]
_PATTERNS = st.builds("{}{}".format, st.sampled_from(_STARTS), st.sampled_from(["*", "a:?[x]"]))
_COMMANDS = st.builds(
    "{}{}".format,
    st.sampled_from("+-"),
    st.sampled_from(sorted(acl_commands.COMMANDS)) | st.sampled_from(sorted(acl_commands.CATEGORIES)).map("@{}".format),
)
_RULE = st.sampled_from(_WORDS) | _PATTERNS | _COMMANDS
# rules as the contract takes them; of patterns that come too late there are few
ACL_RULES = (
    st.lists(_RULE, min_size=1, max_size=6)
    .map(" ".join)
    .filter(lambda text: not any(token.problem for token in acl.tokens(text)))
)


def _leaves(tree: Tree) -> Iterator[Spelling]:
    for below in tree.values():
        yield from [below] if isinstance(below, Spelling) else _leaves(below)


_SENTINEL = "deployment.config.sentinel"
# every way to write every field
SPELLINGS = tuple(_leaves(FLAVOUR_TREE))


@cache
def values(path: str) -> st.SearchStrategy[Any]:
    """The values that a field allows."""
    (field,) = (field for field in FLAVOUR if field.path == path)
    return _values(field.kind)


def _values(kind: Kind) -> st.SearchStrategy[Any]:
    if kind is ADDITIONAL_CONFIG:
        texts = ["yes", "no", "1", "2", "1024", "2mb", "5%", "allkeys-lru", "notice", "default", "Ex", "a b"]
        value = st.sampled_from(texts) | st.integers(0, 10**9) | st.booleans()
        return st.dictionaries(st.sampled_from(_DIRECTIVES), value, max_size=3)
    if kind is acl.RULES:
        return ACL_RULES
    if isinstance(kind, MapOf):
        return st.dictionaries(_values(kind.key), _values(kind.value), max_size=2)
    if isinstance(kind, ListOf):
        return st.lists(_values(kind.item), max_size=2)
    if isinstance(kind, Record):
        parts = {name: _values(part) for name, part in kind.fields.items()}
        optional = {name: part for name, part in parts.items() if name not in kind.required}
        return st.fixed_dictionaries({name: parts[name] for name in kind.required}, optional=optional)
    return _scalars(dict(kind.schema), kind)


def _scalars(schema: dict[str, Any], kind: Kind) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "boolean":
        return st.booleans()
    if schema.get("type") == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if kind.noun == "a cpu quantity":
        return st.integers(1, 64) | st.integers(1, 64000).map("{}m".format) | st.sampled_from([0.5, "1.25"])
    if kind.noun == "a size":
        return st.builds("{}{}".format, st.integers(1, 4000), st.sampled_from(["Mi", "Gi"]))
    pattern = re.compile(schema["pattern"][1:-1], re.ASCII)
    texts = st.from_regex(pattern, fullmatch=True).filter(lambda text: len(text) <= schema["maxLength"])
    return texts.filter(lambda text: kind.accept(text) is not INVALID) if isinstance(kind, Scalar) else texts


MODES = ("standalone", "sentinel", "cluster")
# the mode is drawn first, because the root must agree with it
_FREE = tuple(each for each in SPELLINGS if each.field.path not in ("deployment.mode", f"{_SENTINEL}.enabled"))
_MODE = tuple(each.spelled for each in SPELLINGS if each.field.path == "deployment.mode")


@st.composite
def documents(draw: st.DrawFn, modes: tuple[str, ...] = MODES) -> tuple[dict[str, Any], dict[str, Any]]:
    """A flavour in which every value is allowed, and its root; rules across fields may still refuse it."""
    mode = draw(st.sampled_from(modes))
    flavour: dict[str, Any] = {}
    put(flavour, draw(st.sampled_from(_MODE)), mode)
    for spelling in draw(st.lists(st.sampled_from(_FREE), max_size=8, unique_by=lambda each: each.field.path)):
        value = draw(values(spelling.field.path))
        # the one conversion there is: replicationSize counts the master too
        put(flavour, spelling.spelled, value + 1 if spelling.convert else value)
    return flavour, {"clusterModeEnabled": mode == "cluster"}


@st.composite
def accepted(draw: st.DrawFn, modes: tuple[str, ...] = MODES) -> tuple[dict[str, Any], dict[str, Any]]:
    """Such a flavour without the fields that the rules refuse."""
    flavour, root = draw(documents(modes))
    while errors := resolve(flavour, root, name="cache", namespace="apps").errors:
        for path in sorted({problem.path.partition("[")[0] for problem in errors}):
            drop(flavour, path)
    return flavour, root


def drop(document: dict[str, Any], path: str) -> None:
    """Take away what is at a path; when that is not there, the group that it is in, wherever it is written."""
    *parents, leaf = path.split(".")
    inner: Any = document
    for name in parents:
        inner = inner.get(name) if isinstance(inner, dict) else None
    if isinstance(inner, dict) and leaf in inner:
        del inner[leaf]
        return
    # the mode stays: without it the root would not fit, and there might be nothing left at all
    group = parents[2] if parents[:2] == ["deployment", "config"] else parents[0]
    document.pop(group, None)
    document.get("deployment", {}).get("config", {}).pop(group, None)


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Set a value at a dotted path."""
    *parents, leaf = path.split(".")
    for name in parents:
        if not isinstance(document.get(name), dict):
            document[name] = {}
        document = document[name]
    document[leaf] = value
