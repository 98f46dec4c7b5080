"""The way back to the cache, and the end of an exit."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unreachable

from .exits import MASTER, THERE, Scene, failed

BACK = {"cache": None}


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


@pytest.fixture
def switched(scene: Scene) -> Scene:
    """Applications are at the instance."""
    scene.run("verified")
    scene.run("switched")
    del scene.log[:]
    return scene


def test_before_the_switch_only_the_copy_ends(scene: Scene) -> None:
    scene.run("copied")
    assert scene.run("rolled_back", check=True, **BACK)["changed"] is True
    del scene.log[:]
    done = scene.run("rolled_back", **BACK)
    assert scene.log == ["stop", "note given_up {'shut'}"]
    assert done["summary"][0].startswith("given up at ")
    assert scene.door.leads_to == "cache"
    again = scene.run("rolled_back", **BACK)
    assert (again["changed"], again["state"]) == (False, "given_up")


def test_what_was_given_up_can_begin_anew(scene: Scene) -> None:
    first = scene.run("copied")
    scene.run("rolled_back", **BACK)
    again = scene.run("copied")
    assert (again["changed"], again["exit"], again["state"]) == (True, first["exit"], "copied")
    assert scene.api.journal and scene.api.journal["back"] is False


def test_where_nothing_has_begun_there_is_nothing_to_do(scene: Scene) -> None:
    for state in ("rolled_back", "absent"):
        done = scene.run(state, **BACK)
        assert (done["changed"], done["summary"]) == (False, ["no exit of instance apps/cache is going on"])
    assert "note" not in " ".join(scene.log)


def test_what_was_written_since_goes_back_too(switched: Scene) -> None:
    done = switched.run("rolled_back", **BACK)
    assert switched.log == [
        "stop",
        "note back copying",
        "apply Job",
        "follow",
        "note back copied",
        "verify",
        "note back verified",
        f"pin instance {MASTER}",
        "note back freezing {'shut-back'}",
        "freeze",
        f"switch cache {THERE}",
        "switched",
        # sentinels would not bear a pause
        "redis: CONFIG SET min-replicas-to-write 1000000",
        "back",
        "note back switched {'shut-back'}",
    ]
    assert switched.program.asked["switched"]["keep"] == 1
    assert switched.api.told["back"] is True
    assert (done["changed"], done["killed"], done["state"]) == (True, 4, "switched")
    assert done["freeze_seconds"] >= 0.75
    assert done["summary"][0].startswith(
        "rolled back: what was written to instance apps/cache is in ElastiCache shop, fro"
    )
    assert done["closed_until"] is None
    assert done["summary"][1].startswith(
        "instance apps/cache refuses writes (min-replicas-to-write) until it is copied to"
    )
    assert done["summary"][2] == (
        f"Service apps/redis leads to {THERE}, where shop.cache.amazonaws.com was then: eks.redis.client_service with "
        "state: cache has it follow that again"
    )
    assert switched.done("rolled_back", **BACK) == []


def test_the_way_back_is_gone_on_with_where_it_was_cut_off(switched: Scene) -> None:
    switched.program.answers["verify"] = [failed("the cache has failed over")]
    with pytest.raises(EngineError, match="^the cache has failed over$"):
        switched.run("rolled_back", **BACK)
    assert switched.door.leads_to == "instance"
    order = switched.done("rolled_back", **BACK)
    # the same Job
    assert order[:2] == ["follow", "verify"]
    assert order[-1] == "note back switched {'shut-back'}"


def test_a_switch_back_that_was_cut_off_is_completed(switched: Scene) -> None:
    switched.program.answers["switched"] = [EngineError("cannot reach the Kubernetes API")]
    with pytest.raises(EngineError, match="^the Service leads to the cache, but clients that are connected"):
        switched.run("rolled_back", **BACK)
    assert switched.done("rolled_back", **BACK) == [
        "status",
        "switched",
        "redis: CONFIG SET min-replicas-to-write 1000000",
        "back",
        "note back switched {'shut-back'}",
    ]


def test_a_way_back_that_fails_leaves_applications_at_the_instance(switched: Scene) -> None:
    switched.program.answers["freeze"] = [failed("keys differ: a")]
    with pytest.raises(EngineError, match="^keys differ: a$"):
        switched.run("rolled_back", **BACK)
    assert switched.door.leads_to == "instance"
    with pytest.raises(
        EngineError, match="^it is being rolled back, and applications are at the instance: end that fir"
    ):
        switched.run("copied")


def test_after_a_way_back_it_can_be_copied_anew(switched: Scene) -> None:
    switched.run("rolled_back", **BACK)
    assert switched.done("copied")[:6] == [
        "stop",
        "redis: CONFIG SET min-replicas-to-write 0",
        "redis: CLIENT UNPAUSE",
        "note copying",
        "apply Job",
        "follow",
    ]
    assert switched.api.told["back"] is False
    assert switched.run("switched")["state"] == "switched"


def test_what_was_written_since_can_be_left_behind(switched: Scene) -> None:
    done = switched.run("rolled_back", copy_back=False, **BACK)
    assert switched.log == [
        f"pin instance {MASTER}",
        "redis: CONFIG SET min-replicas-to-write 1000000",
        "note left {'shut'}",
        f"switch cache {THERE}",
        "back",
        "redis: CLIENT KILL TYPE normal SKIPME yes",
        "redis: CLIENT KILL TYPE pubsub SKIPME yes",
        "stop",
    ]
    assert done["summary"][0].startswith("rolled back: what was written to instance apps/cache from ")
    assert done["summary"][0].endswith(" stays in it alone, and is not in the cache")
    assert done["summary"][1].endswith(
        " refuses writes (min-replicas-to-write) until the exit is ended with state: absent"
    )
    assert switched.done("rolled_back", **BACK) == []
    # which a new copy would replace
    with pytest.raises(EngineError, match="^instance apps/cache holds what was written to it from .* then copy anew$"):
        switched.run("copied")


def test_what_is_left_behind_is_so_in_the_end_wherever_it_was_cut_off(switched: Scene) -> None:
    switched.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(EngineError):
        switched.run("rolled_back", copy_back=False, **BACK)
    order = switched.done("rolled_back", copy_back=False, **BACK)
    assert [order[0], *order[3:5], order[-1]] == [f"pin instance {MASTER}", f"switch cache {THERE}", "back", "stop"]
    switched.program.state = "following"
    assert switched.done("rolled_back", **BACK) == []


def test_the_end_opens_an_instance_that_was_left(switched: Scene) -> None:
    switched.run("rolled_back", **BACK)
    done = switched.run("absent", **BACK)
    assert "redis: CONFIG SET min-replicas-to-write 0" in switched.log
    assert done["summary"][1] == "instance apps/cache takes writes again"


def test_nobody_is_led_to_a_cache_that_stays_closed(switched: Scene) -> None:
    switched.program.answer({"do": "stop"})
    del switched.log[:]
    for check in (True, False):
        with pytest.raises(EngineError, match="^the Job of the migration is gone, which alone can have the cache take"):
            switched.run("rolled_back", check=check, copy_back=False, **BACK)
    assert switched.log == []
    assert switched.run("rolled_back", **BACK)["state"] == "switched"


@pytest.mark.parametrize(
    ("copy_back", "begins"), [(True, "would copy back to Elasti"), (False, "would lead applications")]
)
def test_check_mode_says_what_would_be(switched: Scene, copy_back: bool, begins: str) -> None:
    done = switched.run("rolled_back", check=True, copy_back=copy_back, **BACK)
    assert done["summary"][0].startswith(begins)
    assert (switched.log, done["changed"]) == ([], True)


def test_a_cut_over_that_is_half_done_is_completed_first(scene: Scene) -> None:
    scene.run("verified")
    scene.program.answers["switched"] = [EngineError("cannot reach the Kubernetes API")]
    with pytest.raises(EngineError):
        scene.run("switched")
    with pytest.raises(EngineError, match="complete it with state: switched, then go back$"):
        scene.run("rolled_back", **BACK)


def test_a_cut_over_that_did_not_get_so_far_is_given_back(scene: Scene) -> None:
    scene.run("verified")
    scene.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(EngineError):
        scene.run("switched")
    assert scene.done("rolled_back", **BACK) == ["back", "stop", "note given_up {'shut'}"]


def test_the_end_leaves_nothing_but_the_service(switched: Scene) -> None:
    predicted = switched.run("absent", check=True, **BACK)
    assert switched.log == []
    done = switched.run("absent", **BACK)
    assert switched.log == ["stop", "delete Job", "delete ConfigMap"]
    assert done["changed"] and predicted["changed"]
    assert done["summary"] == predicted["summary"]
    assert done["summary"][1].startswith("ElastiCache shop takes no writes until ")
    assert done["summary"][2] == "Service apps/redis stays as it is"
    assert (switched.api.jobs, switched.api.journal, switched.door.leads_to) == ([], None, "instance")
    assert switched.run("absent", **BACK)["changed"] is False


def test_the_end_gives_a_frozen_source_back(scene: Scene) -> None:
    scene.run("verified")
    scene.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(EngineError):
        scene.run("switched")
    assert scene.done("absent", **BACK) == ["back", "stop", "delete Job", "delete ConfigMap"]
