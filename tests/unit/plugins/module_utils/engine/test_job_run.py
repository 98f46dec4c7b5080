from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import job_run
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import JobRun
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline

NAME = "cache-backup-k3x9w2ab"
Object = dict[str, Any]


def line(number: int, event: Any) -> str:
    """As the API server gives it: behind its time."""
    text = event if isinstance(event, str) else json.dumps(event)
    return f"2026-11-29T02:00:{number:02}.000000000Z {text}"


STARTED, DONE = {"event": "started", "set": "s"}, {"event": "done", "set": "s", "bytes": 7}
FAILED = {"event": "failed", "reason": "s3://backups is not there"}


def pod(name: str, *, created: str = "1", phase: str = "Running", **state: Any) -> Object:
    state = state or {"running": {}}
    statuses = [{"name": "toolbox", "state": state}]
    return {
        "metadata": {"name": name, "creationTimestamp": created},
        "status": {"phase": phase, "containerStatuses": statuses},
        "spec": {},
    }


def ended(kind: str, **more: str) -> Object:
    return {"status": {"conditions": [{"type": kind, "status": "True", **more}]}, "spec": {"activeDeadlineSeconds": 60}}


GOES = {"spec": {"backoffLimit": 2}}
OVER = {"terminated": {"exitCode": 1, "reason": "Error"}}


class Api:
    """Each step is what there is when somebody looks, the last one for ever. logs: what a pod's streams bring."""

    def __init__(
        self, *steps: tuple[Object | None, list[Object]], logs: dict[str, list[list[str]]] | None = None
    ) -> None:
        self.steps, self.logs = list(steps), logs or {}
        self.tail, self.events, self.deleted, self.since = "", [], [], []
        self.heard = threading.Event()

    def get(self, kind: str, name: str, namespace: str | None = None) -> Object | None:
        if kind == "Pod":
            return next((one for one in self.steps[0][1] if one["metadata"]["name"] == name), None)
        return self.steps[0][0]

    def list(self, kind: str, namespace: str, **selectors: str) -> list[Object]:
        if kind == "Event":
            return self.events
        assert selectors == {"labelSelector": f"batch.kubernetes.io/job-name={NAME}"}
        pods = self.steps[0][1]
        if len(self.steps) > 1:
            self.steps.pop(0)
        return pods

    def watch(self, *_what: Any, **_selectors: str) -> Iterator[Object]:
        yield from ()

    def follow(self, namespace: str, name: str, container: str, seconds: int, *, since: str = "") -> Iterator[str]:
        self.since.append(since)
        streams = self.logs.get(name, [])
        yield from streams.pop(0) if streams else ()

    def log(self, namespace: str, name: str, container: str, *, lines: int, previous: bool = False) -> str:
        return self.tail

    def delete(self, kind: str, name: str, namespace: str) -> None:
        self.deleted.append((kind, name))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_run.time, "sleep", lambda _seconds: None)
    # none of these listeners goes on for ever
    monkeypatch.setattr(job_run, "_LAST_WORDS", 60)
    monkeypatch.setattr("ansible_collections.eks.redis.plugins.module_utils.engine.wait._TICK", 0.01)


def run(api: Any, hear: Callable[[Object], None] = lambda event: None, seconds: float = 60) -> Object:
    return JobRun(api, "apps", NAME, Deadline(seconds), hear).wait()


def test_what_it_says_is_heard_once_and_in_order_and_the_last_word_is_the_answer() -> None:
    heard: list[Object] = []
    log = [line(1, STARTED), line(2, "a warning of a library"), line(3, {"no": "event"}), line(4, DONE)]
    api = Api(
        (GOES, []),
        (GOES, [pod("a")]),
        (ended("Complete"), [pod("a", phase="Succeeded", terminated={"exitCode": 0})]),
        logs={"a": [log]},
    )
    assert run(api, heard.append) == DONE
    assert heard == [STARTED, DONE]


