from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml

from lab import environment, model
from lab.model import Lab


@pytest.fixture
def lab(tmp_path):
    def make(level):
        lab = Lab("test", level, tmp_path)
        lab.state.mkdir(exist_ok=True)
        (lab.state / "lab.json").write_text(json.dumps({"level": level, "ports": {"api": 1, "aws": 4566}}))
        return lab

    return make


def test_full_level_has_everything_a_shell_needs(lab):
    found = environment.variables(lab(model.FULL))
    assert found["AWS_ENDPOINT_URL"] == "http://aws.lab.internal:4566"
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "us-east-1"
    assert found["KUBECONFIG"].endswith("/test/kubeconfig")
    assert found["ANSIBLE_INVENTORY"].endswith("/test/inventory.yml")
    assert os.path.isdir(f"{found['ANSIBLE_COLLECTIONS_PATH']}/ansible_collections/eks/redis/tests/lab")


def test_control_plane_level_knows_no_aws(lab):
    assert not [name for name in environment.variables(lab(model.CONTROL_PLANE)) if name.startswith("AWS_")]


def test_own_programs_come_first_and_once(lab, monkeypatch):
    full = lab(model.FULL)
    for _turn in range(2):
        path = environment.variables(full)["PATH"]
        monkeypatch.setenv("PATH", path)
    assert path.split(":")[:2] == [str(full.bin), os.path.dirname(sys.executable)]
    assert path.split(":").count(str(full.bin)) == 1


def test_proxies_are_passed_by(lab, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "10.0.0.1")
    monkeypatch.delenv("no_proxy", raising=False)
    found = environment.variables(lab(model.FULL))
    assert found["NO_PROXY"] == found["no_proxy"] == "127.0.0.1,aws.lab.internal,10.0.0.1"


def test_exports_survive_a_shell():
    values = {"A": "with space", "B": 'it\'s $HOME `x` "q"', "C": ""}
    script = environment.exports(values) + "exec env -0 -u _"
    printed = subprocess.run(["sh", "-c", script], text=True, capture_output=True, check=True, env={}).stdout
    seen = dict(line.split("=", 1) for line in printed.split("\0") if line)
    assert {name: seen[name] for name in values} == values


def test_inventory_brings_the_operator_of_the_laboratory(lab, tmp_path):
    full = lab(model.FULL)
    environment.write_inventory(full, tmp_path / "chart", "v0.23.0")
    host = yaml.safe_load(full.inventory.read_text())["all"]["hosts"]["localhost"]
    assert host == {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "operator_chart": str(tmp_path / "chart"),
        "operator_version": "v0.23.0",
    }
