"""Replication groups of the laboratory: their addresses, what they are told apart by, how they are announced."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab import process
from lab.aws.stand_in import stand_in
from lab.elasticache import figures, inside, plane
from lab.elasticache.plane import Plane
from lab.model import FULL, Lab, LabError

TOKEN = "correct-horse-battery"
GIVEN = {"shards": 2, "replicas": 1, "tls": True, "token": TOKEN, "events": "AKE"}


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab("lab", FULL, tmp_path)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Commands and processes that a start would run, and those that announce it."""
    ran: list[str] = []
    monkeypatch.setattr(inside, "_ip", lambda _lab, command: ran.append(command))
    monkeypatch.setattr(process, "start", lambda _lab, each: ran.extend(one.name for one in each))
    monkeypatch.setattr(process, "stop", lambda _lab, name: ran.append(f"stop {name}"))
    monkeypatch.setattr(Plane, "form", lambda _plane: None)
    monkeypatch.setattr(inside, "_announce", lambda _lab, running: ran.append(f"announce {running.name}"))
    return ran


def test_every_node_has_an_address_of_the_machines_network(lab: Lab, started: list[str]) -> None:
    inside.start(lab, "one", **GIVEN)
    inside.start(lab, "other", shards=1, replicas=1)
    of = {name: [node.host for node in inside.find(lab, name).nodes] for name in ("one", "other")}
    assert of == {"one": [f"198.18.0.{end}" for end in range(100, 104)], "other": ["198.18.0.104", "198.18.0.105"]}
    assert started[:9] == [
        *(f"address replace 198.18.0.{end}/24 dev lab0" for end in range(100, 104)),
        *(f"elasticache-one-{shard:04}-{node:03}" for shard in (1, 2) for node in (1, 2)),
        "announce one",
    ]


def test_a_second_start_is_the_same_group(lab: Lab, started: list[str]) -> None:
    first, again = inside.start(lab, "one", **GIVEN), inside.start(lab, "one", **GIVEN)
    assert again == first


@pytest.mark.parametrize(
    "other", [{"shards": 3}, {"replicas": 0}, {"tls": False}, {"token": TOKEN[::-1]}, {"events": ""}]
)
def test_another_group_of_that_name_is_refused(lab: Lab, started: list[str], other: dict[str, object]) -> None:
    inside.start(lab, "one", **GIVEN)
    with pytest.raises(LabError, match="'one' runs with other settings; stop it first"):
        inside.start(lab, "one", **{**GIVEN, **other})


def test_there_are_as_many_nodes_as_addresses(lab: Lab, started: list[str]) -> None:
    inside.start(lab, "one", shards=30, replicas=4)
    with pytest.raises(LabError, match=r"elasticache: 6 nodes, and 198.18.0.0/24 has 5 addresses left; stop another"):
        inside.start(lab, "other", shards=1, replicas=5)


def test_a_start_that_was_cut_off_is_made_anew(lab: Lab, started: list[str]) -> None:
    inside.start(lab, "one", **GIVEN)
    (lab.state / "elasticache" / "one" / plane.FILE).unlink()
    assert inside.start(lab, "one", shards=1, replicas=0).nodes[0].host == "198.18.0.100"


def test_programs_are_told_where_it_is(lab: Lab, started: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plane, "role", lambda each, node: "primary" if node is each.shards[0][0] else "replica")
    running = inside.start(lab, "one", shards=1, replicas=1)
    assert json.loads(inside.told(running)) == {
        "replication_group_id": "one",
        "primaries": [["198.18.0.100", 6379]],
        "ca": None,
    }


def test_the_stand_in_is_told_of_it_and_forgets_it(
    lab: Lab, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("NO_PROXY", "*")
    folder = lab.state / "elasticache" / "one"
    running = plane.create(folder, "one", inside._addresses(lab, 4), **GIVEN)
    with stand_in() as aws:
        account = aws.account()
        monkeypatch.setattr(inside, "_account", lambda _lab: account)
        for _twice in range(2):
            inside._announce(lab, running)
        elasticache = account.client("elasticache")
        (group,) = elasticache.describe_replication_groups()["ReplicationGroups"]
        assert group["ConfigurationEndpoint"] == {"Address": "198.18.0.100", "Port": 6379}
        assert (group["TransitEncryptionMode"], group["AuthTokenEnabled"], group["MultiAZ"]) == (
            "required",
            True,
            "enabled",
        )
        assert len(group["NodeGroups"]) == 2
        changed = elasticache.describe_cache_parameters(CacheParameterGroupName="one-parameters", Source="user")
        values = {each["ParameterName"]: each["ParameterValue"] for each in changed["Parameters"]}
        assert values == {
            "cluster-enabled": "yes",
            "notify-keyspace-events": "AKE",
            "maxmemory-policy": "volatile-lru",
        }
        told = account.client("cloudwatch").list_metrics(Namespace=figures.NAMESPACE, MetricName="CurrItems")["Metrics"]
        assert {each["Dimensions"][0]["Value"] for each in told} == {node.name for node in running.nodes}
        monkeypatch.setattr(inside, "_ip", lambda _lab, _command: None)
        monkeypatch.setattr(process, "stop", lambda _lab, _name: None)
        inside.stop(lab, "one")
        assert elasticache.describe_replication_groups()["ReplicationGroups"] == []
    assert not folder.exists()
