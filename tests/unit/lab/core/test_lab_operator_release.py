from __future__ import annotations

import pytest

from lab import cache, golang, operator_release
from lab.model import LabError
from lab.operator_release import BINARY_VARIABLE, CHART_VARIABLE


@pytest.fixture
def chart(tmp_path, monkeypatch):
    monkeypatch.delenv(BINARY_VARIABLE, raising=False)
    monkeypatch.setenv(CHART_VARIABLE, str(tmp_path))
    (tmp_path / "Chart.yaml").write_text('name: redis-operator\nappVersion: "0.26.0"\n')
    return tmp_path


@pytest.mark.parametrize("version", ["0.26.0", "v0.26.0"])
def test_given_chart_names_the_image_s_tag(chart, version):
    (chart / "Chart.yaml").write_text(f"appVersion: {version}\n")
    found = operator_release.release()
    assert (found.version, found.chart, found.binary) == ("v0.26.0", chart, None)


def test_given_binary(chart, monkeypatch):
    (chart / "manager").write_text("")
    monkeypatch.setenv(BINARY_VARIABLE, str(chart / "manager"))
    assert operator_release.release().binary == chart / "manager"


def test_binary_that_is_not_there(chart, monkeypatch):
    monkeypatch.setenv(BINARY_VARIABLE, "/nonexistent/manager")
    with pytest.raises(LabError, match="^LAB_OPERATOR_BINARY: '/nonexistent/manager' is not a file$"):
        operator_release.release()


def test_chart_that_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv(CHART_VARIABLE, str(tmp_path))
    with pytest.raises(LabError, match="^LAB_OPERATOR_CHART: '.*' is not a folder with a Chart.yaml$"):
        operator_release.release()


def test_chart_without_a_version(chart):
    (chart / "Chart.yaml").write_text("name: redis-operator\n")
    with pytest.raises(LabError, match="^LAB_OPERATOR_CHART: .*/Chart.yaml has no appVersion"):
        operator_release.release()


def test_own_release_is_the_one_that_go_mod_pins(tmp_path, monkeypatch):
    for variable in (BINARY_VARIABLE, CHART_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    pin = golang.pinned((operator_release.FOLDER / "go.mod").read_text(), operator_release.MODULE)
    cached = tmp_path / "eks-redis" / "lab" / "charts" / pin / "redis-operator"
    cached.mkdir(parents=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = operator_release.release()
    assert (found.version, found.chart, found.binary) == (pin, cached, None)
    assert found.chart.is_relative_to(cache.folder())
