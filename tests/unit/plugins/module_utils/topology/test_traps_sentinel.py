"""The traps of the operator that only sentinels have: avoided, or refused by name."""

from __future__ import annotations

import pytest

from .made import PASSWORD, SENTINELS
from .traps import refused, resources, spec


def test_sentinels_are_not_embedded() -> None:
    assert "sentinel" not in spec("sentinel")
    assert SENTINELS in resources("sentinel")


def test_sentinels_resolve_no_names() -> None:
    config = resources("sentinel")[SENTINELS]["spec"]["redisSentinelConfig"]
    assert (config["resolveHostnames"], config["announceHostnames"]) == ("no", "no")


def test_numbers_for_sentinels_are_strings() -> None:
    config = resources("sentinel")[SENTINELS]["spec"]["redisSentinelConfig"]
    assert all(isinstance(value, str) for value in config.values())
    assert (config["redisReplicationName"], config["masterGroupName"]) == ("cache", "myMaster")


def test_sentinels_know_the_password_of_redis_and_ask_for_it() -> None:
    found = resources("sentinel", {}, PASSWORD)[SENTINELS]["spec"]
    secret = {"name": "cache-auth", "key": "password"}
    assert found["redisSentinelConfig"]["redisReplicationPassword"] == {"secretKeyRef": secret}
    assert found["kubernetesConfig"]["redisSecret"] == secret


def test_sentinels_have_a_directory_to_write_to() -> None:
    found = resources("sentinel")[SENTINELS]["spec"]["volumeMount"]
    assert found == {"volume": [{"name": "tmp", "emptyDir": {}}], "mountPath": [{"name": "tmp", "mountPath": "/tmp"}]}


@pytest.mark.parametrize("count", [2, 4, 6])
def test_an_even_number_of_sentinels_is_refused(count: int) -> None:
    assert refused({"deployment": {"mode": "sentinel"}, "sentinel": {"replicas": count}}) == {"sentinel.replicas"}


def test_sentinels_without_a_replica_would_never_be_made_and_are_refused() -> None:
    assert refused({"deployment": {"mode": "sentinel"}, "replicaCount": 0}) == {"replicaCount"}
