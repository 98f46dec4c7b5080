"""A task of the collection does the same in Ansible's own process and as a module on a host."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import runs
import yaml

TOKEN = "in-process-token-4711"


@pytest.fixture
def play(cluster, namespace, tmp_path):
    """Runs one task; ``keywords`` stand beside its options. Its result is in ``result.json``."""

    def run(keywords: dict[str, Any], module: str = "instance", **options: Any) -> runs.Play:
        if module == "instance":
            options = {"name": "cache", "namespace": namespace, **options}
        task = {
            f"eks.redis.{module}": {"wait": False, **options},
            "register": "told",
            **keywords,
        }
        keep = {"ansible.builtin.copy": {"content": "{{ told | to_json }}", "dest": str(tmp_path / "result.json")}}
        content = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task, keep]}]
        (tmp_path / "play.yml").write_text(yaml.safe_dump(content))
        return runs.ansible(str(tmp_path / "play.yml"), kubeconfig=cluster.kubeconfig, directory=tmp_path)

    return run


@pytest.fixture
def elsewhere(tmp_path) -> dict[str, Any]:
    """The keywords of a task that another Python runs, as a module."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return {"vars": {"ansible_python_interpreter": str(python)}}


def result(directory: Path) -> dict[str, Any]:
    found = json.loads((directory / "result.json").read_text())
    # what Ansible adds for one way only
    return {key: value for key, value in found.items() if key not in ("invocation", "deprecations")}


def test_neither_way_leaves_the_key_of_the_kubeconfig_in_a_file(play, elsewhere, tmp_path, monkeypatch) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setenv("TMPDIR", str(kept))
    for keywords in ({}, elsewhere):
        assert play({**keywords, "check_mode": True}).code == 0
        assert list(kept.iterdir()) == []


def test_both_ways_say_the_same(play, elsewhere, tmp_path) -> None:
    options = {
        "flavour": {"metrics": {"enabled": True}, "topologySpreadConstraints": []},
        "root": {"authentication": {"enabled": True, "authToken": TOKEN}},
    }
    told = []
    for keywords in ({}, elsewhere):
        done = play({**keywords, "check_mode": True, "diff": True}, **options)
        assert done.code == 0, done.output
        assert TOKEN not in done.output
        told.append(result(tmp_path))
    assert told[0] == told[1]
    assert told[0]["counts"]["created"] > 2
    assert told[0]["diff"]


@pytest.mark.parametrize(
    "options",
    [
        {"flavour": {"deployment": {"mode": "ring"}}},
        {"flavour": {}, "flavor": 1},
        {"flavour": {}, "timeout": "soon"},
        {"flavour": {}, "flavour_file": "f.json"},
        {"flavour": {}, "kubeconfig": "/nowhere"},
    ],
    ids=["contract", "unknown option", "type", "exclusive", "kubeconfig"],
)
def test_both_ways_refuse_the_same(play, elsewhere, options) -> None:
    here, there = play({}, **options), play(elsewhere, **options)
    assert (here.code, there.code) == (2, 2)
    assert here.errors == there.errors
    assert here.errors[0]


def test_the_environment_of_a_task_counts(play) -> None:
    done = play({"environment": {"K8S_AUTH_KUBECONFIG": "/not/there"}}, flavour={})
    assert "/not/there" in done.errors[0]


@pytest.mark.parametrize("module", ["instance", "fleet"])
def test_it_tells_what_it_waits_for(play, namespace, module) -> None:
    # nobody makes pods here
    one = {"flavour": {}}
    where = f"{namespace}/cache: " if module == "fleet" else ""
    options = {"instances": [{"name": "cache", "namespace": namespace, **one}]} if where else one
    done = play({}, module, **options, wait=True, timeout=5)
    assert re.search(rf"^ +\d+ s  {where}StatefulSet cache does not exist yet$", done.output, re.MULTILINE), done.output


def test_it_may_run_in_the_background(play, tmp_path) -> None:
    done = play({"async": 120, "poll": 1}, flavour={})
    assert done.code == 0, done.output
    assert result(tmp_path)["counts"]["created"] > 0
