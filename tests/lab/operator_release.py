"""The release of the Opstree operator that a laboratory holds: its own from the Go module proxy, or a given one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from lab import cache, charts, golang
from lab.model import LabError

MODULE = "github.com/OT-CONTAINER-KIT/redis-operator"
FOLDER = golang.MODULES / "operator"
CHART = "charts/redis-operator"
# give these to try another release: a static binary and its chart's folder
BINARY_VARIABLE, CHART_VARIABLE = "LAB_OPERATOR_BINARY", "LAB_OPERATOR_CHART"


@dataclass(frozen=True)
class Release:
    """version: the tag of the image, such as v0.23.0. binary: None for the laboratory's own."""

    version: str
    chart: Path
    binary: Path | None

    def __str__(self) -> str:
        # where our own chart is cached says nothing about the release
        chart = "own chart" if self.chart.is_relative_to(cache.folder()) else self.chart
        return f"{self.version} ({self.binary or 'own binary'}, {chart})"


def release() -> Release:
    """The chart of our own release is named after an older one, so its version comes from go.mod."""
    binary = _given(BINARY_VARIABLE, Path.is_file, "a file")
    chart = _given(CHART_VARIABLE, lambda path: (path / "Chart.yaml").is_file(), "a folder with a Chart.yaml")
    if chart:
        return Release(f"v{_app_version(chart)}", chart, binary)
    version = golang.pinned((FOLDER / "go.mod").read_text(), MODULE)
    return Release(version, charts.of(MODULE, FOLDER, CHART), binary)


def _given(variable: str, fits: Callable[[Path], bool], kind: str) -> Path | None:
    value = os.environ.get(variable)
    if not value:
        return None
    path = Path(value).resolve()
    if not fits(path):
        raise LabError(f"{variable}: '{value}' is not {kind}")
    return path


def _app_version(chart: Path) -> str:
    found = yaml.safe_load((chart / "Chart.yaml").read_text()).get("appVersion")
    if not found:
        raise LabError(f"{CHART_VARIABLE}: {chart}/Chart.yaml has no appVersion; it names the image's tag")
    return str(found).removeprefix("v")
