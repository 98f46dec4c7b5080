from __future__ import annotations

import pytest

from lab import golang
from lab.model import LabError


@pytest.mark.parametrize(
    ("version", "expected"),
    [("go1.26.8", "local"), ("go1.27rc1", "local"), ("go2.0", "local"), ("go1.25.4", "auto"), ("go1.21.0", "auto")],
)
def test_toolchain_is_fetched_only_where_it_is_needed(version, expected):
    assert golang.toolchain(version, (1, 26)) == expected


@pytest.mark.parametrize("version", ["go1.19.8", "go1.20", "devel"])
def test_too_old_a_go_is_named(version):
    with pytest.raises(LabError, match=rf"^go: {version} is too old; install Go 1\.26 or newer"):
        golang.toolchain(version, (1, 26))


def test_absent_go_is_one_clear_line(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(LabError, match=r"^go: not found; install Go 1\.26 or newer \(https://go\.dev/dl\)$"):
        golang.environment((1, 26))


@pytest.mark.parametrize("line", ["require a.b/c v1.2.3", "require (\n\ta.b/c v1.2.3 // indirect\n)"])
def test_pin_is_read_from_either_form(line):
    assert golang.pinned(f"module x\n\ngo 1.26.0\n\n{line}\n", "a.b/c") == "v1.2.3"


def test_missing_pin_is_an_error():
    with pytest.raises(ValueError, match=r"does not require a\.b/c"):
        golang.pinned("module x\nrequire a.b/c/d v1.0.0\n", "a.b/c")


def test_required_version():
    assert golang.required("module x\n\ngo 1.26.0\n") == (1, 26)
