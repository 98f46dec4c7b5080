"""Planned failovers: their scripts run here, with a redis-cli that is a small Redis and its sentinels."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import failover
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output

from .redis_cli import REDIS_CLI
from .shell import Shell
from .views import CLUSTER, REPLICATED, SENTINEL, view


class Api:
    """Remembers what is labelled."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.labels: dict[str, str] = {}
        self.refusal = refusal

    def apply(self, manifest: dict[str, Any], **_options: Any) -> None:
        if self.refusal:
            raise self.refusal
        self.labels[manifest["metadata"]["name"]] = manifest["metadata"]["labels"]["redis-role"]


@pytest.fixture
def shell(tmp_path) -> Shell:
    shell = Shell(tmp_path, {"redis-cli": REDIS_CLI})
    shell.write(master="10.0.0.0\n", behind="0\n", slow="0\n", mute="0\n")
    return shell


@pytest.fixture(autouse=True)
def few_turns(monkeypatch) -> None:
    """Patience is a number of turns: five are enough to see it end."""
    for name in ("_BY_SENTINEL", "_BY_REDIS", "_IN_CLUSTER"):
        shorter, count = re.subn(r"-lt \d+ ", "-lt 5 ", getattr(failover, name))
        assert count
        monkeypatch.setattr(failover, name, shorter)


@pytest.fixture
def fail_over(shell, monkeypatch):
    def run(flavour: dict, old: str, new: str, api: Api | None = None, **environment: str) -> str:
        knobs = {"QUORUM": "10.0.1.0 10.0.1.1 10.0.1.2", "ANSWER": "OK", "HEIR": "10.0.0.2", **environment}
        monkeypatch.setattr(failover, "execute", shell.execute(**knobs))
        found = view(flavour)
        members = found.state.members
        return failover.fail_over(api or Api(), found.plan, found.state, members[old], members[new])

    return run


PAUSE, UNPAUSE = "CLIENT PAUSE 20000 WRITE", "CLIENT UNPAUSE"
KILL = "CLIENT KILL TYPE normal SKIPME yes"
WHO = "SENTINEL GET-MASTER-ADDR-BY-NAME myMaster"


def test_with_sentinels(shell, fail_over) -> None:
    """They choose cache-2, whoever was asked for. All follow it before anybody may write again."""
    api = Api()
    said = fail_over(SENTINEL, "cache-0", "cache-1", api)
    assert said == "planned failover: Pod apps/cache-2 took over from Pod cache-0"
    assert shell.read("calls") == [
        "10.0.1.0 SENTINEL CKQUORUM myMaster",
        f"10.0.1.0 {WHO}",
        f"10.0.0.0 {PAUSE}",
        "10.0.1.0 SENTINEL FAILOVER myMaster held",
        f"10.0.0.0 {PAUSE} held",
        f"10.0.1.0 {WHO} held",
        "10.0.0.2 ROLE held",
        "10.0.0.0 REPLICAOF 10.0.0.2 6379 held",
        "10.0.0.1 REPLICAOF 10.0.0.2 6379 held",
        f"10.0.0.0 {KILL} held",
        f"10.0.0.0 {UNPAUSE} held",
    ]
    assert shell.read("paused") == []
    assert api.labels == {"cache-2": "master", "cache-0": "slave"}


def test_replicas_that_are_late_are_waited_for(shell, fail_over) -> None:
    shell.write(behind="4\n")
    fail_over(SENTINEL, "cache-0", "cache-1")
    assert shell.read("behind") == ["0"]
    assert "10.0.1.0 SENTINEL FAILOVER myMaster held" in shell.read("calls")


def test_the_pause_is_renewed_until_the_sentinels_are_done(shell, fail_over) -> None:
    shell.write(slow="4\n")
    fail_over(SENTINEL, "cache-0", "cache-1")
    assert shell.read("calls").count(f"10.0.0.0 {PAUSE} held") == 4
    assert not (shell.directory / "paused").exists()


def test_a_sentinel_without_a_quorum_is_passed_over(shell, fail_over) -> None:
    fail_over(SENTINEL, "cache-0", "cache-1", QUORUM="10.0.1.2")
    assert "10.0.1.2 SENTINEL FAILOVER myMaster held" in shell.read("calls")


def test_what_is_said_on_stderr_is_not_the_new_master(shell, fail_over) -> None:
    noisy = "echo 'Could not connect to Redis at 10.0.0.1:6379' >&2\n" + REDIS_CLI
    (shell.directory / "bin" / "redis-cli").write_text(f"#!/bin/sh\n{noisy}\n")
    assert fail_over(SENTINEL, "cache-0", "cache-1").startswith("planned failover: Pod apps/cache-2 took over")


FAILED = "Pod apps/cache-0: the planned failover did not happen: "
REFUSED = "NOGOODSLAVE No suitable replica to promote"


