"""The cut over to the instance: its order, and what becomes of it when it is broken anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.conversation import Cut
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unreachable

from .exits import MASTER, THERE, Scene, failed
from .views import CLUSTER, say

SHUT = "{'shut'}"
STILL = "the source takes writes again, applications are where they were, nothing is lost"


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Copied and verified."""
    made = Scene(monkeypatch)
    made.run("verified")
    del made.log[:]
    return made


def test_all_that_takes_its_time_is_done_before_anybody_is_held_back(scene: Scene) -> None:
    done = scene.run("switched", budget=20, keep=7200)
    assert scene.log == [
        "follow",
        # the name is not followed any more
        "note verified",
        "note verified",
        f"pin cache {THERE}",
        # no pod may begin anew from here on
        f"note freezing {SHUT}",
        "freeze",
        f"switch instance {MASTER}",
        "switched",
        f"note switched {SHUT}",
        f"select instance {MASTER}",
    ]
    assert scene.program.asked["freeze"]["budget"] == 20
    assert scene.program.asked["switched"]["keep"] == 7200
    # later, the source takes writes again
    assert scene.door.within == 50
    assert (done["changed"], done["state"], done["killed"]) == (True, "switched", 4)
    assert done["seconds"].keys() == {"close", "copy", "switch", "cut"}
    # from the first pause on
    assert done["freeze_seconds"] >= 0.75
    assert done["closed_until"] > done["switched"]
    assert done["summary"][0].startswith(
        f"switched at {done['switched']}: ElastiCache shop to instance apps/cache, frozen"
    )
    assert done["summary"][1] == "Service apps/redis leads to the instance"
    assert done["summary"][-1].startswith(f"ElastiCache shop takes no writes until {done['closed_until']}")
    assert "close: 0.1 s" not in scene.told and "freeze: 0.1 s" in scene.told


def test_the_same_again_changes_nothing_and_tells_the_figures(scene: Scene) -> None:
    first = scene.run("switched")
    assert scene.done("switched") == []
    again = scene.run("switched")
    assert again["changed"] is False
    assert (again["freeze_seconds"], again["summary"]) == (first["freeze_seconds"], first["summary"])
    for state in ("copied", "verified"):
        assert scene.done(state) == []


def test_what_was_never_verified_is_verified_first(scene: Scene) -> None:
    scene.program.verified = None
    order = scene.done("switched")
    assert order.index("verify") < order.index("freeze")


def test_what_differs_is_not_cut_over(scene: Scene) -> None:
    scene.program.verified = None
    scene.program.answers["verify"] = [failed("1 key differs: the first a", differing=["a"])]
    with pytest.raises(EngineError, match="^1 key differs"):
        scene.run("switched")
    assert "freeze" not in scene.log


def test_nothing_can_be_cut_over_that_was_never_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)
    for check in (True, False):
        with pytest.raises(EngineError, match="^no exit of instance apps/cache has begun: begin with state: copied$"):
            scene.run("switched", check=check)
    assert scene.log == []


def test_check_mode_says_what_would_be(scene: Scene) -> None:
    done = scene.run("switched", check=True)
    assert scene.log == []
    assert [line.partition(" ElastiCache")[0] for line in done["summary"]] == [
        "would hold writers back at",
        "would lead to instance apps/cache: Service apps/redis",
        "would keep",
    ]


def test_a_service_that_leads_to_addresses_is_left_there(scene: Scene) -> None:
    scene.door.pinned = True
    order = scene.done("switched")
    assert f"pin cache {THERE}" in order
    assert scene.api.journal
    assert scene.api.journal["pinned"] == [{"host": THERE, "port": 6380}]
    assert scene.api.journal["followed"] == []


def test_without_a_service_it_is_for_the_user_to_lead_applications(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch)
    scene.run("copied", service="")
    done = scene.run("switched", service="")
    assert [line for line in scene.log if "pin" in line or "switch " in line or "select" in line] == []
    assert scene.log[-3:] == ["freeze", "switched", f"note switched {SHUT}"]
    assert done["summary"][1] == (
        "now point applications at it: sentinel://cache-sentinel.apps.svc:26379, primary://cache-master.apps.svc:6379, "
        "reader://cache-replica.apps.svc:6379"
    )


