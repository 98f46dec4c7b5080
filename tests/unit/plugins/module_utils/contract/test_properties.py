"""What holds for every input."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import Spelling
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import DIRECTIVES
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import Kind
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import join
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.schema import flavour_schema
from ansible_collections.eks.redis.plugins.module_utils.contract.source import SourceError, parse

from .strategies import JSON, SPELLINGS, accepted, documents, put, values

Documents = tuple[dict[str, Any], dict[str, Any]]
SCHEMA = jsonschema.Draft202012Validator(flavour_schema())
MISFITS = st.sampled_from([None, [[]], {"wibble": {}}, "\n", -0.5, "", True, 10**400, float("nan")])


def read(flavour: Any, root: Any = None) -> Resolution:
    return resolve(flavour, root, name="cache", namespace="apps")


@given(st.sampled_from(SPELLINGS), st.data())
def test_allowed_values_are_accepted(spelling: Spelling, data: st.DataObject) -> None:
    assert accepts(spelling.field.kind, data.draw(values(spelling.field.path)))


@given(accepted(), st.sampled_from(SPELLINGS), MISFITS)
def test_one_wrong_value_is_refused_by_its_name(documents: Documents, spelling: Spelling, value: Any) -> None:
    flavour, root = documents
    assume(not accepts(spelling.convert.kind if spelling.convert else spelling.field.kind, value))
    put(flavour, spelling.spelled, value)
    resolution = read(flavour, root)
    assert resolution.instance is None
    assert any(problem.path.startswith(spelling.spelled) for problem in resolution.errors)


@given(accepted(), st.data())
def test_one_misspelt_key_is_refused_by_its_name(documents: Documents, data: st.DataObject) -> None:
    flavour, root = documents
    parents, name = data.draw(st.sampled_from(list(keys(flavour))))
    inside = flavour
    for parent in parents:
        inside = inside[parent]
    inside[f"{name}x"] = inside.pop(name)
    resolution = read(flavour, root)
    assert resolution.instance is None
    assert ".".join((*parents, f"{name}x")) in [problem.path for problem in resolution.errors]


@given(accepted(), st.data(), st.sampled_from([None, 7, "text", [], True]))
def test_a_group_that_is_no_mapping_is_refused_by_its_name(
    documents: Documents, data: st.DataObject, value: Any
) -> None:
    flavour, root = documents
    groups = sorted({parents[:depth] for parents, _name in keys(flavour) for depth in range(1, len(parents) + 1)})
    assume(groups)
    group = ".".join(data.draw(st.sampled_from(groups)))
    put(flavour, group, value)
    resolution = read(flavour, root)
    assert resolution.instance is None
    assert group in [problem.path for problem in resolution.errors]


@given(accepted(), st.text(min_size=1))
def test_one_unknown_directive_is_refused_by_its_name(documents: Documents, name: str) -> None:
    flavour, root = documents
    assume(name.lower() not in DIRECTIVES)
    flavour.get("deployment", {}).get("config", {}).pop("additionalConfig", None)
    flavour["additionalConfig"] = {name: "1"}
    paths = [problem.path.lower() for problem in read(flavour, root).errors]
    assert join(("additionalConfig", name)).lower() in paths


def keys(tree: dict[str, Any], parents: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every key of the contract in a flavour: where it is, and its name. Keys that are free are none of them."""
    for name, value in tree.items():
        yield parents, name
        if isinstance(value, dict) and name not in ("annotations", "nodeSelector", "additionalConfig"):
            yield from keys(value, (*parents, name))


def accepts(kind: Kind, value: Any) -> bool:
    found: list[str] = []
    kind.read(value, (), lambda _path, message: found.append(message))
    return not found


@given(accepted())
def test_what_is_resolved_resolves_to_itself(documents: Documents) -> None:
    flavour, root = documents
    instance = read(flavour, root).instance
    assert instance is not None
    assert read(instance.as_dict(), root).instance == instance
    assert json.loads(json.dumps(instance.as_dict())) == instance.as_dict()


@given(accepted())
def test_what_is_accepted_fits_the_schema(documents: Documents) -> None:
    SCHEMA.validate(documents[0])


