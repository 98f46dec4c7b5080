from __future__ import annotations

import subprocess

import pytest

from lab import packages
from lab.model import CONTROL_PLANE, FULL, LabError

NAMES = {package.name for package in packages.PACKAGES}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with packages; calls of apt-get are noted, with whether services were forbidden meanwhile."""

    class Machine:
        present = set(NAMES)
        fails = []
        calls = []

        def apt(self, *arguments):
            self.calls.append((arguments[0], arguments[-1], packages.POLICY.exists()))
            failed = bool(self.fails) and self.fails.pop(0)
            return subprocess.CompletedProcess(arguments, 100 if failed else 0, "", "E: Unable to locate package x")

    found = Machine()
    found.calls, found.fails = [], []
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(packages, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(packages, "installed", lambda: found.present)
    monkeypatch.setattr(packages, "_apt", found.apt)
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    return found


def test_nothing_is_done_when_all_is_there(machine):
    packages.install(FULL)
    assert machine.calls == []


def test_missing_package_is_installed_without_service_starts(machine):
    machine.present = NAMES - {"socat"}
    packages.install(FULL)
    assert machine.calls == [("install", "socat", True)]
    assert not packages.POLICY.exists()


def test_lists_are_fetched_only_when_they_do_not_do(machine):
    machine.present = NAMES - {"socat"}
    machine.fails = [True]
    packages.install(FULL)
    assert [call[0] for call in machine.calls] == ["install", "update", "install"]


def test_failure_is_one_line_and_the_policy_goes(machine):
    machine.present = NAMES - {"socat"}
    machine.fails = [True, False, True]
    with pytest.raises(LabError, match="^apt-get install socat failed: E: Unable to locate package x$"):
        packages.install(FULL)
    assert not packages.POLICY.exists()


def test_the_machine_s_own_policy_is_left_alone(machine):
    packages.POLICY.write_text("own")
    machine.present = NAMES - {"socat"}
    packages.install(FULL)
    assert packages.POLICY.read_text() == "own"


def test_control_plane_level_needs_no_containers(machine):
    machine.present = NAMES - {"containerd", "runc"}
    packages.install(CONTROL_PLANE)
    assert machine.calls == []


def test_what_a_test_needs_is_installed_beside(machine):
    assert packages.require("curl", "redis-server") == ["redis-server"]
    assert machine.calls == [("install", "redis-server", True)]
    assert packages.require("curl") == []