def test_clients_of_a_cluster_have_to_be_restarted(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(monkeypatch, CLUSTER)
    scene.run("copied")
    done = scene.run("switched")
    assert "select instance 10.0.0.0, 10.0.0.1, 10.0.0.2" in scene.log
    assert any("restart the applications" in line for line in done["summary"])


def given_back(scene: Scene, message: str) -> None:
    """A switch fails with a message, and all is as before it."""
    with pytest.raises(EngineError) as error:
        scene.run("switched")
    assert str(error.value) == message
    assert scene.door.leads_to == "cache"
    assert scene.program.state == "following"
    assert scene.api.journal and scene.api.journal["state"] == "verified"
    live = scene.api.objects["ConfigMap", "cache-exit"]
    assert live["data"].keys() == {"exit"}
    # and the next try finds nothing in its way
    assert scene.run("switched")["state"] == "switched"


def test_what_the_freeze_could_not_do_leaves_applications_where_they_are(scene: Scene) -> None:
    reason = f"it took 61.0 s, and the budget is 60 s; {STILL}"
    scene.program.answers["freeze"] = [failed(reason)]
    given_back(scene, reason)


def test_a_freeze_whose_answer_is_lost_is_given_back(scene: Scene) -> None:
    scene.program.answers["freeze"] = [Cut("Pod apps/x gives no answer: lost")]
    scene.program.state = "frozen"
    # it was done, for all that anybody knows
    original = scene.program._follow
    scene.program._follow = lambda: {**original(), "state": "following"}  # type: ignore[method-assign]
    given_back(scene, f"Pod apps/x gives no answer: lost; {STILL}")


def test_a_service_that_cannot_be_switched_gives_the_source_back(scene: Scene) -> None:
    scene.door.raises["switch"] = ApiError("EndpointSlice apps/redis-exit: user eva may not patch", 403, {})
    given_back(scene, f"EndpointSlice apps/redis-exit: user eva may not patch; {STILL}")


def test_a_pod_that_is_gone_in_the_freeze_leaves_a_source_that_opens_by_itself(scene: Scene) -> None:
    scene.program.answers["freeze"] = [Cut("Pod apps/x gives no answer: lost")]
    scene.program.answers["back"] = [EngineError("Job apps/x failed: the node is gone")]
    with pytest.raises(EngineError) as error:
        scene.run("switched")
    assert str(error.value) == (
        "Pod apps/x gives no answer: lost; applications are where they were, and the source takes writes again by "
        "itself within 70 s (Job apps/x failed: the node is gone); nothing is lost"
    )
    assert scene.door.leads_to == "cache"
    # no pod begins in its place, until somebody has looked
    assert scene.api.objects["ConfigMap", "cache-exit"]["data"].keys() == {"exit", "shut"}


def test_a_switch_of_which_nobody_knows_is_looked_after_by_the_job(scene: Scene) -> None:
    scene.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(
        EngineError, match="^cannot reach the Kubernetes API; whether the Service was switched is not kno"
    ):
        scene.run("switched")
    assert "back" not in scene.log
    assert scene.api.journal and scene.api.journal["state"] == "freezing"


@pytest.mark.parametrize("state", ["frozen", "switched"])
def test_the_same_command_completes_a_switch_that_was_cut_off_behind_it(scene: Scene, state: str) -> None:
    scene.program.answers["switched"] = [EngineError("cannot reach the Kubernetes API")]
    with pytest.raises(
        EngineError, match="^the Service leads to the instance, but clients that are connected to the o"
    ):
        scene.run("switched")
    # the Job may have seen by itself where the Service leads
    scene.program.state = state
    assert scene.done("switched") == ["status", "switched", f"note switched {SHUT}", f"select instance {MASTER}"]
    again = scene.run("switched")
    assert (again["state"], again["freeze_seconds"], again["changed"]) == ("switched", None, False)


def test_the_same_command_begins_anew_what_was_cut_off_before_the_switch(scene: Scene) -> None:
    scene.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(EngineError):
        scene.run("switched")
    order = scene.done("switched")
    assert order[:3] == ["status", "back", "note verified"]
    assert order[-2:] == [f"note switched {SHUT}", f"select instance {MASTER}"]


def test_where_job_and_freeze_are_gone_it_is_copied_anew(scene: Scene) -> None:
    scene.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(EngineError):
        scene.run("switched")
    scene.program.answer({"do": "stop"})
    order = scene.done("switched")
    assert order[:5] == ["note copying", "apply Job", "follow", "note copied", "verify"]
    assert order[-1] == f"select instance {MASTER}"


def test_where_the_job_is_gone_after_the_switch_it_is_told_what_is_left(scene: Scene) -> None:
    scene.program.answers["switched"] = [EngineError("Job apps/x failed")]
    with pytest.raises(EngineError):
        scene.run("switched")
    scene.program.answer({"do": "stop"})
    assert scene.run("switched")["state"] == "switched"
    assert any("restart applications" in line for line in scene.told)


def test_a_node_that_does_not_follow_the_service_yet_is_waited_for(scene: Scene) -> None:
    scene.program.answers["switched"] = [failed("redis.apps.svc:6380 does not lead to the target, after 15 s")] * 2
    assert scene.run("switched")["state"] == "switched"


def test_stages_before_it_wait_for_a_switch_that_is_not_complete(scene: Scene) -> None:
    scene.door.raises["switch"] = Unreachable("cannot reach the Kubernetes API")
    with pytest.raises(EngineError):
        scene.run("switched")
    for state in ("copied", "verified"):
        with pytest.raises(
            EngineError, match="^a cut over has begun at .* and is not complete: complete it with state: sw"
        ):
            scene.run(state)


def test_a_service_that_lost_its_pods_is_told_when_all_else_is_done(scene: Scene) -> None:
    scene.door.raises["select"] = EngineError("Service apps/redis: no pod that its selector finds is ready")
    with pytest.raises(
        EngineError, match="^applications are at instance apps/cache, but the Service leads to its"
    ) as error:
        scene.run("switched")
    assert error.value.result["state"] == "switched"
    assert scene.run("switched")["changed"] is True


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (
            lambda scene: setattr(scene.door, "leads_to", "instance"),
            "Service apps/redis leads to the instance: it must l",
        ),
        (
            lambda scene: setattr(scene, "view", say(scene.view, "cache-1", master_link_status="down")),
            "instance apps/cache is not well: Pod cache-1: its link to the master is down; see to that first",
        ),
    ],
)
def test_who_is_not_ready_for_it_is_not_frozen(scene: Scene, harm: Any, message: str) -> None:
    harm(scene)
    with pytest.raises(EngineError) as error:
        scene.run("switched")
    assert str(error.value).startswith(message)
    assert "freeze" not in scene.log
