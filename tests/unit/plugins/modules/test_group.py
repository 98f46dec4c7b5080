"""module_defaults of an action group reach every module that has its options, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

COLLECTION = Path(__file__).parents[4]


@pytest.mark.parametrize(("group", "options"), [("redis", "**AUTH_OPTIONS"), ("aws", "**options.OPTIONS")])
def test_the_group_has_the_modules_with_its_options(group: str, options: str) -> None:
    members = yaml.safe_load((COLLECTION / "meta" / "runtime.yml").read_text())["action_groups"][group]
    modules = (COLLECTION / "plugins" / "modules").glob("*.py")
    assert members == sorted(path.stem for path in modules if options in path.read_text())
