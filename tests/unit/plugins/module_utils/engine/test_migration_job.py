"""The Job of an exit, and what is asked of its program."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import migration_job
from ansible_collections.eks.redis.plugins.module_utils.engine.conversation import Cut
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_job import Declined, Worker
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline

from .exits import Scene, failed


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene(monkeypatch)
    made.run("copied")
    del made.log[:]
    return made


def worker(scene: Scene, *, back: bool = False) -> Worker:
    assert scene.api.journal
    identity = str(scene.api.journal["id"])
    return Worker(scene.api, "apps", "cache", identity, back=back, deadline=Deadline(60))  # type: ignore[arg-type]


def test_it_is_known_by_its_exit_and_direction(scene: Scene) -> None:
    assert worker(scene).job == scene.api.jobs[0]["metadata"]["name"]
    assert worker(scene, back=True).job == ""
    other = Worker(scene.api, "apps", "cache", "other", back=False, deadline=Deadline(60))  # type: ignore[arg-type]
    assert other.job == ""
    with pytest.raises(EngineError, match="^no Job works on the migration any more$"):
        other.ask("status")


def test_what_the_program_declines_is_told_with_all_that_it_said(scene: Scene) -> None:
    scene.program.answers["verify"] = [failed("no", differing=["a"])]
    with pytest.raises(Declined, match="^no$") as error:
        worker(scene).ask("verify")
    assert error.value.event["differing"] == ["a"]


def test_what_may_not_be_asked_twice_is_not(scene: Scene) -> None:
    scene.program.answers["freeze"] = [Cut("gone")]
    with pytest.raises(Cut):
        worker(scene).ask("freeze", again=False)
    assert scene.log == ["freeze"]


@pytest.mark.parametrize(("status", "tries"), [(404, 2), (500, 2), (403, 1)])
def test_a_pod_that_is_about_to_go_is_asked_for_anew(
    monkeypatch: pytest.MonkeyPatch, scene: Scene, status: int, tries: int
) -> None:
    begun: list[int] = []
    conversation = migration_job.Conversation

    def refuse_once(*words: Any) -> Any:
        begun.append(1)
        if len(begun) == 1:
            raise ApiError("container not found", status, {})
        return conversation(*words)

    monkeypatch.setattr(migration_job, "Conversation", refuse_once)
    if tries == 1:
        with pytest.raises(ApiError):
            worker(scene).ask("status")
    else:
        assert worker(scene).ask("status")["state"] == "following"
    assert len(begun) == tries


def test_a_name_is_resolved_where_applications_are(monkeypatch: pytest.MonkeyPatch, scene: Scene) -> None:
    assert worker(scene).resolve("shop.cache.amazonaws.com") == "10.9.9.9"
    unknown = Output(1, "", "Traceback\nsocket.gaierror: [Errno -2] Name or service not known\n")
    monkeypatch.setattr(migration_job, "execute", lambda *_words: unknown)
    with pytest.raises(EngineError, match="^shop cannot be resolved in the cluster: socket.gaierror: .* not known$"):
        worker(scene).resolve("shop")


def test_who_does_not_stop_when_told_so_is_ended(monkeypatch: pytest.MonkeyPatch, scene: Scene) -> None:
    monkeypatch.setattr(migration_job, "_ENDS", 0.0)
    for answer in (Cut("gone"), EngineError("Job apps/x failed"), {"event": "done"}):
        scene.program.answers["stop"] = [answer]
        worker(scene).end()
        assert scene.log[-1] == "delete Job"
        assert scene.api.jobs == []
        scene.run("copied")
    worker(scene).end()
    assert len(scene.api.jobs) == 1


def test_progress_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch, scene: Scene) -> None:
    clock = iter([10.0, 10.0, 12.0, 20.0, 20.0])
    monkeypatch.setattr(migration_job, "monotonic", lambda: next(clock))
    hear = worker(scene)._hear
    for text in ("one", "two", "three"):
        hear({"event": "progress", "text": text})
    assert scene.told[-2:] == ["one", "three"]
