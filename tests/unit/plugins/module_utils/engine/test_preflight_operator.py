"""Which releases of the operator an instance is deployed under."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.operators import read
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import operator

from .test_operators import ROLLED_OUT, deployment


def findings(image: str) -> list[tuple[str, bool]]:
    gate = "GenerateConfigInInitContainer=true"
    found = [read(deployment(image, status=ROLLED_OUT, FEATURE_GATES=gate))]
    case = SimpleNamespace(
        seen=SimpleNamespace(operators=found), instance=SimpleNamespace(namespace="apps"), check=False
    )
    return [(one.text, one.fatal) for one in operator(case)]


@pytest.mark.parametrize("tag", ["v0.22.0", "v0.23.0", "v0.26.0", "v0.26.0-arm64"])
def test_what_is_known_to_work_needs_no_word(tag) -> None:
    assert findings(f"mirror/redis-operator:{tag}") == []


@pytest.mark.parametrize("tag", ["v0.26.1", "v0.27.0", "v1.0.0"])
def test_a_newer_one_is_a_warning(tag) -> None:
    assert findings(f"mirror/redis-operator:{tag}") == [
        (
            f"operator ops/redis-operator (mirror/redis-operator:{tag}) is newer than 0.26.0, the newest that this "
            "release of eks.redis was tested with; look for a newer release of eks.redis",
            False,
        )
    ]


def test_one_that_does_not_tell_its_version_is_a_warning() -> None:
    assert findings("mirror/redis-operator:latest") == [
        (
            "operator ops/redis-operator (mirror/redis-operator:latest): its image does not tell its version; "
            "0.22.0 or newer is needed",
            False,
        )
    ]


def test_an_older_one_is_refused() -> None:
    assert findings("mirror/redis-operator:v0.21.9") == [
        (
            "operator ops/redis-operator (mirror/redis-operator:v0.21.9) is older than 0.22.0, and such an operator "
            "may empty a Redis that rejoins: upgrade it, with operator_upgrade=true or as it was installed",
            True,
        )
    ]
