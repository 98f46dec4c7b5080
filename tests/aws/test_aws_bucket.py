"""Module backup_bucket: made, changed, drifted, taken away; each in check mode, for real, and once more."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import backup_bucket, backup_bucket_info, kms_key

REGION = "us-east-1"
KEY = {"alias": "alias/eks-redis-prod", "cluster_name": "prod"}


@pytest.fixture
def name(account: Account) -> str:
    """Buckets share their names with all accounts."""
    return f"redis-backups-{account.number}"


@pytest.fixture
def given(name: str) -> dict[str, Any]:
    return {"name": name, "cluster_name": "prod"}


def _made(run: Run, **given: Any) -> dict[str, Any]:
    made = run(backup_bucket, **given)
    assert "msg" not in made, made["msg"]
    return made


def test_it_is_made_once_and_predicted_before(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    s3 = account.client("s3")
    predicted = run(backup_bucket, check=True, **given)
    assert (predicted["change"]["action"], predicted["arn"]) == ("create", f"arn:aws:s3:::{name}")
    assert s3.list_buckets()["Buckets"] == []
    made = _made(run, **given)
    assert made["diff"] == predicted["diff"] and made["change"] == predicted["change"]
    assert predicted["bucket"].items() <= made["bucket"].items()
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    for check in (True, False):
        again = run(backup_bucket, check=check, **given)
        assert (again["changed"], again["change"]["fields"]) == (False, [])


def test_it_has_a_name_without_one(run: Run, account: Account) -> None:
    made = _made(run, cluster_name="Prod_1")
    assert (made["name"], made["arn"]) == (
        name := f"eks-redis-prod-1-us-east-1-{account.number}",
        f"arn:aws:s3:::{name}",
    )


def test_of_a_cluster_with_a_long_name_it_has_a_digest(run: Run, account: Account) -> None:
    blue, green = (_made(run, cluster_name=f"{'c' * 90}-{which}")["name"] for which in ("blue", "green"))
    assert blue != green and len(blue) == len(green) == 63
    assert _made(run, cluster_name=f"{'c' * 90}-blue")["changed"] is False


def test_it_can_be_in_another_region(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    given["region"] = "eu-west-1"
    assert _made(run, **given)["bucket"]["region"] == "eu-west-1"
    assert _made(run, **given)["changed"] is False
    place = account.client("s3", "eu-west-1").get_bucket_location(Bucket=name)
    assert place["LocationConstraint"] == "eu-west-1"
    elsewhere = run(backup_bucket, **{**given, "region": REGION})
    assert elsewhere["msg"] == (
        f"bucket {name} is in region eu-west-1, not in us-east-1: give region eu-west-1, or choose another name"
    )


def test_info_tells_what_an_audit_asks_for(run: Run, given: dict[str, Any], name: str) -> None:
    assert run(backup_bucket_info, name=name)["bucket"] is None
    arn = run(kms_key, **KEY)["arn"]
    _made(run, kms_key=KEY["alias"], object_lock={"mode": "GOVERNANCE", "days": 30}, **given)
    found = run(backup_bucket_info, name=name)["bucket"]
    assert found["encryption"] == {"algorithm": "aws:kms", "key": arn, "bucket_key": True}
    assert (found["versioning"], found["public_access_blocked"], found["tls_only"]) == (True, True, True)
    assert (found["object_lock"], found["replication"]) == ({"mode": "GOVERNANCE", "days": 30}, None)
    assert [rule["ID"] for rule in found["lifecycle"]] == ["eks-redis-clean-up"]


def test_info_tells_of_a_bucket_of_others_too(run: Run, account: Account, name: str) -> None:
    account.client("s3").create_bucket(Bucket=name)
    found = run(backup_bucket_info, name=name)["bucket"]
    assert (found["versioning"], found["tls_only"], found["object_lock"]) == (False, False, None)
    assert (found["region"], found["tags"], found["lifecycle"], found["policy"]) == (REGION, {}, [], [])


EXPORT = {
    "Sid": "Export",
    "Effect": "Allow",
    "Principal": {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"},
    "Action": "s3:PutObject",
}


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("tags", {"tags": {"team": "data"}}),
        ("policy", {"policy_statements": [EXPORT]}),
        ("encryption", {"kms_key": KEY["alias"]}),
        ("object_lock", {"object_lock": {"mode": "COMPLIANCE", "days": 7}}),
        ("lifecycle", {"lifecycle": {"transitions": [{"days": 30, "storage_class": "STANDARD_IA"}]}}),
        ("lifecycle", {"lifecycle": {"expiration_days": 365, "noncurrent_days": 7}}),
    ],
)
def test_what_is_asked_differently_is_changed(
    run: Run, given: dict[str, Any], field: str, option: dict[str, Any]
) -> None:
    run(kms_key, **KEY)
    _made(run, **given)
    predicted = run(backup_bucket, check=True, **given, **option)
    changed = _made(run, **given, **option)
    assert changed["change"]["fields"] == predicted["change"]["fields"] == [field]
    assert changed["diff"] == predicted["diff"]
    assert _made(run, **given, **option)["changed"] is False


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("policy", {"policy_statements": [EXPORT]}),
        ("encryption", {"kms_key": KEY["alias"]}),
        ("lifecycle", {"lifecycle": {"expiration_days": 365}}),
    ],
)
def test_what_is_no_longer_asked_for_goes(run: Run, given: dict[str, Any], field: str, option: dict[str, Any]) -> None:
    run(kms_key, **KEY)
    _made(run, **given, **option)
    assert _made(run, **given)["change"]["fields"] == [field]
    assert _made(run, **given)["changed"] is False


def test_without_the_option_object_lock_stays(run: Run, given: dict[str, Any]) -> None:
    lock = {"mode": "GOVERNANCE", "days": 30}
    _made(run, object_lock=lock, **given)
    kept = _made(run, **given)
    assert (kept["changed"], kept["bucket"]["object_lock"]) == (False, lock)


def test_an_empty_one_goes(run: Run, account: Account, given: dict[str, Any]) -> None:
    _made(run, **given)
    predicted = run(backup_bucket, check=True, state="absent", **given)
    assert len(account.client("s3").list_buckets()["Buckets"]) == 1
    gone = _made(run, state="absent", **given)
    assert gone["change"] == predicted["change"] and gone["diff"] == predicted["diff"]
    assert (gone["change"]["action"], gone["bucket"]) == ("delete", None)
    assert account.client("s3").list_buckets()["Buckets"] == []
    assert _made(run, state="absent", **given)["change"]["action"] == "keep"


def test_one_of_others_is_left(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    account.client("s3").create_bucket(Bucket=name)
    left = _made(run, state="absent", **given)
    assert (left["changed"], left["change"]["action"]) == (False, "leave")


def test_a_key_that_is_yet_to_be_made_is_a_warning_in_check_mode(run: Run, given: dict[str, Any]) -> None:
    predicted = run(backup_bucket, check=True, kms_key="alias/none", **given)
    assert predicted["change"]["action"] == "create"
    assert predicted["warnings"] == [
        "KMS key alias/none is not there in region us-east-1; make it with eks.redis.kms_key, or name another "
        "(no error in check mode: what is run before may make it)"
    ]


def test_check_mode_and_a_second_run_send_reads_only(run: Run, account: Account, given: dict[str, Any]) -> None:
    run(backup_bucket, check=True, **given)
    assert [call["operation"] for call in account.calls() if call["mutates"]] == []
    _made(run, **given)
    made = len(account.calls())
    run(backup_bucket, check=True, lifecycle={"expiration_days": 9}, tags={"a": "b"}, **given)
    run(backup_bucket, check=True, state="absent", **given)
    _made(run, **given)
    assert [call["operation"] for call in account.calls()[made:] if call["mutates"]] == []
