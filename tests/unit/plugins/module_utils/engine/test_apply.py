"""What a module says of the changes it plans or makes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.apply import (
    CHANGED,
    CREATED,
    DELETED,
    UNCHANGED,
    Change,
    result,
)

from ..topology.made import objects


def redis(**additional: str) -> dict[str, Any]:
    return objects({"additionalConfig": additional})["Redis cache"]


def config(**additional: str) -> dict[str, Any]:
    return objects({"additionalConfig": additional})["ConfigMap cache-config"]


AWAY = "restarts its only pod: Redis is away until it has loaded its data"
CHECKSUM = "metadata.annotations[checksum/config]"


@pytest.mark.parametrize(
    ("change", "fields", "effects", "line"),
    [
        (
            Change(CREATED, None, redis()),
            [],
            ["creates 1 pod with 1 volume of 10Gi"],
            "created: Redis apps/cache: creates 1 pod with 1 volume of 10Gi",
        ),
        (Change(CREATED, None, config()), [], [], "created: ConfigMap apps/cache-config"),
        (
            Change(CHANGED, redis(), redis(hz="20")),
            [CHECKSUM],
            [AWAY],
            f"changed: Redis apps/cache ({CHECKSUM}): {AWAY}",
        ),
        (
            Change(CHANGED, config(), config(hz="20")),
            ["data[redis-additional.conf]: hz"],
            [],
            "changed: ConfigMap apps/cache-config (data[redis-additional.conf]: hz)",
        ),
        (
            Change(CHANGED, config(), config(), adopts=True),
            [],
            ["becomes an object of eks.redis"],
            "changed: ConfigMap apps/cache-config: becomes an object of eks.redis",
        ),
        (
            Change(CHANGED, redis(), redis(hz="20"), adopts=True),
            [CHECKSUM],
            ["becomes an object of eks.redis", AWAY],
            f"changed: Redis apps/cache ({CHECKSUM}): becomes an object of eks.redis; {AWAY}",
        ),
        # as helm may, which is asked for whole objects
        (Change(CHANGED, config(), config()), [], [], "changed: ConfigMap apps/cache-config"),
        # the server may write a value its own way
        (Change(UNCHANGED, redis(), redis(hz="20")), [], [], "unchanged: Redis apps/cache"),
        (Change(DELETED, redis(), None), [], ["stops 1 pod"], "deleted: Redis apps/cache: stops 1 pod"),
    ],
)
def test_a_change_is_told_to_programs_and_to_people(change, fields, effects, line) -> None:
    told = change.as_dict()
    assert {key: told[key] for key in ("change", "fields", "effects")} == {
        "change": change.action,
        "fields": fields,
        "effects": effects,
    }
    assert str(change) == line


def test_people_see_four_fields_and_programs_all() -> None:
    names = ("hz", "lfu-log-factor", "lfu-decay-time", "timeout", "maxclients")
    change = Change(CHANGED, config(), config(**dict.fromkeys(names, "7")))
    paths = [f"data[redis-additional.conf]: {name}" for name in sorted(names)]
    assert change.as_dict()["fields"] == paths
    assert str(change) == f"changed: ConfigMap apps/cache-config ({', '.join(paths[:4])} and 1 more)"


def test_a_result_counts_and_leaves_out_what_stays() -> None:
    changes = [Change(UNCHANGED, config(), config()), Change(CREATED, None, redis()), Change(DELETED, config(), None)]
    told = result(changes, with_diff=False)
    assert told["changed"]
    assert told["counts"] == {"created": 1, "changed": 0, "deleted": 1, "unchanged": 1}
    assert told["summary"] == [str(changes[1]), str(changes[2])]
    assert [one["change"] for one in told["objects"]] == ["unchanged", "created", "deleted"]
    assert "diff" not in told


def test_a_result_without_a_change() -> None:
    told = result([Change(UNCHANGED, config(), config())], with_diff=True)
    assert not told["changed"]
    assert told["summary"] == ["nothing to change"]
    assert told["diff"] == []
