"""What `up` does with a laboratory that is there; the start itself is what every other test of the laboratory shows."""

from __future__ import annotations

import json

import pytest

from lab import up
from lab.model import FULL, Lab, LabError

OPERATOR = "v1"


@pytest.fixture
def running(tmp_path, monkeypatch):
    """A laboratory of three nodes that is well; what would be started is noted."""
    lab = Lab("test", FULL, tmp_path)
    lab.state.mkdir()
    lab.complete.touch()
    (lab.state / "lab.json").write_text(
        json.dumps({"level": FULL, "size": 3, "ports": {}, "operator": OPERATOR, "toolbox": "jobs-1"})
    )
    monkeypatch.setenv("LAB_HOME", str(tmp_path))
    monkeypatch.setattr(up.model, "SOCKET_PATH", 4096)
    monkeypatch.setattr(up.health, "settled", lambda lab: [])
    monkeypatch.setattr(up.operator_release, "release", lambda: OPERATOR)
    monkeypatch.setattr(up, "build", lambda level: up.Prepared({}, OPERATOR))
    monkeypatch.setattr(up.images, "build_toolbox", lambda: tmp_path / "jobs-1")
    return lab


@pytest.fixture
def added(running, monkeypatch):
    nodes = []

    def add(lab, missing, prepared):
        assert not lab.complete.exists()  # cut off here, it is started afresh
        nodes.extend(node.name for node in missing)

    monkeypatch.setattr(up, "_add_nodes", add)
    return nodes


def test_nodes_that_are_missing_are_added_and_remembered(running, added):
    up.up(Lab("test", FULL, running.home, 6))
    assert added == ["node-a2", "node-b2", "node-c2"]
    assert running.facts()["size"] == 6
    assert running.complete.exists()
    up.up(Lab("test", FULL, running.home, 6))
    assert len(added) == 3


def test_nodes_that_are_there_stay(running, added):
    up.up(Lab("test", FULL, running.home, 6))
    up.up(Lab("test", FULL, running.home, 3))
    assert running.facts()["size"] == 6


def test_another_operator_is_refused_before_nodes_are_added(running, added, monkeypatch):
    monkeypatch.setattr(up.operator_release, "release", lambda: "v2")
    with pytest.raises(LabError, match="^laboratory 'test' runs with operator v1, not v2; stop it first$"):
        up.up(Lab("test", FULL, running.home, 6))
    assert added == []


def test_other_jobs_are_brought_to_every_node_once(running, added, monkeypatch):
    loaded = []
    monkeypatch.setattr(up.node, "load", lambda lab, node, archive, unpack: loaded.append((node.name, archive.name)))
    up.up(running)
    assert loaded == []
    monkeypatch.setattr(up.images, "build_toolbox", lambda: running.home / "jobs-2")
    up.up(running)
    up.up(running)
    assert sorted(loaded) == [(f"node-{zone}", "jobs-2") for zone in "abc"]
