"""What Ansible's own process loads before it forks one for each task."""

from __future__ import annotations

import subprocess
import sys

import pytest

PLUGINS = "ansible_collections.eks.redis.plugins"
K8S_CLIENT = "ansible_collections.kubernetes.core.plugins.module_utils.k8s.client"


@pytest.mark.parametrize(
    ("loaded", "wanted"),
    [
        ("in_process", ["kubernetes.config", K8S_CLIENT, f"{PLUGINS}.filter.role_name", f"{PLUGINS}.filter.manifests"]),
        ("aws_in_process", ["boto3", "botocore.httpsession", f"{PLUGINS}.filter.role_name"]),
    ],
)
def test_it_is_loaded_with_the_actions(loaded: str, wanted: list[str]) -> None:
    asked = f"import sys, {PLUGINS}.plugin_utils.{loaded}; print(*(set({wanted}) - sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_so_are_filters_and_tests_of_ansible_and_no_process_collects_what_is_loaded() -> None:
    asked = f"import gc, sys, {PLUGINS}.plugin_utils.aws_in_process; print(gc.get_freeze_count(), *sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    frozen, *modules = done.stdout.split()
    assert int(frozen) > 0
    # with a number of Ansible's at the end
    assert {"ansible.plugins.filter.core", "ansible.plugins.test.core"} < {name.split("_")[0] for name in modules}
