"""Keeping writers away from a Redis that is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from jobs.targets import Replicated

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.gate import Gate
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

PASSWORD = "secret"


def test_who_comes_back_is_cut_off_but_sentinels_and_replicas_are_not(tmp_path: Path) -> None:
    instance = Replicated(tmp_path, replicas=1, password=PASSWORD)
    try:
        (redis, *_replicas) = instance.redis
        side = Side("the instance", (Address(redis.host, redis.port),), Login(PASSWORD))
        gate = Gate(side, side.primaries())
        client, subscriber, sentinel = (Link(name, redis.host, redis.port, PASSWORD) for name in ("a", "b", "c"))
        client.ask("PING")
        subscriber.ask("SUBSCRIBE", "news")
        sentinel.ask("CLIENT", "SETNAME", "sentinel-5f1d0c3a-cmd")
        gate.cut_late()
        assert sentinel.ask("PING") == b"PONG"
        for one in (client, subscriber):
            with pytest.raises(Lost):
                one.ask("PING")
        infos = gate.infos()
        assert infos[0]["connected_slaves"] == "1"
    finally:
        instance.stop()
