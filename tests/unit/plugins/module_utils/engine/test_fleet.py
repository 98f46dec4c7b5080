"""Many instances side by side: the report, and what fails in it."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.fleet import Member, run

from .server import answer, serving


@pytest.fixture
def api():
    with serving(answer(200, {"resources": []})) as server:
        yield Api.connect({"host": server.url, "api_key": "t0ken"})


def changed(kind: str, name: str, change: str, *effects: str) -> dict:
    namespace = None if kind == "Namespace" else "apps"
    return {"kind": kind, "namespace": namespace, "name": name, "change": change, "fields": [], "effects": [*effects]}


def outcome(*objects: dict, **more) -> dict:
    actions = [one["change"] for one in objects]
    return {
        "changed": set(actions) != {"unchanged"},
        "objects": [*objects],
        "counts": {action: actions.count(action) for action in ("created", "changed", "deleted", "unchanged")},
        "summary": ["as told by the instance"],
        "warnings": [],
        **more,
    }


def member(name: str, told: dict) -> Member:
    return Member("apps", name, lambda api: told)


def failing(name: str, message: str, **result) -> Member:
    def work(api: Api) -> dict:
        raise EngineError(message, **result)

    return Member("apps", name, work)


NAMESPACE = changed("Namespace", "apps", "created")
QUIET = outcome(changed("Redis", "quiet", "unchanged"), flavour={"long": "text"}, pods=["quiet-0"])
NEW = outcome(NAMESPACE, changed("Redis", "new", "created", "creates 1 pod"), warnings=["it is small"])
GROWING = outcome(
    changed("Redis", "growing", "changed", "grows 1 volume", "restarts"), changed("ConfigMap", "c", "unchanged")
)


def test_each_has_its_line_and_all_have_a_total(api) -> None:
    done = run(api, [member("quiet", QUIET), member("new", NEW), member("growing", GROWING)])
    assert done["changed"]
    assert done["summary"] == [
        "apps/quiet    unchanged",
        "apps/new      changed    2 created; creates 1 pod",
        "apps/growing  changed    1 changed, 1 unchanged; grows 1 volume; restarts",
        "3 instances: 2 changed, 1 unchanged; objects: 2 created, 1 changed, 0 deleted, 2 unchanged",
    ]
    assert done["warnings"] == ["apps/new: it is small"]


def test_an_instance_tells_what_the_module_for_one_tells_but_the_flavour(api) -> None:
    (told,) = run(api, [member("quiet", QUIET)])["instances"]
    expected = {key: value for key, value in QUIET.items() if key != "flavour"}
    assert told == {"name": "quiet", "namespace": "apps", "failed": False, **expected}


def test_nothing_changed(api) -> None:
    done = run(api, [member("quiet", QUIET)])
    assert not done["changed"]
    assert done["summary"][-1] == ("1 instance: 1 unchanged; objects: 0 created, 0 changed, 0 deleted, 1 unchanged")


def test_what_is_kept_is_counted(api) -> None:
    kept = {"kept": ["Secret apps/a", "PersistentVolumeClaim apps/b"]}
    gone = outcome(changed("Redis", "gone", "deleted", "stops 1 pod"), **kept)
    away = {**outcome(**kept), "changed": False}
    assert run(api, [member("gone", gone), member("away", away)])["summary"][:2] == [
        "apps/gone  changed    1 deleted, 2 kept; stops 1 pod",
        "apps/away  unchanged  2 kept",
    ]


def test_a_namespace_that_two_need_is_counted_and_shown_once(api) -> None:
    shown = {"before_header": "Namespace apps", "after_header": "Namespace apps", "before": "", "after": "x"}
    two = [member(name, outcome(NAMESPACE, changed("Redis", name, "created"), diff=[shown])) for name in ("a", "b")]
    done = run(api, two)
    assert done["counts"] == {"created": 3, "changed": 0, "deleted": 0, "unchanged": 0}
    assert done["diff"] == [shown]
    # the second finds the namespace that the first has made
    late = outcome(changed("Namespace", "apps", "unchanged"), changed("Redis", "c", "created"))
    assert run(api, [member("c", late), *two])["counts"] == {"created": 4, "changed": 0, "deleted": 0, "unchanged": 0}


def test_one_that_fails_does_not_stop_the_others(api) -> None:
    half = {key: NEW[key] for key in ("changed", "objects", "counts", "summary")}
    members = [failing("bad", "this\nand that"), failing("half", "not ready", **half), member("quiet", QUIET)]
    with pytest.raises(EngineError) as caught:
        run(api, members)
    assert str(caught.value) == "apps/bad: this\napps/bad: and that\napps/half: not ready"
    done = caught.value.result
    assert [one["failed"] for one in done["instances"]] == [True, True, False]
    assert done["instances"][0] == {
        "name": "bad",
        "namespace": "apps",
        "failed": True,
        "msg": "this\nand that",
        "changed": False,
        "counts": {"created": 0, "changed": 0, "deleted": 0, "unchanged": 0},
        "objects": [],
        "summary": [],
        "warnings": [],
    }
    assert done["changed"]
    assert done["summary"] == [
        "apps/bad    FAILED: this (and 1 more)",
        "apps/half   FAILED: not ready",
        "apps/quiet  unchanged",
        "3 instances: 1 unchanged, 2 failed; objects: 2 created, 0 changed, 0 deleted, 1 unchanged",
    ]


def test_instances_work_side_by_side_and_each_sends_its_requests_in_turn(api) -> None:
    together = threading.Barrier(8, timeout=60)
    threads: dict[str, set] = {}

    def work(name: str):
        def meet(session: Api) -> dict:
            together.wait()  # ends only when eight are there at once
            threads[name] = set(session.map(lambda _item: threading.get_ident(), range(20)))
            return QUIET

        return meet

    run(api, [Member("apps", name, work(name)) for name in "abcdefgh"])
    assert [len(threads[name]) for name in "abcdefgh"] == [1] * 8


def test_a_cluster_that_accepts_nobody_is_told_of_once() -> None:
    with serving(answer(401, {"message": "Unauthorized"})) as server, pytest.raises(EngineError) as caught:
        run(Api.connect({"host": server.url, "api_key": "old"}), [member("quiet", QUIET), member("new", NEW)])
    assert str(caught.value).startswith(f"the Kubernetes API at {server.url} does not accept the credentials")
    assert caught.value.result == {}
    assert len(server.seen) == 1
