"""What a restore takes, found in a bucket of the AWS stand-in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from jobs import sets
from jobs.bucket import NAME, NAMESPACE, PREFIX, Bucket
from jobs.sets import START, Part

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.origins import Origins
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Store
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from lab.aws.stand_in import StandIn

RDB = b"REDIS0010\xff\x00\x00\x00\x00\x00\x00\x00\x00"
WHOLE = [Part(RDB, slots.EVERY, 5)]
DAY = timedelta(days=1)
Named = Callable[..., Origins]


@pytest.fixture
def bucket(aws: StandIn) -> Bucket:
    return Bucket(aws)


@pytest.fixture
def origins(aws: StandIn, bucket: Bucket) -> Named:
    keys_of = bucket.account.keys
    options = {
        "access_key": keys_of["aws_access_key_id"],
        "secret_key": keys_of["aws_secret_access_key"],
        "session_token": None,
        "profile": None,
        "region": bucket.account.region,
        "endpoint_url": aws.endpoint,
        "validate_certs": True,
        "aws_ca_bundle": None,
        "aws_config": None,
    }

    def connect(**where: str) -> Origins:
        place = {"bucket": bucket.name, "region": bucket.account.region, "prefix": PREFIX, "kms_key": "", **where}
        return Origins(Aws(options), Store(**place))

    return connect


def test_a_set_is_found_with_all_that_is_known_of_it(bucket: Bucket, origins: Named) -> None:
    older = sets.lay(bucket, WHOLE, sets.manifest(WHOLE, START))
    newer = sets.lay(bucket, WHOLE, sets.manifest(WHOLE, START + DAY))
    found = origins().of_set(NAMESPACE, NAME, "latest")
    assert (found.set, found.magics, found.databases()) == (newer.set, ("REDIS0010",), {"0": 5})
    assert found.text == f"set {newer.set} of {NAMESPACE}/{NAME} (complete, 18 B, 5 keys)"
    assert found.files[0].key == f"{PREFIX}/{NAMESPACE}/{NAME}/{newer.set}/shard-00000.rdb"
    assert origins().of_set(NAMESPACE, NAME, older.set).set == older.set
    assert origins().of_set(NAMESPACE, NAME, START + DAY).set == older.set


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ("latest verified", "there is no verified set; there are .*complete"),
        ("20200101T000000Z-aaaa", "there is no set '20200101T000000Z-aaaa'"),
        (START, "no complete set holds the data of before 2026-11-29T02:15:00Z"),
    ],
)
def test_what_there_is_instead_is_told(bucket: Bucket, origins: Named, wanted: object, reason: str) -> None:
    sets.lay(bucket, WHOLE)
    with pytest.raises(EngineError, match=f"^s3://{bucket.name}/{PREFIX}/{NAMESPACE}/{NAME}/: {reason}"):
        origins().of_set(NAMESPACE, NAME, wanted)


def test_files_of_other_origin_are_found_where_they_are(bucket: Bucket, origins: Named, tmp_path: Path) -> None:
    here = tmp_path / "dump.rdb"
    here.write_bytes(RDB + b"more")
    bucket.s3.put_object(Bucket=bucket.name, Key="exports/shop 1.rdb", Body=RDB)
    found = origins().of_files(NAMESPACE, NAME, "k3x9", [str(here), f"s3://{bucket.name}/exports/shop 1.rdb"])
    key = f"{PREFIX}/{NAMESPACE}/{NAME}/foreign/k3x9/00-dump.rdb"
    assert [(file.name, file.bucket, file.key, file.bytes) for file in found.files] == [
        ("00-dump.rdb", bucket.name, key, 22),
        ("01-shop_1.rdb", bucket.name, "exports/shop 1.rdb", 18),
    ]
    assert (found.magics, found.databases()) == (("REDIS0010", "REDIS0010"), {})
    assert found.text == f"2 files of 40 B: {here}, s3://{bucket.name}/exports/shop 1.rdb"
    assert found.uploads == ((str(here), key),)
    # to look is not to upload
    assert bucket.files() == ["exports/shop 1.rdb"]


@pytest.mark.parametrize("kms", [True, False])
def test_files_are_there_for_the_time_of_the_restore(bucket: Bucket, origins: Named, tmp_path: Path, kms: bool) -> None:
    here = tmp_path / "dump.rdb"
    here.write_bytes(RDB)
    own = origins(kms_key=bucket.key if kms else "")
    found = own.of_files(NAMESPACE, NAME, "k3x9", [str(here)])
    own.upload(found.uploads)
    assert bucket.files() == ["foreign/k3x9/00-dump.rdb"]
    assert bucket.read("foreign/k3x9/00-dump.rdb") == RDB
    # they are no set, and none of the instance's sets is affected
    assert bucket.store().sets() == []
    own.forget([key for _path, key in found.uploads])
    assert bucket.files() == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("missing.rdb", "files: .*/missing.rdb: No such file or directory"),
        ("text.rdb", "files: .*/text.rdb: it begins with b'no RDB at', which is no RDB"),
        ("empty.rdb", "files: .*/empty.rdb: it begins with b'', which is no RDB"),
        ("s3://{bucket}/missing.rdb", "files: there is no object s3://.*/missing.rdb"),
        ("s3://{bucket}/text.rdb", "files: s3://.*/text.rdb: it begins with b'no RDB at', which is no RDB"),
        ("s3://{bucket}/empty.rdb", "files: s3://.*/empty.rdb: it begins with b'', which is no RDB"),
    ],
)
def test_what_is_no_rdb_is_told(bucket: Bucket, origins: Named, tmp_path: Path, given: str, problem: str) -> None:
    for name, text in (("text.rdb", b"no RDB at all"), ("empty.rdb", b"")):
        (tmp_path / name).write_bytes(text)
        bucket.s3.put_object(Bucket=bucket.name, Key=name, Body=text)
    text = given.format(bucket=bucket.name) if given.startswith("s3:") else str(tmp_path / given)
    with pytest.raises(EngineError, match=f"^{problem}"):
        origins().of_files(NAMESPACE, NAME, "k3x9", [text])


def test_a_file_that_cannot_be_uploaded_is_told(bucket: Bucket, origins: Named, tmp_path: Path) -> None:
    here = tmp_path / "dump.rdb"
    here.write_bytes(RDB)
    with pytest.raises(AwsError, match="^s3:PutObject: .*NoSuchBucket"):
        origins(bucket="somebody-elses-bucket").upload([(str(here), "key")])
    with pytest.raises(EngineError, match="^files: .*/gone.rdb: No such file or directory"):
        origins().upload([(str(tmp_path / "gone.rdb"), "key")])


def test_sets_that_were_put_aside_are_found_and_let_go(bucket: Bucket, origins: Named) -> None:
    made = [sets.lay(bucket, WHOLE, sets.manifest(WHOLE, START + DAY * number)) for number in range(3)]
    own = origins()
    assert (own.held(NAMESPACE, NAME), own.old_data(NAMESPACE, NAME)) == ([], None)
    for one, restore in ((made[0], "k3x9"), (made[1], "p0q1"), (made[2], "p0q1")):
        bucket.store().write(one.set, keys.HOLD, f'{{"restore": "{restore}"}}\n')
    assert [one.name for one in own.held(NAMESPACE, NAME)] == [one.set for one in made]
    assert own.old_data(NAMESPACE, NAME, "a2b4") is None
    for restore, name in (("k3x9", made[0].set), ("p0q1", made[1].set), ("", made[1].set)):
        held = own.old_data(NAMESPACE, NAME, restore)
        assert held and held.name == name
    assert own.of_held(held, NAMESPACE, NAME).set == made[1].set
    with pytest.raises(EngineError, match=f"^set {held.name}, which holds the old data, is not complete: torn"):
        own.of_held(replace(held, problem="torn"), NAMESPACE, NAME)
    own.let_go(NAMESPACE, NAME, [made[1].set, made[2].set])
    assert [one.name for one in own.held(NAMESPACE, NAME)] == [made[0].set]
    assert len(bucket.store().sets()) == 3
