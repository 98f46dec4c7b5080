from __future__ import annotations

import pytest

from lab import cert_manager, charts, golang, operator_release


@pytest.mark.parametrize("program", [operator_release, cert_manager])
def test_chart_is_that_of_the_version_that_go_mod_pins(program, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pin = golang.pinned((program.FOLDER / "go.mod").read_text(), program.MODULE)
    cached = tmp_path / "eks-redis" / "lab" / "charts" / pin / program.CHART.rpartition("/")[2]
    cached.mkdir(parents=True)
    assert charts.of(program.MODULE, program.FOLDER, program.CHART) == cached


def test_chart_is_copied_so_that_it_can_be_removed(tmp_path, monkeypatch):
    """The module cache is read-only, and may be emptied."""
    module = tmp_path / "module"
    (module / "deploy" / "chart" / "templates").mkdir(parents=True)
    (module / "deploy" / "chart" / "templates" / "rbac.yaml").write_text("kind: Role\n")
    for path in sorted(module.rglob("*"), reverse=True):
        path.chmod(0o444 if path.is_file() else 0o555)
    folder = tmp_path / "go"
    folder.mkdir()
    (folder / "go.mod").write_text("module example\ngo 1.26.0\nrequire example.com/it v1.0.0\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(golang, "environment", lambda needed: {})
    monkeypatch.setattr(golang, "go", lambda arguments, *_: f"{module}\n" if arguments[0] == "list" else "")
    found = charts.of("example.com/it", folder, "deploy/chart")
    assert (found / "templates" / "rbac.yaml").read_text() == "kind: Role\n"
    assert all(path.stat().st_mode & 0o200 for path in (found, *found.rglob("*")))
    assert charts.of("example.com/it", folder, "deploy/chart") == found
