"""Module backup_info against S3: which sets there are, with which permissions, and what is said when it cannot look."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import policy_page
import pytest
import yaml
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from conftest import CLUSTER, Account, Run
from unit.plugins.module_utils.datapath.made import document, proof_of
from workloads import done

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, perform
from ansible_collections.eks.redis.plugins.modules import backup_bucket, backup_info, kms_key

ROW = yaml.safe_load(policy_page.PAGE.with_suffix(".yml").read_text("utf-8"))["modules"]["backup_info"]
BASE = "redis/apps/cache/"
Info = Callable[..., "dict[str, Any]"]


@pytest.fixture
def bucket(account: Account, run: Run) -> str:
    """A bucket that encrypts with a key of ours."""
    done(run(kms_key, cluster_name=CLUSTER, backup_roles=[f"arn:aws:iam::{account.number}:role/*"]))
    name = f"eks-redis-bucket-{account.number}"
    done(run(backup_bucket, name=name, cluster_name=CLUSTER, kms_key=f"alias/eks-redis-{CLUSTER}"))
    return name


@pytest.fixture
def info(account: Account, bucket: str) -> Info:
    def run(aws: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
        options = {"name": "cache", "namespace": "apps", "bucket": bucket, "aws": {**account.options, **(aws or {})}}
        found = ModuleArgumentSpecValidator(backup_info.SPEC["argument_spec"]).validate({**options, **given})
        assert not found.error_messages
        return perform(Call(found.validated_parameters, check=True, diff=False), backup_info.work)

    return run


def put(s3: Any, bucket: str, started: datetime, *, proven: bool) -> str:
    made = document(started)
    texts = {keys.MANIFEST: made.to_json(), **({keys.VERDICT: proof_of(made).to_json()} if proven else {})}
    for file, body in ({shard.file: b"x" * shard.bytes for shard in made.shards} | texts).items():
        s3.put_object(Bucket=bucket, Key=keys.key(BASE, made.set, file), Body=body)
    return made.set


@pytest.fixture
def sets(account: Account, bucket: str) -> list[str]:
    anything = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    s3 = account.client("s3", **someone(account, bucket, anything, "writer"))
    today = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    days = [put(s3, bucket, today - timedelta(days=day), proven=day > 0) for day in range(3)]
    s3.put_object(Bucket=bucket, Key=keys.key(BASE, "20260101T000000Z-torn", "shard-00000.rdb"))
    s3.put_object(Bucket=bucket, Key="redis/apps/cache-2/20260101T000000Z-aaaa/manifest.json")
    return days


def someone(account: Account, bucket: str, granted: str, name: str = "looker") -> dict[str, Any]:
    places = {"REGION": account.region, "CLUSTER": CLUSTER, "BUCKET": bucket, "COPIES": bucket}
    return policy_page.someone(account.client, name, [granted], **places)


def test_it_lives_on_its_policy_and_calls_all_of_its_row(
    info: Info, account: Account, bucket: str, sets: list[str]
) -> None:
    looker = someone(account, bucket, policy_page.policies("backup_info")["Look only"])
    before = len(account.calls())
    found = info(looker)
    assert not found.get("failed"), found
    assert [(one["name"], one["state"]) for one in found["sets"]] == [
        (sets[0], "complete"),
        (sets[1], "verified"),
        (sets[2], "verified"),
        ("20260101T000000Z-torn", "incomplete"),
    ]
    assert (found["newest"], found["newest_verified"]) == (sets[0], sets[1])
    called = {f"{call['service']}:{call['operation']}" for call in account.calls()[before:]}
    assert sorted(called) == ROW["look"]


@pytest.mark.parametrize("without", ["s3:ListBucket", "s3:GetObject", "kms:Decrypt"])
def test_what_is_missing_is_named_with_the_statement_that_grants_it(
    info: Info, account: Account, bucket: str, sets: list[str], without: str
) -> None:
    granted = json.loads(policy_page.policies("backup_info")["Look only"])
    for statement in granted["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != without]
    granted["Statement"] = [each for each in granted["Statement"] if each["Action"]]
    message = info(someone(account, bucket, json.dumps(granted)))["msg"]
    found = re.fullmatch(r"(\S+) on \S+: \S+ may not do this; a policy with this statement grants it: (.*)", message)
    assert found, message
    assert found[1] == without
    assert json.loads(found[2])["Action"] == without


def test_credentials_that_have_expired(info: Info, account: Account) -> None:
    account.fail("s3", "ListObjectsV2", "ExpiredToken", times=1)
    assert info()["msg"].startswith("AWS does not accept the credentials (ExpiredToken: ")


def test_a_bucket_that_is_not_there(info: Info) -> None:
    assert info(bucket="eks-redis-nobody-has-this")["msg"].startswith(
        "s3:ListObjectsV2 eks-redis-nobody-has-this: NoSuchBucket: "
    )


def test_another_place_in_the_bucket(info: Info, sets: list[str]) -> None:
    found = info(prefix="/")
    assert (found["prefix"], found["sets"]) == ("apps/cache/", [])
