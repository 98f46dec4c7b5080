"""Holding writers back while a snapshot is restored."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unreachable

from .exits import MASTER, THERE, Scene, failed
from .views import say

SHUT = "{'shut'}"
NOTHING = {"copies": False}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


@pytest.fixture
def held(scene: Scene) -> Scene:
    scene.run("held", budget=3600, **NOTHING)
    del scene.log[:]
    return scene


def test_writers_are_held_back_and_nothing_is_copied(scene: Scene) -> None:
    assert scene.run("held", check=True, **NOTHING)["changed"] is True
    assert scene.log == []
    done = scene.run("held", budget=3600, **NOTHING)
    assert scene.log == [
        "note copying",
        "apply Job",
        "follow",
        "note copied",
        "note copied",
        "note copied",
        f"pin cache {THERE}",
        f"note freezing {SHUT}",
        "freeze",
        "note held",
    ]
    assert (scene.api.told["copies"], scene.program.asked["freeze"]["budget"]) == (False, 3600)
    assert (done["changed"], done["state"]) == (True, "held")
    assert done["summary"][0].endswith(f" to {done['closed_until']}")
    assert scene.door.leads_to == "cache"


def test_what_an_instance_holds_is_for_the_restore_to_ask(scene: Scene) -> None:
    for name in scene.view.state.members:
        scene.view = say(scene.view, name, db0="keys=7,expires=0,avg_ttl=0")
    assert scene.run("held", budget=3600, **NOTHING)["held"]


def test_who_is_held_back_is_not_held_back_once_more(held: Scene) -> None:
    assert held.done("held", **NOTHING) == ["status"]
    assert held.run("held", **NOTHING)["changed"] is False


def test_what_was_restored_is_compared_before_applications_are_led_there(held: Scene) -> None:
    done = held.run("switched", **NOTHING)
    assert [line for line in held.log if not line.startswith(("note held", "pin"))] == [
        "status",
        "status",
        "verify",
        f"note freezing {SHUT}",
        f"switch instance {MASTER}",
        "switched",
        f"note switched {SHUT}",
        f"select instance {MASTER}",
    ]
    assert done["seconds"].keys() == {"hold", "switch", "cut"}
    assert done["freeze_seconds"] is not None
    assert held.done("switched", **NOTHING) == []
    assert held.run("held", **NOTHING)["changed"] is False


def test_it_can_be_compared_before_that(held: Scene) -> None:
    done = held.run("verified", **NOTHING)
    assert (done["compared"], done["state"], done["changed"]) == (9, "held", False)
    del held.log[:]
    held.run("switched", **NOTHING)
    assert "verify" not in held.log


def test_what_differs_stays_held_until_the_time_is_over(held: Scene) -> None:
    held.program.answers["verify"] = [failed("1 key differs: the first a", differing=["a"])]
    with pytest.raises(EngineError, match="^1 key differs: the first a$"):
        held.run("switched", **NOTHING)
    assert (held.program.state, held.door.leads_to) == ("frozen", "cache")
    assert held.run("switched", **NOTHING)["state"] == "switched"


def test_when_the_time_is_over_the_snapshot_is_of_no_use(held: Scene) -> None:
    held.program.state = "following"
    for state in ("verified", "switched"):
        with pytest.raises(EngineError, match="^writers were held back until .* and restore a new snapshot$"):
            held.run(state, **NOTHING)
    assert held.door.leads_to == "cache"
    assert held.run("held", **NOTHING)["changed"] is True
    assert held.run("switched", **NOTHING)["state"] == "switched"


def test_who_was_never_held_back_is_not_led_away(scene: Scene) -> None:
    with pytest.raises(EngineError, match="^no exit of instance apps/cache has begun"):
        scene.run("switched", **NOTHING)
    scene.run("held", **NOTHING)
    scene.run("rolled_back", cache=None)
    with pytest.raises(
        EngineError, match="^nobody is held back at the cache: begin with state: held, then restore its"
    ):
        scene.run("switched", **NOTHING)


def test_they_are_let_go_on_request(held: Scene) -> None:
    assert held.done("rolled_back", cache=None) == ["back", "stop", f"note given_up {SHUT}"]
    assert held.door.leads_to == "cache"


def test_the_way_back_copies(held: Scene) -> None:
    held.run("switched", **NOTHING)
    assert held.run("rolled_back", cache=None)["state"] == "switched"
    assert (held.api.told["copies"], held.api.told["back"]) == (True, True)
    assert held.door.leads_to == "cache"


def test_a_switch_that_was_cut_off_before_it_goes_on_with_who_is_held(held: Scene) -> None:
    held.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(EngineError):
        held.run("switched", **NOTHING)
    order = held.done("switched", **NOTHING)
    assert order[:2] == ["status", "note held"]
    assert "back" not in order
    assert order[-1] == f"select instance {MASTER}"


def test_a_switch_that_was_cut_off_behind_it_is_completed(held: Scene) -> None:
    held.program.answers["switched"] = [EngineError("cannot reach the Kubernetes API")]
    with pytest.raises(EngineError):
        held.run("switched", **NOTHING)
    order = held.done("switched", **NOTHING)
    assert order == ["status", "switched", f"note switched {SHUT}", f"select instance {MASTER}"]


def test_a_service_that_cannot_be_switched_gives_the_source_back(held: Scene) -> None:
    held.door.raises["switch"] = ApiError("EndpointSlice apps/redis-exit: user eva may not patch", 403, {})
    with pytest.raises(EngineError, match="applications are where they were, nothing is lost$"):
        held.run("switched", **NOTHING)
    assert held.program.state == "following"


def test_one_way_is_gone_at_a_time(scene: Scene) -> None:
    with pytest.raises(EngineError, match="^state: copied: with copies: false nothing is copied; state: held holds"):
        scene.run("copied", **NOTHING)
    with pytest.raises(
        EngineError, match="^state: held: with copies: true nobody is held back before state: switched$"
    ):
        scene.run("held")
    scene.run("copied")
    with pytest.raises(
        EngineError, match="with another way: copies: true, asked for: copies: false; go on with that one"
    ):
        scene.run("held", **NOTHING)