@given(JSON, JSON)
def test_any_documents_give_lines(flavour: Any, root: Any) -> None:
    resolution = read(flavour, root)
    for problem in (*resolution.errors, *resolution.warnings):
        assert len(str(problem).splitlines()) == 1
    assert (resolution.instance is None) == bool(resolution.errors)


@given(documents(), st.lists(st.tuples(st.sampled_from(SPELLINGS), st.integers(1, 6), JSON), min_size=1, max_size=3))
def test_any_value_in_any_place_gives_lines(documents: Documents, places: list[tuple[Any, int, Any]]) -> None:
    flavour, root = documents
    for spelling, depth, value in places:
        put(flavour, ".".join(spelling.spelled.split(".")[:depth]), value)
        resolution = read(flavour, root)
        for problem in (*resolution.errors, *resolution.warnings):
            assert len(str(problem).splitlines()) == 1


@given(st.text())
def test_any_text_is_data_or_a_line(text: str) -> None:
    for name in ("a.json", "a.yml"):
        try:
            parse(text, name)
        except SourceError as error:
            assert len(str(error).splitlines()) == 1
            assert str(error).startswith(f"{name}: line ")


@given(JSON.filter(lambda value: "NaN" not in json.dumps(value) and "Infinity" not in json.dumps(value)))
def test_json_reads_as_json(value: Any) -> None:
    expected = {} if value is None else value
    assert parse(json.dumps(value), "a.json").data == expected
    assert parse(json.dumps(value, indent=2), "a.json").data == expected


@given(documents(), st.data())
def test_damaged_json_is_never_read_as_something_else(documents: Documents, data: st.DataObject) -> None:
    text = json.dumps(documents[0])
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:at] + data.draw(st.sampled_from(["", "}", "{", '"', ",", ":", "\\", "\n"])) + text[at + 1 :]
    try:
        expected = json.loads(damaged, object_pairs_hook=unique)
    except ValueError:
        with pytest.raises(SourceError):
            parse(damaged, "a.json")
    else:
        assert parse(damaged, "a.json").data == expected


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _value in pairs}) < len(pairs):
        raise ValueError("duplicate")
    return dict(pairs)


def users(*given: Any) -> Documents:
    return {"acl": {"users": list(given)}}, {}


# flavour and root with a password somewhere, most of them where none belongs
PLACES: dict[str, Callable[[str], Documents]] = {
    "root": lambda token: ({}, {"authentication": {"enabled": True, "authToken": token}}),
    "flavour": lambda token: ({"authentication": {"enabled": True, "authToken": token}}, {}),
    "list": lambda token: ({}, {"authentication": {"enabled": True, "authToken": [token]}}),
    "group": lambda token: ({}, {"authentication": token}),
    "Secret": lambda token: ({}, {"authentication": {"existingSecret": token}}),
    "name of a Secret": lambda token: ({}, {"authentication": {"existingSecret": {"name": token}}}),
    "store": lambda token: ({}, {"authentication": {"secretsStore": token}}),
    "acl": lambda token: ({"acl": f"user app on >{token}"}, {}),
    "users": lambda token: ({"acl": {"users": f"user app on >{token}"}}, {}),
    "user": lambda token: users(f"user app on >{token} ~* +@all"),
    "name of a user": lambda token: users({"name": f"app:{token}"}),
    "Secret of a user": lambda token: users({"name": "app", "passwordSecret": token}),
    "name of a user's Secret": lambda token: users({"name": "app", "passwordSecret": {"name": token}}),
}


@given(
    st.text(st.characters(codec="ascii"), min_size=10, max_size=40).map("~{}~!".format),
    st.sampled_from(list(PLACES)),
)
def test_no_line_shows_a_password(token: str, place: str) -> None:
    resolution = read(*PLACES[place](token))
    text = "\n".join(str(problem) for problem in (*resolution.errors, *resolution.warnings))
    assert token not in text
    assert repr(token)[1:-1] not in text
    assert token not in repr(resolution)


@given(values("additionalConfig"))
def test_directives_become_single_lines(config: dict[str, Any]) -> None:
    instance = read({"additionalConfig": config}).instance
    if instance:
        assert all(len(value.splitlines()) <= 1 for value in instance.flavour.additional_config.values())
