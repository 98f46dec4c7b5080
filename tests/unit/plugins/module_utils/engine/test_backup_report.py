"""What is told of the sets in a bucket, as data and on a screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import KMS, Encryption
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import StoredFile
from ansible_collections.eks.redis.plugins.module_utils.engine.backup_report import Plan, facts, lines
from ansible_collections.eks.redis.plugins.module_utils.engine.screen import WIDTH

from ..datapath.made import DAY, HOUR, START, THIRDS, any_set, document, proof_of, torn, whole

DAILY = Plan("15 2 * * *", "0 5 * * *", 7)
NOW = START + 12 * HOUR
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"


def told(*sets: Any, plan: Plan | None = DAILY, now: Any = NOW) -> dict[str, Any]:
    return facts(sets, plan, now)


VERIFIED = any_set(START, "verified", "k3x9")
YESTERDAY = any_set(START - DAY, "verified", "aaaa")


def test_all_is_well() -> None:
    found = told(YESTERDAY, VERIFIED)
    assert (found["newest"], found["newest_verified"]) == (VERIFIED.name, VERIFIED.name)
    # the age of the data, which is a second younger than the set
    assert found["rpo_seconds"] == 12 * 3600 - 1
    assert found["counts"] == {"total": 2, "verified": 2, "complete": 0, "damaged": 0, "incomplete": 0}
    assert (found["schedule"], found["next_run"]) == ("15 2 * * *", "2026-11-30T02:15:00Z")
    assert found["bytes"] == VERIFIED.bytes + YESTERDAY.bytes
    assert (found["gaps"], found["warnings"]) == ([], [])
    assert [one["name"] for one in found["sets"]] == [VERIFIED.name, YESTERDAY.name]


def test_a_set() -> None:
    made = document(START, shares=THIRDS, encryption=Encryption(KMS, KEY))
    (found,) = told(whole(made, proof_of(made)))["sets"]
    shard = {
        "file": "shard-00000.rdb",
        "bytes": 1000,
        "keys": 1000,
        "source": {"pod": "cache-1", "role": "replica", "lag_bytes": 14},
    }
    assert found.pop("shards") == [
        shard,
        {**shard, "file": "shard-05461.rdb"},
        {**shard, "file": "shard-10923.rdb"},
    ]
    assert found == {
        "name": made.set,
        "state": "verified",
        "verified": True,
        "replaced": False,
        "started": "2026-11-29T02:15:00Z",
        "age_seconds": 12 * 3600,
        "bytes": 3200,
        "keys": 3000,
        "seconds": 20.0,
        "skew_seconds": 0.0,
        "mode": "cluster",
        "engine": "redis 7.0.15",
        "kms_key": KEY,
        "tested": "2026-11-29T03:15:20Z",
        "reason": None,
    }


def test_a_set_of_which_little_is_known() -> None:
    (found,) = told(torn(START))["sets"]
    unknown = ("keys", "seconds", "skew_seconds", "mode", "engine", "kms_key", "tested")
    assert [found[key] for key in unknown] == [None] * len(unknown)
    assert (found["state"], found["shards"], found["reason"]) == ("incomplete", [], "it has no manifest")


def test_only_the_bucket_is_known() -> None:
    found = told(VERIFIED, plan=None)
    assert (found["schedule"], found["next_run"], found["gaps"], found["warnings"]) == (None, None, [], [])
    assert found["rpo_seconds"] == 12 * 3600 - 1


def test_a_schedule_that_is_none() -> None:
    with pytest.raises(DatapathError):
        told(plan=Plan("soon", "", 7))


FAILED = document(START)
NOTHING = "there is no complete set: nothing can be restored"


@pytest.mark.parametrize(
    ("sets", "plan", "later", "warnings"),
    [
        ((), DAILY, 0, [NOTHING]),
        ((), None, 0, [NOTHING]),
        ((torn(START),), DAILY, 0, [NOTHING]),
        (
            (YESTERDAY,),
            DAILY,
            0,
            ["no set was made at 1 scheduled time, of late 2026-11-29T02:15:00Z"],
        ),
        (
            (any_set(START - 5 * DAY, "verified", "aaaa"),),
            DAILY,
            0,
            [
                "no set was made at 5 scheduled times, of late 2026-11-27T02:15:00Z, 2026-11-28T02:15:00Z, "
                "2026-11-29T02:15:00Z"
            ],
        ),
        (
            (YESTERDAY, any_set(START, "damaged", "k3x9")),
            DAILY,
            0,
            [
                "no set was made at 1 scheduled time, of late 2026-11-29T02:15:00Z",
                "set 20261129T021500Z-k3x9 is damaged: shard-00000.rdb is missing",
            ],
        ),
        (
            (YESTERDAY, whole(FAILED, proof_of(FAILED, ("3 keys are missing",)))),
            DAILY,
            0,
            ["set 20261129T021500Z-k3x9 did not pass its restore test: 3 keys are missing"],
        ),
        # its test was at 5, and had an hour to be done
        (
            (YESTERDAY, any_set(START, "complete", "k3x9")),
            DAILY,
            0,
            ["set 20261129T021500Z-k3x9 is not verified: no restore test has run yet, although one was due"],
        ),
        ((YESTERDAY, any_set(START, "complete", "k3x9")), DAILY, -9, []),
        ((YESTERDAY, any_set(START, "complete", "k3x9")), None, 0, []),
        (
            (YESTERDAY, any_set(START, "complete", "k3x9")),
            Plan("15 2 * * *", "", 7),
            0,
            ["restore tests are off: no set is ever verified, and so none is ever deleted"],
        ),
    ],
)
def test_what_a_person_should_know_of(sets, plan, later, warnings) -> None:
    assert told(*sets, plan=plan, now=NOW + later * HOUR)["warnings"] == warnings


def test_one_screen() -> None:
    found = told(any_set(START - 2 * DAY, "damaged", "bbbb"), YESTERDAY, any_set(START, "complete", "k3x9"))
    assert lines("apps/cache", "s3://backups/redis/apps/cache/", found) == [
        "apps/cache: 3 sets, 1 verified, 2.3 KiB in s3://backups/redis/apps/cache/",
        "  newest   20261129T021500Z-k3x9; lost if all were lost now: 11 h 59 min",
        "  verified 20261128T021500Z-aaaa",
        "  next run 2026-11-30T02:15:00Z (15 2 * * *, UTC)",
        "  SET                    AGE          SIZE     KEYS  TOOK  STATE",
        "  20261129T021500Z-k3x9  12 h         1.1 KiB  1000  20 s  complete: no restore test has run yet",
        "  20261128T021500Z-aaaa  1 day 12 h   1.2 KiB  1000  20 s  verified",
        "  20261127T021500Z-bbbb  2 days 12 h  100 B    1000  20 s  damaged: shard-00000.rdb is missing",
        "  warning  set 20261127T021500Z-bbbb is damaged: shard-00000.rdb is missing",
        "  warning  set 20261129T021500Z-k3x9 is not verified: no restore test has run yet, although one was",
        "           due",
    ]


def test_what_a_restore_has_replaced() -> None:
    made = any_set(START, "complete", "k3x9")
    found = told(YESTERDAY, replace(made, files={**made.files, keys.REPLACED: StoredFile(20, START)}))
    assert (found["newest"], found["sets"][0]["replaced"]) == (YESTERDAY.name, True)
    assert any(line.endswith("  complete, replaced by a restore") for line in lines("apps/cache", "s3://b/", found))


def test_an_empty_bucket() -> None:
    assert lines("apps/cache", "s3://backups/redis/apps/cache/", told(plan=None)) == [
        "apps/cache: 0 sets, 0 verified, 0 B in s3://backups/redis/apps/cache/",
        f"  warning  {NOTHING}",
    ]


def test_many_sets_still_fit() -> None:
    many = [any_set(START - number * DAY, "verified", "aaaa") for number in range(60)]
    shown = lines("apps/cache", "s3://backups/", told(*many))
    assert "  and 40 older sets" in shown
    assert len(shown) == 26
    assert max(map(len, shown)) <= WIDTH
