from __future__ import annotations

import pytest

from lab import artifacts, golang
from lab.artifacts import Artifact

GO_MOD = """\
module example
go 1.26.0
require k8s.io/kubernetes v1.34.4 // indirect
"""
OURS = Artifact("tool", "one", "./tool")
THEIRS = Artifact("kubelet", "one", "k8s.io/kubernetes/cmd/kubelet", "k8s.io/kubernetes")


@pytest.fixture(autouse=True)
def modules(tmp_path, monkeypatch):
    (tmp_path / "one" / "tool").mkdir(parents=True)
    (tmp_path / "one" / "go.mod").write_text(GO_MOD)
    (tmp_path / "one" / "go.sum").write_text("sums")
    (tmp_path / "one" / "tool" / "main.go").write_text("package main")
    monkeypatch.setattr(golang, "MODULES", tmp_path)
    return tmp_path


def test_key_is_stable():
    assert artifacts.key(OURS, "go1.26.0") == artifacts.key(OURS, "go1.26.0")


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "tool/main.go"])
def test_key_follows_what_the_binary_is_made_of(modules, file):
    before = artifacts.key(OURS, "go1.26.0")
    path = modules / "one" / file
    path.write_text(path.read_text() + "\n// changed")
    assert artifacts.key(OURS, "go1.26.0") != before


def test_key_follows_the_compiler():
    assert artifacts.key(OURS, "go1.26.0") != artifacts.key(OURS, "go1.26.1")


def test_our_sources_do_not_touch_the_binaries_of_others(modules):
    before = artifacts.key(THEIRS, "go1.26.0")
    (modules / "one" / "tool" / "main.go").write_text("package main // changed")
    assert artifacts.key(THEIRS, "go1.26.0") == before


def test_version_is_the_one_that_go_mod_pins():
    flags = artifacts.ldflags(THEIRS).split()
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        assert f"{package}.gitVersion=v1.34.4" in flags
        assert f"{package}.gitMajor=1" in flags
        assert f"{package}.gitMinor=34" in flags
    assert artifacts.ldflags(OURS) == "-s -w"


def test_every_artifact_of_the_laboratory_has_a_key(monkeypatch):
    monkeypatch.undo()
    keys = [artifacts.key(artifact, "go1.26.0") for artifact in artifacts.ARTIFACTS.values()]
    assert len(set(keys)) == len(artifacts.ARTIFACTS)
    assert set(artifacts.CONTROL_PLANE_ARTIFACTS) <= set(artifacts.ARTIFACTS)


def test_a_start_builds_nothing_that_only_runs_when_asked_for():
    assert set(artifacts.ARTIFACTS) - set(artifacts.FULL_ARTIFACTS) == {"cert-manager"}
