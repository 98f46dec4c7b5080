"""Helm charts that Go modules carry, as copies: the module cache is not ours to point at and may be emptied."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from lab import cache, golang


def of(module: str, folder: Path, chart: str) -> Path:
    """The chart of the version that a go.mod pins. folder: that of go.mod. chart: its folder in the module."""
    go_mod = (folder / "go.mod").read_text()
    path = cache.folder() / "charts" / golang.pinned(go_mod, module) / Path(chart).name
    if path.exists():
        return path
    environment = golang.environment(golang.required(go_mod))
    golang.go(["mod", "download", module], folder, environment)
    carried = Path(golang.go(["list", "-m", "-f", "{{.Dir}}", module], folder, environment).strip())
    path.parent.mkdir(parents=True, exist_ok=True)
    with cache.locked("charts"), tempfile.TemporaryDirectory(dir=path.parent) as temporary:
        copy = Path(temporary) / path.name
        # contents only: files of the module cache are read-only
        shutil.copytree(carried / chart, copy, copy_function=shutil.copyfile)
        for each in (copy, *(found for found in copy.rglob("*") if found.is_dir())):
            each.chmod(0o755)
        if not path.exists():
            copy.rename(path)
    return path
