"""What Ansible's own process loads before it forks one for each task."""

from __future__ import annotations

import subprocess
import sys

import pytest

PLUGINS = "ansible_collections.eks.redis.plugins"


@pytest.mark.parametrize(
    ("loaded", "wanted"),
    [
        ("in_process", ["kubernetes.config", f"{PLUGINS}.filter.role_name", f"{PLUGINS}.filter.manifests"]),
        ("aws_in_process", ["boto3", "botocore.httpsession", f"{PLUGINS}.filter.role_name"]),
    ],
)
def test_it_is_loaded_with_the_actions(loaded: str, wanted: list[str]) -> None:
    asked = f"import sys, {PLUGINS}.plugin_utils.{loaded}; print(*(set({wanted}) - sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
