from __future__ import annotations

import json

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import operators
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import fault_of, operator_trouble, stuck

from .test_leadership import ANOTHER, ELECTS, OTHER, OWN, POD, held
from .test_operators import ROLLED_OUT, deployment


def container(name: str = "cache", *, ready: bool = False, last: dict | None = None, **state: dict) -> dict:
    return {"name": name, "ready": ready, "state": state, "lastState": last or {}}


def pod(
    *containers: dict, init: tuple = (), revision: str = "new", phase: str = "Pending", conditions=(), **metadata
) -> dict:
    return {
        "metadata": {"name": "cache-0", "labels": {"controller-revision-hash": revision}, **metadata},
        "status": {
            "phase": phase,
            "conditions": list(conditions),
            "initContainerStatuses": list(init),
            "containerStatuses": list(containers),
        },
    }


UNSCHEDULED = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}
READY = {"type": "Ready", "status": "True"}
INITIALIZING = container(waiting={"reason": "PodInitializing"})


@pytest.mark.parametrize(
    ("live", "text", "logged", "previous"),
    [
        (pod(conditions=[UNSCHEDULED]), "is not scheduled: 0/3 nodes", None, False),
        (pod(deletionTimestamp="x"), "is being deleted", None, False),
        (pod(), "is in phase Pending", None, False),
        (
            pod(container(waiting={"reason": "ImagePullBackOff", "message": "no such image"})),
            "container cache waits: ImagePullBackOff (no such image)",
            None,
            True,
        ),
        (
            pod(
                container(
                    waiting={"reason": "CrashLoopBackOff"}, last={"terminated": {"exitCode": 1, "reason": "Error"}}
                )
            ),
            "container cache waits: CrashLoopBackOff, it ended with exit code 1 (Error)",
            "cache",
            True,
        ),
        (
            pod(container(running={}), phase="Running"),
            "container cache runs but is not ready (its readiness probe fails)",
            "cache",
            False,
        ),
        # an init container at fault is named rather than the one that waits for it
        (
            pod(INITIALIZING, init=[container("init-config", terminated={"exitCode": 2, "reason": "Error"})]),
            "container init-config ended with exit code 2 (Error)",
            "init-config",
            False,
        ),
        (pod(INITIALIZING, init=[container("init-config", running={})]), "is in phase Pending", None, False),
        # the one at fault is named rather than the first
        (
            pod(container("cache", ready=True, running={}), container("redis-exporter", running={}), phase="Running"),
            "container redis-exporter runs but is not ready (its readiness probe fails)",
            "redis-exporter",
            False,
        ),
    ],
)
def test_fault_of(live, text, logged, previous) -> None:
    fault = fault_of(live)
    assert (fault.text, fault.container, fault.previous) == (text, logged, previous)


CRASHING = container(waiting={"reason": "CrashLoopBackOff"})


@pytest.mark.parametrize(
    ("live", "is_stuck"),
    [
        (pod(CRASHING, revision="old"), True),
        (pod(revision="old", conditions=[UNSCHEDULED]), True),
        (pod(INITIALIZING, init=[container("init-config", waiting={"reason": "ErrImagePull"})], revision="old"), True),
        # the newest revision may yet be helped by what it waits for
        (pod(CRASHING), False),
        # starting, loading data or ready: the rolling update itself gets there
        (pod(INITIALIZING, revision="old"), False),
        (pod(container(running={}), revision="old"), False),
        (pod(CRASHING, revision="old", conditions=[READY]), False),
        (pod(CRASHING, revision="old", deletionTimestamp="x"), False),
    ],
)
def test_stuck(live, is_stuck) -> None:
    assert bool(stuck({"status": {"updateRevision": "new"}}, [live])) is is_stuck


def test_nothing_is_stuck_of_a_statefulset_that_has_not_said_yet_what_is_new() -> None:
    assert stuck({}, [pod(CRASHING, revision="only")]) == []


class Operated:
    """The operator's side of a cluster. log: what its pod has said, None where that may not be looked at."""

    def __init__(self, log: str | None, holder: str = OWN, status: dict | None = ROLLED_OUT) -> None:
        self.said, self.holder = log, holder
        self.operator = operators.read(deployment(args=[ELECTS], status=status))

    def list(self, kind: str, namespace: str, labelSelector: str) -> list[dict]:
        assert (kind, namespace, labelSelector) == ("Pod", "ops", "name=redis-operator")
        if self.said is None:
            raise ApiError("list Pod: forbidden", 403, {})
        return [{"metadata": {"name": POD}}]

    def get(self, kind: str, name: str, namespace: str) -> dict:
        return {"spec": held(self.holder)}

    def log(self, namespace: str, pod: str, container: str, *, lines: int) -> str:
        assert (namespace, pod, container) == ("ops", POD, "redis-operator")
        return "\n".join((self.said or "").splitlines()[-lines:])


def line(level: str, name: str, **more: str) -> str:
    return json.dumps({"level": level, **more, "namespace": "apps", "name": name}, separators=(",", ":"))


FAILED = line("error", "cache", msg="Reconciler error", error="quota exceeded")
IDLE = f"; {ANOTHER}"
STARTED = "starting manager"


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        (Operated(f"{STARTED}\n{FAILED}"), "has logged the error: Reconciler error: quota exceeded"),
        # it looks at others far more often than it tries again
        (
            Operated("\n".join([FAILED, *[line("info", "other")] * 3000])),
            "has logged the error: Reconciler error: quota exceeded",
        ),
        (
            Operated(f"{line('error', 'other', error='full')}\n{STARTED}"),
            f"has logged no error about it; its log ends with: {STARTED}",
        ),
        (Operated(STARTED, OTHER), f"has logged no error about it{IDLE}; its log ends with: {STARTED}"),
        (Operated("", OTHER), f"has logged no error about it{IDLE}"),
        (Operated("", status={}), "is not available, has logged no error about it"),
        (Operated(None, OTHER), "has logged no error about it"),
    ],
)
def test_why_the_operator_has_made_nothing(cluster: Operated, said: str) -> None:
    assert operator_trouble(cluster, cluster.operator, "apps", "cache") == f"{cluster.operator} {said}"
