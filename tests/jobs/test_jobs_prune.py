"""Retention in a bucket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from conftest import Start
from jobs.bucket import BASE, Bucket, Job
from jobs.meddling import Meddling
from jobs.stored import FILE, lay, now

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.jobs import prune
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from lab.aws.stand_in import StandIn

DAY = timedelta(days=1)


def pruned(bucket: Bucket, later: timedelta = timedelta(), **meddle: Any) -> dict[str, Any]:
    """In this process. later: than now. meddle: see Meddling."""
    store = bucket.store()
    if meddle:
        store.client = Meddling(store.client, **meddle)
    return prune.prune(bucket.settings(), store, now() + later)


def names(bucket: Bucket) -> list[str]:
    return [one.name for one in bucket.store().sets()]


def test_sets_whose_time_is_over_go(bucket: Bucket) -> None:
    sets = [lay(bucket, now() - DAY * age, "verified") for age in (20, 15, 10, 5, 4, 3)]
    done = pruned(bucket)
    assert sorted(done["deleted"]) == sets[:3]
    assert (done["kept"], done["problems"]) == (3, [])
    assert names(bucket) == sets[3:]


def test_the_last_verified_ones_stay_and_what_is_newer(bucket: Bucket) -> None:
    states = ("complete", "verified", "verified", "verified", "complete", "damaged")
    sets = [lay(bucket, now() - DAY * (60 - number), state) for number, state in enumerate(states)]
    assert pruned(bucket)["deleted"] == sets[:1]
    assert names(bucket) == sets[1:]


def test_remains_go_after_the_grace_time(bucket: Bucket) -> None:
    """S3's clock counts: a backup may have been at work for long."""
    left = lay(bucket, now() - DAY * 60, "incomplete")
    assert pruned(bucket, DAY * 0.9)["deleted"] == []
    assert pruned(bucket, DAY * 1.1)["deleted"] == [left]
    assert bucket.is_empty()


def test_the_manifest_goes_first(bucket: Bucket) -> None:
    """And a deletion that is cut off leaves no set, and is completed."""
    old = lay(bucket, now() - DAY * 60, "verified")
    new = [lay(bucket, now() - DAY * age, "verified") for age in (3, 2, 1)]
    gone: list[str] = []

    def dies(given: dict[str, Any]) -> dict[str, Any]:
        gone.append(given["Key"].removeprefix(f"{BASE}{old}/"))
        if len(gone) == 3:
            raise JobError("the network is gone")
        return given

    assert pruned(bucket, operation="delete_object", before=dies)["problems"] == [
        f"set {old} cannot be deleted: the network is gone"
    ]
    assert gone == [keys.MANIFEST, keys.VERDICT, FILE]
    assert [one.state for one in bucket.store().sets()] == ["incomplete", "verified", "verified", "verified"]
    assert pruned(bucket, DAY * 2)["deleted"] == [old]
    assert names(bucket) == new


@pytest.fixture
def locked(aws: StandIn) -> Bucket:
    """With object lock, an old set and three new ones that are verified."""
    bucket = Bucket(aws, lock=True)
    for age in (60, 3, 2, 1):
        lay(bucket, now() - DAY * age, "verified")
    return bucket


def test_a_lock_keeps_a_set(locked: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    old = names(locked)[0]
    until = now() + DAY
    place = locked.store().place(old, keys.MANIFEST)
    locked.s3.put_object_retention(**place, Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until})
    assert pruned(locked)["deleted"] == []
    assert f"S3 Object Lock keeps it until {until:%Y-%m-%dT%H:%M:%SZ}" in capsys.readouterr().out
    assert pruned(locked, DAY * 2)["deleted"] == [old]


def test_a_legal_hold_keeps_a_set(locked: Bucket, capsys: pytest.CaptureFixture[str]) -> None:
    old = names(locked)[0]
    locked.s3.put_object_legal_hold(**locked.store().place(old, keys.MANIFEST), LegalHold={"Status": "ON"})
    assert pruned(locked)["deleted"] == [] and "a legal hold is on it" in capsys.readouterr().out
    locked.s3.put_object_legal_hold(**locked.store().place(old, keys.MANIFEST), LegalHold={"Status": "OFF"})
    assert pruned(locked)["deleted"] == [old]


def test_what_s3_does_not_let_go_is_told_and_stays_whole(bucket: Bucket, start: Start) -> None:
    old = lay(bucket, now() - DAY * 60, "verified")
    for age in (3, 2, 1):
        lay(bucket, now() - DAY * age, "verified")
    bucket.account.fail("s3", "DeleteObject", "AccessDenied")
    reason = Job(bucket, "prune", bucket.settings()).failed()
    assert f"set {old} cannot be deleted: s3:DeleteObject {bucket.name}/" in reason
    assert [one.state for one in bucket.store().sets()] == ["verified"] * 4
    # a backup is none the worse for it
    done = Job(bucket, "backup", bucket.settings(start("cache-0"))).done()
    assert done["deleted"] == [] and "AccessDenied" in done["problems"][0]


def test_a_bucket_that_cannot_be_read_after_a_backup(bucket: Bucket, start: Start) -> None:
    bucket.account.fail("s3", "ListObjectsV2", "AccessDenied")
    done = Job(bucket, "backup", bucket.settings(start("cache-0"))).done()
    assert done["kept"] is None and "s3:ListObjectsV2" in done["problems"][0]


def test_what_is_in_no_set_of_the_instance_stays(bucket: Bucket) -> None:
    kept = [f"{BASE}notes.txt", f"{BASE}other/manifest.json", f"redis/apps/cache-2/{keys.set_name(now(), 'aaaa')}/x"]
    for key in kept:
        bucket.s3.put_object(Bucket=bucket.name, Key=key, Body=b"x")
        bucket.s3.create_multipart_upload(Bucket=bucket.name, Key=f"elsewhere/{key}")
    lay(bucket, now() - DAY * 60, "incomplete")
    pruned(bucket, DAY * 400)
    assert sorted(bucket.files()) == sorted(key.removeprefix(BASE) for key in kept)
    assert len(bucket.uploads()) == 3


def test_a_long_listing_comes_in_pages(bucket: Bucket) -> None:
    sets = [lay(bucket, now() - DAY * age, "verified") for age in (12, 11, 10, 3, 2, 1)]

    def two(given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "MaxKeys": 2}

    assert sorted(pruned(bucket, operation="list_objects_v2", before=two)["deleted"]) == sets[:3]
    for _each in range(3):
        bucket.s3.create_multipart_upload(Bucket=bucket.name, Key=f"{BASE}{sets[0]}/left")

    def one(given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "MaxUploads": 1}

    pruned(bucket, DAY * 2, operation="list_multipart_uploads", before=one)
    assert bucket.uploads() == []


def test_a_bucket_without_versions_and_encryption_of_its_own(bucket: Bucket, start: Start) -> None:
    bucket.s3.delete_bucket_encryption(Bucket=bucket.name)
    bucket.s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Suspended"})
    made = bucket.manifest(Job(bucket, "backup", bucket.settings(start("cache-0"))).done()["set"])
    assert (made.encryption.algorithm, made.encryption.key) == ("AES256", "")
