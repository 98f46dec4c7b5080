"""What holds for every cache."""

from __future__ import annotations

import json

from hypothesis import given

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.source import parse
from ansible_collections.eks.redis.plugins.module_utils.exit import facts
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
    told = {path for _document, path in paths} | {each.what for each in found.dropped}
    for each in group.parameters.changed if group.parameters and found.root.get("version") else ():
        assert any(each.name in one or one.startswith("additionalConfig.rename") for one in told) or each.name in (
            *facts_elsewhere(),
        )


def facts_elsewhere() -> list[str]:
    """Parameters that are in another value: of memory, of the mode, or one part of a directive."""
    from ansible_collections.eks.redis.plugins.module_utils.exit import parameters

    parts = [
        f"client-output-buffer-limit-{kind}-{part}"
        for kind in ("normal", "pubsub")
        for part in ("hard-limit", "soft-limit", "soft-seconds")
    ]
    return [*parameters.ELSEWHERE, *parts]


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
