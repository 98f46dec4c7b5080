"""Which pod a backup is taken from, and whether it still was the right one afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.hosts import Host
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Source
from ansible_collections.eks.redis.plugins.module_utils.datapath.sources import choose, moved

from .made import THIRDS
from .pods import HISTORY, SILENT, cluster, master, replica

LIMITS = Source(max_lag=100, max_silence=12)
MASTER = master("cache-0")


def test_the_replica_that_is_closest_is_the_source() -> None:
    far, near = replica("cache-1", slave_repl_offset="950"), replica("cache-2", slave_repl_offset="995")
    (found,) = choose([MASTER, far, near], "sentinel", LIMITS)
    assert (found.host, found.lag, found.reason) == (near, 5, "")


def test_without_replicas_the_master_is() -> None:
    (found,) = choose([MASTER], "standalone", LIMITS)
    assert (found.host, found.lag, found.reason) == (MASTER, 0, "")


def test_a_replica_that_was_asked_later_is_not_ahead() -> None:
    (found,) = choose([MASTER, replica("cache-1", slave_repl_offset="1007")], "standalone", LIMITS)
    assert found.lag == 0


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ({"loading": "1"}, "it is loading its data"),
        ({"master_sync_in_progress": "1"}, "it is being filled by its master"),
        ({"master_link_status": "down"}, "its link to the master is down"),
        (
            {"master_last_io_seconds_ago": "13"},
            "it has not heard of its master for 13 seconds, 12 are allowed",
        ),
        ({"master_last_io_seconds_ago": "-1"}, "it has not heard of its master for -1 seconds, 12 are allowed"),
        ({"master_replid": "d" * 40}, "it is in another history of writes than the master"),
        ({"slave_repl_offset": "899"}, "it is 101 bytes behind the master, 100 are allowed"),
    ],
)
def test_a_replica_that_does_not_fit(info: dict[str, str], reason: str) -> None:
    bad = replica("cache-1", **info)
    (found,) = choose([MASTER, bad], "standalone", LIMITS)
    assert (found.host, found.lag, found.reason) == (MASTER, 0, f"no replica fits: cache-1: {reason}")
    good = replica("cache-2")
    assert choose([MASTER, bad, good], "standalone", LIMITS)[0].host == good


@pytest.mark.parametrize("info", [{"master_last_io_seconds_ago": "12"}, {"slave_repl_offset": "900"}])
def test_a_replica_that_just_fits(info: dict[str, str]) -> None:
    assert choose([MASTER, replica("cache-1", **info)], "standalone", LIMITS)[0].host.pod == "cache-1"


def test_pods_that_do_not_answer_are_told_where_the_master_is_the_source() -> None:
    (found,) = choose([MASTER, SILENT], "standalone", LIMITS)
    assert found.reason == "no replica fits: cache-9: no answer (INFO: timed out)"


def test_each_shard_has_its_own_source() -> None:
    hosts = cluster(THIRDS)
    hosts[4] = replace(hosts[4], info={**hosts[4].info, "master_link_status": "down"})
    found = choose(hosts, "cluster", LIMITS)
    assert [one.host.pod for one in found] == ["cache-follower-0", "cache-leader-1", "cache-follower-2"]
    assert found[1].reason == "no replica fits: cache-follower-1: its link to the master is down"


@given(st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(["up", "down"])), max_size=6))
def test_whatever_the_replicas_are_one_that_fits_is_taken_before_the_master(seen) -> None:
    replicas = [
        replica(f"cache-{number + 1}", slave_repl_offset=str(1000 - lag), master_link_status=link)
        for number, (lag, link) in enumerate(seen)
    ]
    (found,) = choose([MASTER, *replicas], "standalone", LIMITS)
    fit = [lag for lag, link in seen if link == "up" and lag <= LIMITS.max_lag]
    assert found.lag == (min(fit) if fit else 0)
    assert (found.host is MASTER) == (not fit)


REPLICA = replica("cache-1")
BEFORE = [MASTER, REPLICA]


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (BEFORE, None),
        ([MASTER, replica("cache-1", master_last_io_seconds_ago="60")], None),
        ([MASTER, replica("cache-1", master_link_status="down")], "cache-1: its link to the master is down"),
        (
            [MASTER, replica("cache-1", master_replid="d" * 40)],
            "cache-1 has another role, or another history of writes, than during the backup",
        ),
        (
            [replica("cache-0"), master("cache-1")],
            "a master has changed, or slots have moved, during the backup",
        ),
        ([MASTER, Host("cache-1", "cache-1", error="refused")], "cache-1 does not answer any more: refused"),
        ([SILENT, REPLICA], "there is no master: cache-9 (INFO: timed out), cache-1 (slave)"),
    ],
)
def test_what_may_have_changed_during_a_backup(after: list[Host], reason: str | None) -> None:
    chosen = choose(BEFORE, "sentinel", LIMITS)
    assert moved(chosen, [HISTORY], after, "sentinel") == reason


def test_a_master_may_begin_a_history_with_the_copy_itself() -> None:
    chosen = choose([MASTER], "standalone", LIMITS)
    after = [master("cache-0", master_replid="d" * 40)]
    assert moved(chosen, ["d" * 40], after, "standalone") is None
    assert moved(chosen, [HISTORY], after, "standalone") is not None


def test_slots_that_moved() -> None:
    chosen = choose(cluster(THIRDS), "cluster", LIMITS)
    others = cluster([((0, 5459),), ((5460, 10922),), ((10923, 16383),)])
    assert moved(chosen, [HISTORY] * 3, cluster(THIRDS), "cluster") is None
    assert moved(chosen, [HISTORY] * 3, others, "cluster") == (
        "a master has changed, or slots have moved, during the backup"
    )
