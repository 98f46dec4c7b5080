"""The release that every set names."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.eks.redis.plugins.module_utils.datapath.version import VERSION


def test_it_is_the_one_of_the_collection() -> None:
    galaxy = next(folder / "galaxy.yml" for folder in Path(__file__).parents if (folder / "galaxy.yml").exists())
    assert yaml.safe_load(galaxy.read_text())["version"] == VERSION
