"""Copying and comparing, with a Job that only says what such a Job says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine import migration_target
from ansible_collections.eks.redis.plugins.module_utils.engine.conversation import Cut, TimeUp
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import Access

from .exits import CACHE, Scene, failed, not_yet
from .views import CLUSTER, SENTINEL, cron_job, say, view


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


def test_it_is_noted_then_a_job_begins_and_is_waited_for(scene: Scene) -> None:
    done = scene.run("copied")
    assert scene.log == ["note copying", "apply Job", "follow", "note copied"]
    assert (done["changed"], done["state"], done["keys"], done["freeze_forecast"]) == (True, "copied", 9, 0.2)
    assert done["job"] == scene.api.jobs[0]["metadata"]["name"]
    assert done["warnings"] == ["the clocks differ"]
    assert done["summary"] == [
        "copied: ElastiCache shop to instance apps/cache: 9 keys, 900 keys/s",
        "it follows: 2 rounds, 1 key in the last",
        "a freeze would take about 0.2 s, and what applications take to connect",
    ]


@pytest.mark.parametrize(("flavour", "mode", "hosts"), [(SENTINEL, "sentinel", 3), (CLUSTER, "cluster", 6)])
def test_the_job_is_told_all_about_both_sides(
    monkeypatch: pytest.MonkeyPatch, flavour: Any, mode: str, hosts: int
) -> None:
    scene = Scene(monkeypatch, flavour)
    done = scene.run("copied")
    told = scene.api.told
    assert (told["id"], told["mode"], len(told["hosts"]), told["back"]) == (done["exit"], mode, hosts, False)
    assert told["cache"]["addresses"] == [{"host": "shop.cache.amazonaws.com", "port": 6380}]
    # at the port at which applications ask
    assert told["door"] == {"host": "redis.apps.svc", "port": 6380}


def test_without_a_service_there_is_no_door(scene: Scene) -> None:
    scene.run("copied", service="")
    assert scene.api.told["door"] is None


def test_the_same_again_finds_the_job_at_work(scene: Scene) -> None:
    first = scene.run("copied")
    assert scene.done("copied") == ["follow"]
    again = scene.run("copied")
    assert (again["changed"], again["job"], again["exit"]) == (False, first["job"], first["exit"])


def test_where_the_job_is_gone_another_goes_on_with_the_same_exit(scene: Scene) -> None:
    first = scene.run("copied")
    scene.program.answer({"do": "stop"})
    again = scene.run("copied")
    assert again["changed"] is True
    assert (again["exit"], again["job"] != first["job"]) == (first["exit"], True)


def test_what_is_cut_off_is_asked_once_more_where_the_program_is_by_then(scene: Scene) -> None:
    scene.program.answers["follow"] = [Cut("gone"), not_yet(), not_yet(), Cut("gone again")]
    assert scene.run("copied")["state"] == "copied"
    assert scene.log.count("follow") == 5


def test_a_job_that_refuses_before_it_wrote_anything_leaves_nothing(scene: Scene) -> None:
    scene.program.dead = EngineError("Job apps/x failed: ElastiCache shop is Redis 5.0")
    with pytest.raises(EngineError, match="^Job apps/x failed: ElastiCache shop is Redis 5.0$"):
        scene.run("copied")
    assert scene.api.journal is None


def test_a_job_that_fails_when_something_is_there_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch, scene: Scene
) -> None:
    scene.program.dead = EngineError("Job apps/x failed: it is full")
    # by the time at which it is looked at again
    filled = say(scene.view, "cache-0", db0="keys=5,expires=0,avg_ttl=0")
    monkeypatch.setattr(migration_target, "settled", lambda *_where: [filled])
    with pytest.raises(EngineError, match="it is full$"):
        scene.run("copied")
    assert scene.api.journal and scene.api.journal["state"] == "copying"


def test_when_the_time_is_up_it_goes_on(scene: Scene) -> None:
    scene.program.answers["follow"] = [TimeUp("Pod apps/x has not answered after 60 s")]
    with pytest.raises(EngineError, match="after 60 s; it goes on in the cluster: run the same again to follow it$"):
        scene.run("copied")
    assert scene.api.journal and scene.api.journal["state"] == "copying"


def test_check_mode_says_what_would_be_and_writes_nothing(scene: Scene) -> None:
    for state, lines in (("copied", 1), ("verified", 2)):
        done = scene.run(state, check=True)
        assert (done["changed"], done["job"], len(done["summary"])) == (True, None, lines)
        assert done["summary"][0].startswith("would begin: the copy of ElastiCache shop to instance apps/cache")
    assert scene.log == []
    scene.run("copied")
    assert scene.run("copied", check=True)["changed"] is False


def test_the_comparison_is_told_with_its_figures(scene: Scene) -> None:
    done = scene.run("verified", sample=1000)
    assert scene.log[-3:] == ["note copied", "verify", "note verified"]
    assert scene.program.asked["verify"]["sample"] == 1000
    assert (done["compared"], done["counts"]["target"]) == (9, {"0": 9})
    assert done["summary"][-1] == "verified: 9 keys compared in 0.5 s, none differs"
    assert scene.api.journal and scene.api.journal["compared"] == 9


def test_what_differs_is_told(scene: Scene) -> None:
    scene.program.answers["verify"] = [failed("2 keys differ: the first a", differing=["a: value", "b: missing"])]
    with pytest.raises(EngineError, match="^2 keys differ: the first a$") as error:
        scene.run("verified")
    assert error.value.result["differing"] == ["a: value", "b: missing"]
    assert scene.api.journal and scene.api.journal["state"] == "copied"


def test_a_copy_that_began_anew_is_not_verified_any_more(scene: Scene) -> None:
    scene.run("verified")
    scene.program.verified = None
    assert scene.run("copied")["state"] == "copied"


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            {"cache": replace(CACHE, addresses=(Address("other", 6380),))},
            "another cache: shop.cache.amazonaws.com:6380, a",
        ),
        (
            {"cache": replace(CACHE, user="app")},
            "another cache: shop.cache.amazonaws.com:6380, asked for: shop.cache.a",
        ),
        (
            {"service": "other"},
            "another service: redis, asked for: other; go on with that one, or end it with state: abs",
        ),
    ],
)
def test_another_exit_is_refused_while_one_is_open(scene: Scene, asked: Any, line: str) -> None:
    scene.run("copied")
    with pytest.raises(EngineError, match=f"^an exit of instance apps/cache is going on since .* with {line}"):
        scene.run("copied", **asked)


def busy(scene: Scene) -> None:
    scene.api.put("Job", "cache-backup-1")
    labels = cron_job()["metadata"]["labels"]
    meta = {"labels": labels, "ownerReferences": [{"uid": "c1"}], "creationTimestamp": "2026-11-29T00:00:00Z"}
    scene.api.objects["Job", "cache-backup-1"]["metadata"] |= meta


def restored(scene: Scene) -> None:
    scene.api.put("ConfigMap", "cache-restore")
    labels = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/component": "restore"}
    scene.api.objects["ConfigMap", "cache-restore"]["metadata"]["labels"] = labels


def fenced(scene: Scene) -> None:
    scene.api.put(
        "NetworkPolicy", "cache", spec={"ingress": [{"from": [{"podSelector": {"matchLabels": {"a": "b"}}}]}]}
    )
    owned = [{"manager": "eks.redis", "operation": "Apply", "fieldsV1": {}}]
    scene.api.objects["NetworkPolicy", "cache"]["metadata"]["managedFields"] = owned


def ill(scene: Scene) -> None:
    scene.view = say(scene.view, "cache-1", master_link_status="down")


def full(scene: Scene) -> None:
    scene.view = view(SENTINEL)


def led_away(scene: Scene) -> None:
    scene.door.leads_to = "instance"


def no_service(scene: Scene) -> None:
    scene.door.there = False


def no_secret(scene: Scene) -> None:
    del scene.api.objects["Secret", "shop-token"]


def other_key(scene: Scene) -> None:
    scene.api.put("Secret", "shop-token", data={"token": "eA==", "password": ""})


def no_rights(scene: Scene) -> None:
    scene.api.refused["Job"] = ApiError("Job apps/x: user eva may not create jobs", 403, {})


@pytest.mark.parametrize(
    ("harm", "asked", "problem"),
    [
        (ill, {}, "the instance is not well: Pod cache-1: its link to the master is down; see to that first"),
        (full, {}, "the instance holds 7 keys: a migration goes into an empty one"),
        (busy, {}, "a backup of the instance is running: Job apps/cache-backup-1; wait for its end"),
        (restored, {}, "a restore of the instance is not complete; complete it, or roll it back"),
        (fenced, {}, "NetworkPolicy apps/cache does not let the Job of a migration in: deploy the instance once more"),
        (no_secret, {}, "there is no Secret apps/shop-token with the password of the cache"),
        (other_key, {}, "Secret apps/shop-token has no key password, or nothing in it; its keys: password, token"),
        (
            no_service,
            {},
            "there is no Service apps/redis: make it with eks.redis.client_service, which leads it to the c",
        ),
        (led_away, {}, "Service apps/redis leads to the instance, and not to the cache"),
        (no_rights, {}, "Job apps/x: user eva may not create jobs"),
        (lambda _scene: None, {"bytes": 2**30}, "1.0 GiB do not fit into the 100.0 MiB of memory that the masters may"),
    ],
)
def test_what_is_against_it_is_told_before_anything_is_created(
    scene: Scene, harm: Any, asked: Any, problem: str
) -> None:
    harm(scene)
    backed = {"metadata": {**cron_job()["metadata"], "uid": "c1", "namespace": "apps"}}
    backed["spec"] = {"jobTemplate": {"metadata": {"labels": cron_job()["metadata"]["labels"]}}}
    for check in (True, False):
        with pytest.raises(EngineError) as error:
            scene.run("copied", check=check, cron_job=backed, **asked)
        assert str(error.value).startswith(problem)
    assert scene.log == []


def test_all_that_is_against_it_is_told_at_once(scene: Scene) -> None:
    for harm in (full, no_secret, no_service):
        harm(scene)
    with pytest.raises(EngineError) as error:
        scene.run("copied")
    assert len(str(error.value).splitlines()) == 3


def test_without_a_password_no_secret_is_looked_for(scene: Scene) -> None:
    no_secret(scene)
    assert scene.run("copied", access=Access())["changed"]
