"""The running laboratory: its operator, its pods, its Redis. What its tests share with tests/integration is there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from cluster import Cluster

from lab import model

OPERATOR = "/apis/apps/v1/namespaces/redis-operator/deployments/redis-operator"


@pytest.fixture(scope="session")
def full() -> Cluster:
    """The laboratory that has nodes, with the operator and StorageClasses."""
    found = Cluster(model.current())
    assert found.lab.complete.exists(), f"the laboratory '{model.current()}' is not running; start it with make lab"
    assert found.get(OPERATOR), "the laboratory has no operator; python tests/suite.py prerequisites brings it there"
    return found
