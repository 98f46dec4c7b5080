"""Every field has an effect on a real object in every mode, or it is said by name that it has none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FIELDS, ROOT
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve

from .backup_effects import BACKED, BACKUP, BACKUP_EFFECTS, EXPORTER, SETTINGS, TEST, TOOLBOX
from .effects import CONFIG, CONFIGURED, EFFECTS, GONE, Effect
from .made import CLUSTER, SHAPES, at, merged, nested, shaped_objects
from .no_effects import CANONICAL, ELSEWHERE, SAID
from .places import Path
from .root_effects import ROOT_EFFECTS
from .security_effects import SECURITY_EFFECTS

OF_FLAVOURS = (*EFFECTS, *SECURITY_EFFECTS, *BACKUP_EFFECTS)
ALL = (*OF_FLAVOURS, *ROOT_EFFECTS)
PATHS_OF_THE_ROOT = {each.path for each in ROOT}


def test_every_field_is_here_in_every_mode() -> None:
    covered = {
        *((CANONICAL.get(each.path, each.path), shape) for each in ALL for shape in each.places),
        *((path, shape) for path in SETTINGS for shape in SHAPES),
        *((path, shape) for path in CONFIGURED for shape in SHAPES),
        *((path, shape) for path, (_value, shapes, _what) in GONE.items() for shape in shapes),
        *((path, shape) for path, (_value, shapes) in SAID.items() for shape in shapes),
        *((path, shape) for path, shapes in ELSEWHERE.items() for shape in shapes),
    }
    assert {(each.path, shape) for each in FIELDS for shape in SHAPES} - covered == set()


def found(objects: dict[str, Any], place: Path) -> Any:
    try:
        return at(objects, *place)
    except (KeyError, IndexError):
        return None


def cases(effects: tuple[Effect, ...]) -> list[Any]:
    return [
        pytest.param(each, shape, id=f"{each.path}-{shape}-{number}")
        for number, each in enumerate(effects)
        for shape in each.places
    ]


@pytest.mark.parametrize(("effect", "shape"), cases(OF_FLAVOURS))
def test_effect(effect: Effect, shape: str) -> None:
    before = shaped_objects(shape, effect.others, effect.root)
    after = shaped_objects(shape, merged(effect.others, nested(effect.path, effect.value)), effect.root)
    for place in effect.places[shape]:
        assert found(before, place) != effect.shown
        assert at(after, *place) == effect.shown


@pytest.mark.parametrize(("effect", "shape"), cases(ROOT_EFFECTS))
def test_effect_of_the_root(effect: Effect, shape: str) -> None:
    before = shaped_objects(shape, {}, effect.root)
    after = shaped_objects(shape, {}, merged(effect.root, nested(effect.path, effect.value)))
    for place in effect.places[shape]:
        assert found(before, place) != effect.shown
        assert at(after, *place) == effect.shown


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", CONFIGURED)
def test_line_of_redis_conf(path: str, shape: str) -> None:
    value, others, line = CONFIGURED[path]
    assert line not in at(shaped_objects(shape, others), *CONFIG).splitlines()
    assert line in at(shaped_objects(shape, merged(others, nested(path, value))), *CONFIG).splitlines()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", SETTINGS)
def test_setting_of_jobs(path: str, shape: str) -> None:
    value, place, shown = SETTINGS[path]
    assert {at(one, *place) for one in settings(shaped_objects(shape, BACKED))} != {shown}
    found = settings(shaped_objects(shape, merged(BACKED, nested(path, value))))
    assert [at(one, *place) for one in found] == [shown] * len(found)


def settings(objects: dict[str, Any]) -> list[dict[str, Any]]:
    """Of each pod that there is."""
    there = (pod for pod in (BACKUP, TEST, EXPORTER) if pod[0] in objects)
    return [json.loads(at(objects, *pod, *TOOLBOX, "env", 0, "value")) for pod in there]


@pytest.mark.parametrize(("path", "shape"), [(path, shape) for path, row in GONE.items() for shape in row[1]])
def test_what_goes_away(path: str, shape: str) -> None:
    value, _shapes, what = GONE[path]
    before, after = shaped_objects(shape), shaped_objects(shape, nested(path, value))
    assert what in (*before, *at(before, *CONFIG).splitlines())
    assert what not in (*after, *at(after, *CONFIG).splitlines())


@pytest.mark.parametrize(("path", "shape"), [(path, shape) for path, row in SAID.items() for shape in row[1]])
def test_what_has_no_effect_is_said(path: str, shape: str) -> None:
    documents = list(SHAPES[shape])
    number = int(path in PATHS_OF_THE_ROOT)
    documents[number] = merged(documents[number], nested(path, SAID[path][0]))
    resolution = resolve(*documents, name="cache", namespace="apps")
    assert path in [problem.path for problem in (*resolution.errors, *resolution.warnings)]


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "cluster"])
def test_the_cluster_protocol_must_agree_with_the_mode(shape: str) -> None:
    (problem,) = resolve(SHAPES[shape][0], CLUSTER, name="cache", namespace="apps").errors
    assert problem.path == "clusterModeEnabled"
