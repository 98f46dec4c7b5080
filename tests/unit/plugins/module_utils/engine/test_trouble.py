from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import fault_of, stuck


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
