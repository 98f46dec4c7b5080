"""Restores against a real API server and an AWS: what is refused before anything is touched, and what is let go."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import runs
from unit.plugins.module_utils.datapath.made import document, proof_of

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys

DAY = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture
def bucket(account) -> str:
    name = f"t-{uuid.uuid4().hex[:10]}"
    account.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def backed(instance, account, bucket) -> Callable[..., dict[str, Any]]:
    """Makes the instance, with backups into the bucket."""
    flavour = {"backup": {"enabled": True, "s3Bucket": bucket, "s3Region": account.region}}
    return lambda: instance(flavour=flavour)


@pytest.fixture
def restore(capsys, account, namespace) -> Callable[..., dict[str, Any]]:
    def run(**options: Any) -> dict[str, Any]:
        return runs.module(capsys, "restore", **{"name": "cache", "namespace": namespace, **options})

    return run


@pytest.fixture
def untouched(cluster, namespace) -> Iterator[Callable[[], None]]:
    """Notes where the test begins to look; at its end nothing may have been written since."""
    since: list[int] = []
    yield lambda: since.append(cluster.position())
    assert cluster.writes(since[0], namespace=namespace) == []


def put(account, bucket: str, namespace: str, hour: int, *, verified: bool = False, hold: str = "") -> str:
    """A set as a backup leaves it, and as a restore puts it aside; its name."""
    made = document(DAY + timedelta(hours=hour), namespace=namespace)
    texts = {keys.MANIFEST: made.to_json()}
    if verified:
        texts[keys.VERDICT] = proof_of(made).to_json()
    if hold:
        texts[keys.HOLD] = json.dumps({"restore": hold})
    bodies = {**{shard.file: "x" * shard.bytes for shard in made.shards}, **texts}
    for file, body in bodies.items():
        key = keys.key(keys.base("redis", namespace, "cache"), made.set, file)
        account.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    return made.set


def test_it_has_to_be_known_what_to_restore_into_and_from_where(instance, restore, namespace) -> None:
    assert restore()["msg"].startswith(f"there is no instance {namespace}/cache in the cluster at https://")
    instance(flavour={})
    assert restore()["msg"] == (
        f"instance {namespace}/cache has no backups, so the bucket is not known: name it with option bucket "
        "(playbooks: redis_backup_bucket), or deploy the instance with backup.enabled: true"
    )
    assert restore(bucket="b")["msg"] == (
        f"there is no ServiceAccount {namespace}/cache-backup by which the job is let into the bucket; name one with "
        "option service_account, or deploy the instance with backup.enabled: true"
    )


def test_one_way_to_say_which_set_is_enough(restore, namespace) -> None:
    both = restore(set="latest", before="2026-11-28T00:00:00Z")
    assert both["msg"] == "parameters are mutually exclusive: set|before|files"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "there is no verified set; there are 20261129T010000Z-k3x9 (complete)"),
        (
            {"set": "20261129T110000Z-zzzz"},
            "there is no set '20261129T110000Z-zzzz'; there are 20261129T010000Z-k3x9 (complete)",
        ),
        (
            {"before": "2026-11-28T00:00:00Z"},
            "no complete set holds the data of before 2026-11-28T00:00:00Z; there are 2026",
        ),
        ({"from_name": "other"}, "there is no verified set; there are no sets at all"),
    ],
)
def test_which_set_is_asked_for_is_looked_up_first(
    backed, restore, untouched, account, bucket, namespace, options, problem
) -> None:
    backed()
    put(account, bucket, namespace, 1)
    untouched()
    for check in (True, False):
        message = restore(check=check, **options)["msg"]
        assert message.startswith(f"s3://{bucket}/redis/{namespace}/{options.get('from_name', 'cache')}/: ")
        assert problem in message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("/nowhere/dump.rdb", "files: /nowhere/dump.rdb: No such file or directory"),
        ("s3://{bucket}/nothing.rdb", "files: there is no object s3://{bucket}/nothing.rdb"),
        ("s3://{bucket}/odd.rdb", "files: s3://{bucket}/odd.rdb: it begins with b'<Error>..', which is no RDB"),
    ],
)
def test_files_that_are_none_are_refused(backed, restore, untouched, account, bucket, given: str, message: str) -> None:
    backed()
    account.client("s3").put_object(Bucket=bucket, Key="odd.rdb", Body=b"<Error>..and so on")
    untouched()
    for check in (True, False):
        assert restore(check=check, files=[given.format(bucket=bucket)])["msg"] == message.format(bucket=bucket)


def test_an_instance_that_is_not_well_is_left_alone(
    backed, restore, untouched, account, bucket, namespace, tmp_path
) -> None:
    backed()
    name = put(account, bucket, namespace, 1, verified=True)
    dump = tmp_path / "dump.rdb"
    dump.write_bytes(b"REDIS0010" + b"x" * 50)
    untouched()
    for check in (True, False):
        for options in ({}, {"set": name}, {"set": "latest", "force": True}, {"files": [str(dump)]}):
            message = restore(check=check, **options)["msg"]
            assert ": the instance is not well: " in message or "Redis could not be asked: " in message
    stored = account.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert not [one["Key"] for one in stored if "/foreign/" in one["Key"]]


def test_what_was_put_aside_is_let_go(backed, restore, account, bucket, namespace) -> None:
    backed()
    put(account, bucket, namespace, 1, verified=True)
    assert restore(state="rolled_back")["msg"] == (
        f"there is no way back: no restore of instance {namespace}/cache has put anything aside"
    )
    name = put(account, bucket, namespace, 2, hold="k3x9")
    for check in (True, False):
        done = restore(state="confirmed", check=check)
        assert (done["changed"], done["released"], done["summary"]) == (True, [name], [f"let go: set {name}"])
    again = restore(state="confirmed")
    assert (again["changed"], again["released"], again["summary"]) == (False, [], ["nothing is put aside"])


def test_the_playbook(deploy, backed, cluster, account, bucket, namespace) -> None:
    backed()
    name = put(account, bucket, namespace, 2, hold="k3x9")
    given = {"redis_name": "cache", "redis_namespace": namespace}
    refused = deploy("restore", cluster=cluster, **given)
    assert refused.code != 0
    assert refused.errors[0].startswith(f"s3://{bucket}/redis/{namespace}/cache/: there is no verified set; there")
    done = deploy("restore", cluster=cluster, redis_restore_state="confirmed", **given)
    assert done.code == 0, done.output
    assert f"let go: set {name}" in done.output
    assert deploy("restore", cluster=cluster).errors == [
        "redis_name and redis_namespace are needed, for example: -e redis_name=cache -e redis_namespace=apps"
    ]