def test_a_stream_that_breaks_is_taken_up_where_it_ended() -> None:
    heard: list[Object] = []
    over = pod("a", phase="Succeeded", terminated={"exitCode": 0})
    api = Api(
        (GOES, [pod("a")]), (GOES, [pod("a")]), logs={"a": [[line(1, STARTED)], [line(1, STARTED), line(2, DONE)]]}
    )

    def hear(event: Object) -> None:
        heard.append(event)
        if event == DONE:
            api.steps[:] = [(ended("Complete"), [over])]

    assert run(api, hear) == DONE
    assert heard == [STARTED, DONE]
    assert api.since[:2] == ["", "2026-11-29T02:00:01.000000000Z"]


def test_a_log_that_may_not_be_followed_is_read_at_the_end() -> None:
    api = Api((ended("Complete"), [pod("a", phase="Succeeded", terminated={"exitCode": 0})]))
    api.tail = f"{json.dumps(STARTED)}\n{json.dumps(DONE)}\n"
    assert run(api) == DONE


def test_a_log_that_nobody_may_read_leaves_no_answer() -> None:
    class Secret(Api):
        def follow(self, *_what: Any, **_more: Any) -> Iterator[str]:
            raise ApiError("may not", 403, {})

    assert run(Secret((ended("Complete"), [pod("a", phase="Succeeded", terminated={"exitCode": 0})]))) == {}


def test_the_programs_own_reason_is_the_error() -> None:
    api = Api((ended("Failed"), [pod("a", phase="Failed", **OVER)]), logs={"a": [[line(1, FAILED)]]})
    with pytest.raises(EngineError, match=f"^Job apps/{NAME} failed: s3://backups is not there$"):
        run(api)


def test_the_reason_is_that_of_the_last_try() -> None:
    other = {"event": "failed", "reason": "the bucket is there now, the key is not"}
    pods = [pod("b", created="2", phase="Failed", **OVER), pod("a", phase="Failed", **OVER)]
    api = Api((ended("Failed"), pods), logs={"a": [[line(1, FAILED)]], "b": [[line(2, other)]]})
    with pytest.raises(EngineError, match="the key is not$"):
        run(api)


def test_a_try_that_failed_does_not_hide_one_that_succeeded() -> None:
    pods = [pod("a", phase="Failed", **OVER), pod("b", created="2", phase="Succeeded", terminated={"exitCode": 0})]
    api = Api((ended("Complete"), pods), logs={"a": [[line(1, FAILED)]]})
    api.tail = json.dumps(DONE)
    assert run(api) == DONE


def test_a_program_that_dies_without_a_word() -> None:
    killed = pod("a", phase="Failed", terminated={"exitCode": 137, "reason": "OOMKilled"})
    api = Api((ended("Failed", reason="BackoffLimitExceeded"), [killed]))
    api.tail = "reading\n"
    with pytest.raises(EngineError) as caught:
        run(api)
    assert str(caught.value) == (
        f"Job apps/{NAME} failed: Pod a container toolbox ended with exit code 137 (OOMKilled); last log line: reading"
    )


def test_a_job_that_took_too_long() -> None:
    api = Api((ended("Failed", reason="DeadlineExceeded", message="Job was active longer than specified deadline"), []))
    with pytest.raises(EngineError, match="failed: it took longer than the 60 s that it may take$"):
        run(api)


def test_a_job_without_a_pod_says_what_kubernetes_says() -> None:
    api = Api((GOES, []))
    api.events = [
        {
            "metadata": {},
            "reason": "FailedCreate",
            "message": 'Error creating: pods "x" is forbidden: error looking up service account apps/mine: '
            'serviceaccount "mine" not found',
        }
    ]
    with pytest.raises(EngineError) as caught:
        run(api, seconds=0)
    assert str(caught.value) == (
        f"Job apps/{NAME} has not ended after 0 s: Job {NAME} has no pod; last event: FailedCreate: Error "
        'creating: pods "x" is forbidden: error looking up service account apps/mine: serviceaccount "mine" not found; '
        "it goes on in the cluster"
    )


