"""What holds for every cache."""

from __future__ import annotations

import json

from hypothesis import given

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.source import parse
from ansible_collections.eks.redis.plugins.module_utils.exit import facts, parameters
from ansible_collections.eks.redis.plugins.module_utils.exit.derive import derive
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group
from ansible_collections.eks.redis.plugins.module_utils.exit.listing import listing
from ansible_collections.eks.redis.plugins.module_utils.exit.report import report
from ansible_collections.eks.redis.plugins.module_utils.exit.rows import FLAVOUR, ROOT, Wanted

from .made import groups


@given(groups())
def test_facts_survive_a_file(group: Group) -> None:
    assert facts.group(json.loads(json.dumps({"group": group.as_dict(), "changed": False}))) == group


@given(groups())
def test_what_is_derived_passes_the_contract(group: Group) -> None:
    for wanted in (Wanted(), Wanted("backups", "token")):
        found = derive(group, wanted)
        assert resolve(found.flavour, found.root, name="cache", namespace="apps").errors == ()


@given(groups())
def test_every_value_has_an_origin_and_every_loss_a_reason(group: Group) -> None:
    found = derive(group)
    assert all(line.origin for line in found.lines) and all(each.reason for each in found.dropped)
    paths = [(line.document, line.path) for line in found.lines]
    assert len(paths) == len(set(paths))
    if group.parameters and "version" in found.root:
        told = {path for _document, path in paths} | {each.what for each in found.dropped}
        for each in group.parameters.changed:
            assert _elsewhere(each.name) or told & _called(each.name), each.name


def _called(parameter: str) -> set[str]:
    """As what a parameter is told: a directive, or what was dropped."""
    directive = "rename-command" if parameter == "rename-commands" else parameter
    return {f"additionalConfig.{directive}", f"parameter {directive}", f"parameter {parameter}"}


def _elsewhere(parameter: str) -> bool:
    """Whether it is a part of another value: of the memory, the mode, or a directive for several."""
    return parameter in parameters.ELSEWHERE or parameters._buffer(parameter) is not None


@given(groups())
def test_files_say_the_same(group: Group) -> None:
    found = derive(group)
    for which, document in ((FLAVOUR, found.flavour), (ROOT, found.root)):
        assert parse(listing(found.lines, found.dropped, which, "shop"), "shop.yml").data == document


@given(groups())
def test_every_cache_can_be_judged(group: Group) -> None:
    found = report(group)
    ways = found["ways"]
    assert json.loads(json.dumps(found)) == found
    assert all(way["possible"] == (not way["blocked"]) for way in ways.values())
    possible = [name for name, way in ways.items() if way["possible"]]
    assert found["recommended"] == (possible[0] if possible else None)
    for way in ways.values():
        frozen = [step["seconds"] for step in way["steps"] if step["frozen"]]
        assert way["freeze_seconds"] == (None if None in frozen else sum(frozen))
        assert all(step["how"] for step in way["steps"])
    assert all("\n" not in line for line in found["summary"])