@pytest.mark.parametrize(
    ("knobs", "files", "reason"),
    [
        ({"QUORUM": ""}, {}, "no sentinel could agree on a failover"),
        ({"PAUSE": "ERR syntax error"}, {}, "writes cannot be paused: ERR syntax error"),
        ({}, {"mute": "1\n"}, "the master does not say what was written"),
        ({}, {"behind": "99\n"}, "the replicas do not catch up with the writes"),
        ({"STATE": "wait_bgsave"}, {}, "the replicas do not catch up with the writes"),
        ({"ANSWER": REFUSED}, {}, REFUSED),
        ({"HEIR": ""}, {}, "the sentinels did not finish the failover"),
    ],
)
def test_when_it_fails_with_sentinels_the_old_master_takes_writes_again(shell, fail_over, knobs, files, reason) -> None:
    shell.write(**files)
    api = Api()
    with pytest.raises(Unanswered, match=f"^{re.escape(FAILED + reason)}$"):
        fail_over(SENTINEL, "cache-0", "cache-1", api, **knobs)
    calls = shell.read("calls")
    assert calls[-1].startswith(f"10.0.0.0 {UNPAUSE}")
    assert not (shell.directory / "paused").exists()
    assert not any("REPLICAOF" in call or "KILL" in call for call in calls)
    assert api.labels == {}


def test_a_master_that_says_nothing_has_not_caught_up(shell, fail_over) -> None:
    """The first INFO is answered, the ones after it are not."""
    (shell.directory / "bin" / "redis-cli").write_text(
        f"#!/bin/sh\n{REDIS_CLI.replace('less mute && exit 1', 'test -e told && exit 1; : > told')}\n"
    )
    with pytest.raises(Unanswered, match="the replicas do not catch up with the writes$"):
        fail_over(SENTINEL, "cache-0", "cache-1")
    assert not any("SENTINEL FAILOVER" in call for call in shell.read("calls"))
    assert not (shell.directory / "paused").exists()


def test_without_sentinels_redis_itself_pauses(shell, fail_over) -> None:
    api = Api()
    said = fail_over(REPLICATED, "cache-0", "cache-1", api, HEIR="10.0.0.1")
    assert said == "planned failover: Pod apps/cache-1 took over from Pod cache-0"
    assert shell.read("calls") == [
        "10.0.0.0 FAILOVER TO 10.0.0.1 6379 TIMEOUT 20000",
        "10.0.0.0 ROLE",
        "10.0.0.2 REPLICAOF 10.0.0.1 6379",
        f"10.0.0.0 {KILL}",
    ]
    assert api.labels == {"cache-1": "master", "cache-0": "slave"}


def test_in_a_cluster_the_new_master_asks(shell, fail_over) -> None:
    said = fail_over(CLUSTER, "cache-leader-0", "cache-follower-0", HEIR="10.0.0.0")
    assert said == "planned failover: Pod apps/cache-follower-0 took over from Pod cache-leader-0"
    assert shell.read("calls") == ["10.0.0.0 CLUSTER FAILOVER", "10.0.0.0 ROLE"]


@pytest.mark.parametrize(
    ("flavour", "old", "new", "knobs", "text"),
    [
        (
            *(REPLICATED, "cache-0", "cache-1", {"ANSWER": "ERR FAILOVER target HOST is not a replica."}),
            f"{FAILED}ERR FAILOVER target HOST is not a replica.",
        ),
        (
            *(REPLICATED, "cache-0", "cache-1", {"HEIR": ""}),
            f"{FAILED}the replica did not catch up with the writes",
        ),
        (
            *(CLUSTER, "cache-leader-0", "cache-follower-0", {"ANSWER": "ERR Master is down or failed"}),
            "Pod apps/cache-follower-0: the planned failover did not happen: ERR Master is down or failed",
        ),
        (
            *(CLUSTER, "cache-leader-0", "cache-follower-0", {"HEIR": "10.9.9.9"}),
            "Pod apps/cache-follower-0: the planned failover did not happen: the master did not hand over its slots",
        ),
    ],
)
def test_when_redis_itself_does_not(shell, fail_over, flavour, old, new, knobs, text) -> None:
    if flavour is CLUSTER:
        shell.write(master="10.0.0.7\n")
    with pytest.raises(Unanswered, match=f"^{re.escape(text)}$"):
        fail_over(flavour, old, new, **knobs)
    assert not any("REPLICAOF" in call or "KILL" in call for call in shell.read("calls"))


@pytest.mark.parametrize("password", ["", "correct-horse"])
def test_the_password_comes_from_the_environment(shell, fail_over, password) -> None:
    fail_over(REPLICATED, "cache-0", "cache-1", HEIR="10.0.0.1", REDIS_PASSWORD=password)
    assert shell.read("auth") == [password]


def test_who_may_not_label_pods_fails_over_all_the_same(fail_over) -> None:
    api = Api(ApiError("forbidden", 403, {}))
    assert fail_over(REPLICATED, "cache-0", "cache-1", api, HEIR="10.0.0.1").startswith("planned failover")


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (EngineError("Pod apps/cache-0: sh gave no answer: timed out"), "may not have happened: Pod apps/cache-0: sh"),
        (Output(137, "", ""), "did not happen: exit code 137"),
        (Output(2, "", "sh: redis-cli: not found\n"), "did not happen: sh: redis-cli: not found"),
    ],
)
def test_a_script_that_was_cut_off(monkeypatch, outcome, text) -> None:
    def execute(*_arguments: Any, **_options: Any) -> Output:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(failover, "execute", execute)
    found = view(REPLICATED)
    members = found.state.members
    with pytest.raises(Unanswered, match=f"^Pod apps/cache-0: the planned failover {text}"):
        failover.fail_over(Api(), found.plan, found.state, members["cache-0"], members["cache-1"])
