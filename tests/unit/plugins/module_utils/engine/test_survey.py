"""Asking all pods at once: the script runs here, with a redis-cli that tells who was asked what."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import survey as module
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output
from ansible_collections.eks.redis.plugins.module_utils.engine.survey import survey

from .shell import Shell
from .views import CLUSTER, SENTINEL, SINGLE, View, info, view

# The answer to a command is in a file named by the address and its first words
REDIS_CLI = r"""
test "$1 $3" = "-h -p" || exit 9
echo "$2:$4 $5 $6 $7 $REDISCLI_AUTH" >> "$HERE/calls"
for file in "$2.$5.$6" "$2.$5"; do
  if test -e "$HERE/$file"; then cat "$HERE/$file"; exit; fi
done
echo "Could not connect to Redis at $2: Connection refused" >&2
exit 1
"""


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path, {"redis-cli": REDIS_CLI})


class Asked(list[tuple[str, str]]):
    """Pod and container of each command."""


@pytest.fixture
def asked(shell, monkeypatch) -> Asked:
    asked = Asked()

    def execute(api: Any, namespace: str, pod: str, container: str, argv: Any, *, timeout: float = 30) -> Output:
        asked.append((pod, container))
        return shell.run(argv, REDIS_PASSWORD="correct-horse")

    monkeypatch.setattr(module, "execute", execute)
    return asked


def test_one_pod_asks_all(shell, asked) -> None:
    found = view(SENTINEL)
    shell.write(
        **{
            "10.0.0.0.INFO": info(replicas=["10.0.0.1"]),
            "10.0.0.1.INFO": info("10.0.0.0"),
            "10.0.1.0.SENTINEL.MASTER": "name\nmyMaster\nip\n10.0.0.0\n",
            "10.0.1.0.SENTINEL.CKQUORUM": "OK 3 usable Sentinels.\n",
            "10.0.1.1.SENTINEL": "ERR No such master with that name\n",
        }
    )
    state = survey(found.plan, found.seen)
    assert asked == [("cache-0", "cache")]
    assert [(one.role, one.ip, one.error) for one in state.members.values()] == [
        ("master", "10.0.0.0", ""),
        ("slave", "10.0.0.1", ""),
        ("", "10.0.0.2", "Could not connect to Redis at 10.0.0.2: Connection refused"),
    ]
    assert state.members["cache-0"].info["redis_version"] == "7.0.15"
    assert list(state.members["cache-0"].replicas) == ["10.0.0.1"]
    assert [(one.master.get("ip"), one.quorum, one.error) for one in state.watchers.values()] == [
        ("10.0.0.0", "OK 3 usable Sentinels.", ""),
        (None, "", "ERR No such master with that name"),
        (None, "", "Could not connect to Redis at 10.0.1.2: Connection refused"),
    ]
    calls = shell.read("calls")
    assert calls[0] == "10.0.0.0:6379 INFO   correct-horse"
    assert calls[3:5] == [
        "10.0.1.0:26379 SENTINEL MASTER myMaster correct-horse",
        "10.0.1.0:26379 SENTINEL CKQUORUM myMaster correct-horse",
    ]


def test_nodes_of_a_cluster_show_their_tables(shell, asked) -> None:
    found = view(CLUSTER)
    table = "id-0 10.0.0.0:6379@16379 myself,master - 0 0 1 connected 0-5460\n"
    shell.write(
        **{
            "10.0.0.0.INFO": info(),
            "10.0.0.0.CLUSTER.INFO": "cluster_state:ok\r\n",
            "10.0.0.0.CLUSTER.NODES": table,
        }
    )
    state = survey(found.plan, found.seen)
    assert len(asked) == 1
    member = state.members["cache-leader-0"]
    assert member.cluster == {"cluster_state": "ok"}
    assert member.myself and member.myself.count == 5461
    assert [line.split(" correct")[0].rstrip() for line in shell.read("calls")][:3] == [
        "10.0.0.0:6379 INFO",
        "10.0.0.0:6379 CLUSTER INFO",
        "10.0.0.0:6379 CLUSTER NODES",
    ]


def test_many_questions_are_asked_in_turns(shell, asked) -> None:
    """Their words travel in a URL."""
    found = view(CLUSTER, deployment={"mode": "cluster", "config": {"numShards": 3, "replicasPerShard": 4}})
    state = survey(found.plan, found.seen)
    assert len(state.members) == 15
    assert all(one.error.startswith("Could not connect") for one in state.members.values())
    assert len(asked) == 2
    assert len(shell.read("calls")) == 3 * 15


def without(found: View, pod: str, **changes: Any) -> View:
    """A pod's status or metadata changes."""
    live = found.seen.pods[pod]
    found.seen.pods[pod] = {**live, **{key: {**live[key], **value} for key, value in changes.items()}}
    return found


@pytest.mark.parametrize(
    "changes", [{"status": {"podIP": None}}, {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}]
)
def test_a_pod_that_cannot_answer_is_not_asked(shell, asked, changes) -> None:
    found = without(view(SENTINEL), "cache-1", **changes)
    state = survey(found.plan, found.seen)
    assert list(state.members) == ["cache-0", "cache-2"]
    assert not any(call.startswith("10.0.0.1:") for call in shell.read("calls"))


def test_a_pod_that_is_not_ready_is_asked_and_asks_nobody(shell, asked) -> None:
    found = without(view(SENTINEL), "cache-0", status={"conditions": []})
    shell.write(**{"10.0.0.0.INFO": info()})
    assert survey(found.plan, found.seen).members["cache-0"].role == "master"
    assert asked == [("cache-1", "cache")]


def test_an_answer_may_hold_anything(shell, asked) -> None:
    shell.write(**{"10.0.0.0.INFO": "ERR \x1f odd\n"})
    found = view(SINGLE)
    assert survey(found.plan, found.seen).members["cache-0"].error == "ERR \x1f odd"


def test_another_pod_is_asked_when_one_cannot_run_it(shell, monkeypatch) -> None:
    asked: list[str] = []

    def execute(api: Any, namespace: str, pod: str, container: str, argv: Any) -> Output:
        asked.append(pod)
        if pod == "cache-0":
            raise EngineError("Pod apps/cache-0: cannot run sh: container not found")
        return shell.run(argv)

    monkeypatch.setattr(module, "execute", execute)
    found = view(SENTINEL)
    assert len(survey(found.plan, found.seen).members) == 3
    assert asked == ["cache-0", "cache-1"]


@pytest.mark.parametrize(
    ("status", "kind", "pod"),
    # what is forbidden for one is forbidden for all, and for ever
    [(500, Unanswered, "cache-leader-2"), (403, ApiError, "cache-leader-0")],
)
def test_nobody_can_be_asked(status: int, kind: type[Exception], pod: str, monkeypatch) -> None:
    def execute(api: Any, namespace: str, pod: str, *_more: Any) -> Output:
        raise ApiError(f"Pod {namespace}/{pod}: user bob may not create pods/exec", status, {})

    monkeypatch.setattr(module, "execute", execute)
    found = view(CLUSTER)
    with pytest.raises(kind, match=f"^Pod apps/{pod}: user bob may not create pods/exec$"):
        survey(found.plan, found.seen)


def test_no_pod_is_ready() -> None:
    found = without(view(SINGLE), "cache-0", status={"conditions": []})
    with pytest.raises(Unanswered, match="^no Redis pod is ready to be asked$"):
        survey(found.plan, found.seen)
