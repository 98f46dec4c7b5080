from __future__ import annotations

import ipaddress
import json

import pytest

from lab import model
from lab.model import LabError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAB_HOME", "/l")
    return tmp_path


@pytest.mark.parametrize("name", ["", "Lab", "a_b", "-a", "a-", "1lab", "../lab", "a" * 13])
def test_bad_name_is_refused(name):
    with pytest.raises(LabError, match=f"^name: '{name}' is not a laboratory's name; allowed: "):
        model.find(name)


@pytest.mark.parametrize("name", ["lab", "a", "cp-2", "a" * 12])
def test_good_name(name):
    assert model.find(name).cgroup == f"ekslab-{name}"


def test_too_long_a_home_is_refused(monkeypatch):
    monkeypatch.setenv("LAB_HOME", "/" + "x" * 60)
    with pytest.raises(LabError, match="^LAB_HOME: .* exceeds 107 bytes; choose a shorter one$"):
        model.find("lab")


def test_level_and_size_are_those_it_was_started_with(home, monkeypatch):
    monkeypatch.setenv("LAB_HOME", str(home)[-40:])
    monkeypatch.setattr(model, "home", lambda: home)
    monkeypatch.setattr(model, "SOCKET_PATH", 4096)
    assert model.find("cp").level == model.FULL
    (home / "cp").mkdir()
    assert model.find("cp").size == 3
    facts = {"level": model.CONTROL_PLANE, "size": 6, "ports": {"api": 1}}
    (home / "cp" / "lab.json").write_text(json.dumps(facts))
    assert model.find("cp").level == model.CONTROL_PLANE
    assert model.find("cp").ports == {"api": 1}
    assert model.find("cp", model.FULL).level == model.FULL
    assert len(model.find("cp", model.FULL).nodes) == 6
    assert len(model.find("cp", model.FULL, 3).nodes) == 3


@pytest.mark.parametrize("size", model.SIZES)
def test_zones_have_as_many_nodes_each_without_overlap(size):
    nodes = model.find("lab", model.FULL, size).nodes
    assert [node.zone for node in nodes] == ["us-east-1a", "us-east-1b", "us-east-1c"] * (size // 3)
    machines, pods, services = (ipaddress.ip_network(cidr) for cidr in (model.MACHINES, model.PODS, model.SERVICES))
    benchmark = ipaddress.ip_network("198.18.0.0/15")
    assert not pods.overlaps(services)
    assert not machines.overlaps(services) and not machines.overlaps(pods)
    assert all(found.subnet_of(benchmark) for found in (machines, pods, services))
    for node in nodes:
        assert ipaddress.ip_address(node.address) in machines
        assert ipaddress.ip_network(node.pod_cidr).subnet_of(pods)
    for kind in ("name", "address", "pod_cidr", "instance_id", "state"):
        assert len({getattr(node, kind) for node in nodes}) == size


def test_instance_ids_look_like_those_of_ec2():
    node = model.find("lab", model.FULL).sites[3]
    assert node.instance_id == "i-000000000000000a2"
    assert node.provider_id == "aws:///us-east-1a/i-000000000000000a2"


def test_control_plane_level_has_no_nodes():
    assert model.find("cp", model.CONTROL_PLANE).nodes == ()
