"""What is known not to be there, each with the command that makes it so."""

from __future__ import annotations

import shlex

import pytest

from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group
from ansible_collections.eks.redis.plugins.module_utils.exit.missing import events, unready
from ansible_collections.eks.redis.plugins.module_utils.exit.ways import ways

from .made import CLUSTER, ONE, SERVERLESS, change, parameters


def commands(line: str) -> list[dict[str, str]]:
    """The options of each command in it, and which one it is."""
    found = []
    for command in ("aws " + line.partition(": aws ")[2]).split("; "):
        words = shlex.split(command)
        assert words[:2] == ["aws", "elasticache"]
        at = [*(number for number, word in enumerate(words) if word.startswith("--")), len(words)]
        options = {words[one]: " ".join(words[one + 1 : after]) for one, after in zip(at, at[1:], strict=False)}
        found.append({"command": words[2], **options})
    return found


@pytest.mark.parametrize(
    ("given", "wanted"), [("", "AE"), ("K", "AEK"), ("KA", "AEK"), ("Ex", "AE"), ("KElgm", "AEKm"), ("E$", "AE")]
)
def test_events_of_a_group_of_ones_own(given: str, wanted: str) -> None:
    (line,) = events(change(ONE, parameters=parameters(notify_keyspace_events=given)))
    assert line.startswith(f"notify-keyspace-events is '{given}', it must hold A and E: ")
    (command,) = commands(line)
    assert command == {
        "command": "modify-cache-parameter-group",
        "--region": "us-east-1",
        "--cache-parameter-group-name": "shop",
        "--parameter-name-values": f"ParameterName=notify-keyspace-events,ParameterValue={wanted}",
    }


@pytest.mark.parametrize(("group", "clustered"), [(ONE, False), (CLUSTER, True)])
def test_a_default_group_is_left_for_one_of_ones_own(group: Group, clustered: bool) -> None:
    (line,) = events(group)
    assert "default.redis7 is a group of AWS's own, which cannot be changed" in line
    made, changed, given = commands(line)
    assert [made["command"], changed["command"], given["command"]] == [
        "create-cache-parameter-group",
        "modify-cache-parameter-group",
        "modify-replication-group",
    ]
    assert made["--cache-parameter-group-family"] == "redis7"
    assert {each["--cache-parameter-group-name"] for each in (made, changed, given)} == {"shop-prod-exit"}
    assert ("ParameterName=cluster-enabled,ParameterValue=yes" in changed["--parameter-name-values"]) == clustered


@pytest.mark.parametrize(
    "group", [SERVERLESS, *(change(ONE, parameters=parameters(notify_keyspace_events=one)) for one in ("AKE", "AE"))]
)
def test_no_command_where_none_is_needed_or_there_is_none(group: Group) -> None:
    assert list(events(group)) == []


def test_a_group_that_aws_is_at_work_on() -> None:
    group = change(ONE, status="modifying", parameters=parameters(notify_keyspace_events="AE"))
    assert list(unready(ONE)) == []
    assert [list(way.missing) for way in ways(group)] == [
        ["replication group shop-prod is modifying: wait until it is available"]
    ] * 2
    assert next(unready(change(SERVERLESS, status="modifying"))).startswith("serverless cache shop-prod is modifying")


def test_only_the_live_way_needs_events() -> None:
    live, snapshot = ways(ONE)
    assert [line.partition(" ")[0] for line in live.missing] == ["notify-keyspace-events"]
    assert snapshot.missing == ()
