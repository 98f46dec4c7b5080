"""The container that runs before Redis; what its scripts do to a volume is tested with a real Redis."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.topology.startup import init_container

from .made import instance

RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


def container(**flavour: Any) -> dict[str, Any]:
    made = instance(flavour).flavour
    return init_container(made, made.master.resources)


def test_without_a_volume_it_only_lends_its_security_context() -> None:
    assert container(persistence={"enabled": False}, image="redis:7.2.6", imagePullPolicy="Always") == {
        "enabled": False,
        "image": "redis:7.2.6",
        "imagePullPolicy": "Always",
        "securityContext": RESTRICTED,
    }


@pytest.mark.parametrize(
    ("aof", "message"),
    [
        (True, "the append-only file is new on this volume"),
        (False, "the append-only file is switched off"),
    ],
)
def test_with_a_volume_it_runs_the_script_of_the_setting(aof: bool, message: str) -> None:
    found = container(persistence={"aof": {"enabled": aof}})
    assert found["enabled"] is True
    assert found["command"] == ["sh", "-ec"]
    assert len(found["args"]) == 1
    assert message in found["args"][0]
    assert found["securityContext"] == RESTRICTED
    assert found["resources"]["limits"] == {"cpu": "1", "memory": "2Gi"}