@pytest.mark.parametrize(
    ("state", "conditions", "text"),
    [
        (
            {"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "toolbox:v9"'}},
            [],
            'container toolbox waits: ImagePullBackOff (Back-off pulling image "toolbox:v9")',
        ),
        (
            {"waiting": {}},
            [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available: 3 Insufficient memory."}],
            "is not scheduled: 0/3 nodes are available: 3 Insufficient memory.",
        ),
    ],
)
def test_a_pod_that_does_not_begin_is_given_up_and_its_job_taken_away(monkeypatch, state, conditions, text) -> None:
    waits = pod("a", phase="Pending", **state)
    waits["status"]["conditions"] = conditions
    api = Api((GOES, [waits]))
    monkeypatch.setattr(job_run, "PATIENCE", -1)
    with pytest.raises(EngineError) as caught:
        run(api)
    assert str(caught.value) == f"Job apps/{NAME} did not begin, and was deleted: Pod a {text}"
    assert api.deleted == [("Job", NAME)]


def test_a_job_that_somebody_deletes() -> None:
    with pytest.raises(EngineError, match="is gone: somebody has deleted it"):
        run(Api((GOES, [pod("a")]), (None, [])))


def test_a_job_that_works_is_never_given_up(monkeypatch) -> None:
    monkeypatch.setattr(job_run, "PATIENCE", -1)
    over = pod("a", phase="Succeeded", terminated={"exitCode": 0})
    api = Api(*[(GOES, [pod("a")])] * 5, (ended("Complete"), [over]), logs={"a": [[line(1, DONE)]]})
    assert run(api) == DONE
    assert api.deleted == []


def test_tries_are_counted(monkeypatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "ansible_collections.eks.redis.plugins.module_utils.engine.wait.tell", lambda line: told.append(line) or line
    )
    failed = [pod(name, created=name, phase="Failed", **OVER) for name in "abc"]
    api = Api((GOES, failed[:1]), (GOES, failed[:1]), (GOES, failed[:2]), (GOES, failed), (ended("Failed"), failed))
    with pytest.raises(EngineError):
        run(api)
    assert told == ["Pod a failed, try 1 of 3", "Pod b failed, try 2 of 3", "Pod c failed, try 3 of 3"]


def test_a_job_whose_pod_is_just_being_made() -> None:
    api = Api((GOES, []))
    api.events = [{"metadata": {}, "reason": "SuccessfulCreate", "message": "Created pod: a"}]
    with pytest.raises(EngineError, match=f": Job {NAME} has no pod yet; it goes on in the cluster$"):
        run(api, seconds=0)


def begun(api: Any, seconds: float = 60) -> str:
    return JobRun(api, "apps", NAME, Deadline(seconds), lambda event: None).begun()


def test_the_pod_in_which_it_works_is_waited_for() -> None:
    waits = pod("a", phase="Pending", waiting={"reason": "PodInitializing"})
    assert begun(Api((GOES, []), (GOES, [waits]), (GOES, [pod("a")]))) == "a"


def test_a_pod_that_is_about_to_go_is_not_the_one() -> None:
    goes = pod("a")
    goes["metadata"]["deletionTimestamp"] = "2026-11-29T02:00:00Z"
    lost = pod("a", phase="Failed", terminated={"exitCode": 143})
    assert begun(Api((GOES, [goes]), (GOES, [lost]), (GOES, [lost, pod("b", created="2")]))) == "b"


def test_a_job_that_has_failed_before_tells_why() -> None:
    api = Api((ended("Failed"), [pod("a", phase="Failed", **OVER)]), logs={"a": [[line(1, FAILED)]]})
    with pytest.raises(EngineError, match=f"^Job apps/{NAME} failed: s3://backups is not there$"):
        begun(api)


def test_a_job_that_was_told_to_stop_does_not_work_any_more() -> None:
    over = pod("a", phase="Succeeded", terminated={"exitCode": 0})
    with pytest.raises(EngineError, match=f"^Job apps/{NAME} has ended: it was told to stop$"):
        begun(Api((ended("Complete"), [over]), logs={"a": [[line(1, DONE)]]}))


def test_a_pod_that_does_not_come_in_time_is_told() -> None:
    waits = pod("a", phase="Pending", waiting={"reason": "ImagePullBackOff"})
    with pytest.raises(
        EngineError, match="does not work after 0 s: Pod a container toolbox waits: ImagePullBackOff; it go"
    ):
        begun(Api((GOES, [waits])), seconds=0)
