"""module_defaults for group/eks.redis.redis reach every module that talks to a cluster, and no other."""

from __future__ import annotations

from pathlib import Path

import yaml

COLLECTION = Path(__file__).parents[4]


def test_the_group_has_the_modules_with_kubernetes_options() -> None:
    group = yaml.safe_load((COLLECTION / "meta" / "runtime.yml").read_text())["action_groups"]["redis"]
    modules = (COLLECTION / "plugins" / "modules").glob("*.py")
    assert group == sorted(path.stem for path in modules if "**AUTH_OPTIONS" in path.read_text())
