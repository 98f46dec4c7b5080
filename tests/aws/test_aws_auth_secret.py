"""Module auth_secret: made, changed, drifted, rotated, taken away; each in check mode, for real, and once more."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import auth_secret, auth_secret_info

NAME = "eks-redis/prod/apps/cache"
GIVEN = {"name": NAME, "cluster_name": "prod"}
PLAIN = {**GIVEN, "property": ""}


def _made(run: Run, **more: Any) -> dict[str, Any]:
    made = run(auth_secret, **{**GIVEN, **more})
    assert "msg" not in made, made
    return made


def _text(account: Account, stage: str = "AWSCURRENT") -> str:
    found = account.client("secretsmanager").get_secret_value(SecretId=NAME, VersionStage=stage)
    return str(found["SecretString"])


def _password(account: Account) -> str:
    return str(json.loads(_text(account))["password"])


def _fingerprint(password: str) -> str:
    return f"sha256:{sha256(password.encode()).hexdigest()[:8]}"


def test_it_is_made_once_and_predicted_before(run: Run, account: Account) -> None:
    secrets = account.client("secretsmanager")
    predicted = run(auth_secret, check=True, **GIVEN)
    assert {field: predicted[field] for field in ("arn", "name", "version_id", "fingerprint")} == {
        "arn": None,
        "name": NAME,
        "version_id": None,
        "fingerprint": None,
    }
    assert predicted["change"] == {"kind": "AWS secret", "name": NAME, "action": "create", "fields": []}
    assert secrets.list_secrets()["SecretList"] == []
    made = _made(run)
    assert made["diff"] == predicted["diff"]
    live = secrets.describe_secret(SecretId=NAME)
    assert (made["arn"], live["VersionIdsToStages"]) == (live["ARN"], {made["version_id"]: ["AWSCURRENT"]})
    assert (live["Description"], "KmsKeyId" in live) == ("Password of Redis on EKS", False)
    assert re.fullmatch(r"[A-Za-z0-9]{32}", _password(account))
    assert made["fingerprint"] == _fingerprint(_password(account))
    for check in (True, False):
        again = run(auth_secret, check=check, **GIVEN)
        assert (again["changed"], again["change"]["action"]) == (False, "keep")
        assert {field: again[field] for field in ("arn", "version_id", "fingerprint")} == {
            field: made[field] for field in ("arn", "version_id", "fingerprint")
        }
    assert len(secrets.list_secrets()["SecretList"]) == 1


def test_each_password_is_another(run: Run, account: Account) -> None:
    one, other = (run(auth_secret, **{**GIVEN, "name": name})["fingerprint"] for name in ("one", "other"))
    assert one != other


@pytest.mark.parametrize(
    ("field", "option"),
    [("description", {"description": "Another"}), ("tags", {"tags": {"team": "data"}})],
)
def test_what_is_asked_differently_is_changed(run: Run, account: Account, field: str, option: dict[str, Any]) -> None:
    made, text = _made(run), _text(account)
    predicted = run(auth_secret, check=True, **GIVEN, **option)
    changed = _made(run, **option)
    assert changed["change"]["fields"] == predicted["change"]["fields"] == [field]
    assert (changed["diff"], changed["arn"]) == (predicted["diff"], made["arn"])
    assert predicted["fingerprint"] == changed["fingerprint"] == made["fingerprint"]
    assert _text(account) == text
    assert _made(run, **option)["changed"] is False


def test_a_key_of_ones_own_encrypts_it(run: Run, account: Account) -> None:
    kms, secrets = account.client("kms"), account.client("secretsmanager")
    one, other = (kms.create_key()["KeyMetadata"] for _each in range(2))
    kms.create_alias(AliasName="alias/one", TargetKeyId=one["KeyId"])
    _made(run, kms_key="alias/one")
    assert secrets.describe_secret(SecretId=NAME)["KmsKeyId"] == one["Arn"]
    text = _text(account)
    for name in (one["Arn"], one["KeyId"], "alias/one"):
        assert _made(run, kms_key=name)["changed"] is False
    assert _made(run)["changed"] is False  # without the option it keeps the key that it has
    predicted = run(auth_secret, check=True, kms_key=other["KeyId"], **GIVEN)
    changed = _made(run, kms_key=other["KeyId"])
    assert changed["change"] == predicted["change"] and changed["change"]["fields"] == ["kms_key"]
    assert secrets.describe_secret(SecretId=NAME)["KmsKeyId"] == other["Arn"]
    assert _text(account) == text
    secrets.update_secret(SecretId=NAME, KmsKeyId=other["KeyId"])
    assert _made(run, kms_key=other["Arn"])["changed"] is False  # the same one by its ID


def test_drift_is_named_and_mended(run: Run, account: Account) -> None:
    secrets, made = account.client("secretsmanager"), _made(run, tags={"team": "data"})
    secrets.update_secret(SecretId=NAME, Description="changed by hand")
    secrets.untag_resource(SecretId=NAME, TagKeys=["team"])
    mended = _made(run, tags={"team": "data"})
    assert mended["change"]["fields"] == ["description", "tags"]
    assert mended["fingerprint"] == made["fingerprint"]
    assert _made(run, tags={"team": "data"})["changed"] is False


def test_a_rotation_is_predicted_and_keeps_the_one_before(run: Run, account: Account) -> None:
    made, before = _made(run), _text(account)
    predicted = run(auth_secret, check=True, rotate=True, **GIVEN)
    assert (predicted["fingerprint"], predicted["version_id"], predicted["arn"]) == (None, None, made["arn"])
    assert _text(account) == before
    rotated = _made(run, rotate=True)
    assert (rotated["change"], rotated["diff"]) == (predicted["change"], predicted["diff"])
    assert rotated["change"]["fields"] == ["password"]
    assert rotated["version_id"] != made["version_id"]
    assert rotated["fingerprint"] == _fingerprint(_password(account)) != made["fingerprint"]
    assert _text(account, "AWSPREVIOUS") == before
    assert _made(run)["fingerprint"] == rotated["fingerprint"]


@pytest.mark.parametrize("given", [GIVEN, PLAIN])
def test_a_secret_without_a_value_gets_its_password(run: Run, account: Account, given: dict[str, Any]) -> None:
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name=NAME, Tags=_ours())
    predicted = run(auth_secret, check=True, **given)
    made = _made(run, **given)
    assert made["change"] == predicted["change"]
    assert made["change"]["fields"] == ["description", "password"]
    text = _text(account)
    assert made["fingerprint"] == _fingerprint(json.loads(text)["password"] if given is GIVEN else text)
    assert _made(run, **given)["changed"] is False


def test_a_json_object_keeps_its_other_keys(run: Run, account: Account) -> None:
    account.client("secretsmanager").create_secret(Name=NAME, SecretString='{"user": "default"}', Tags=_ours())
    assert _made(run, property="auth-token")["change"]["fields"] == ["description", "password"]
    held = json.loads(_text(account))
    assert (held["user"], len(held["auth-token"])) == ("default", 32)
    _made(run, property="auth-token", rotate=True)
    renewed = json.loads(_text(account))
    assert renewed["user"] == "default" and renewed["auth-token"] != held["auth-token"]


def test_a_plain_text_is_the_password(run: Run, account: Account) -> None:
    made = _made(run, **PLAIN)
    assert made["fingerprint"] == _fingerprint(_text(account))
    assert re.fullmatch(r"[A-Za-z0-9]{32}", _text(account))
    assert _made(run, **PLAIN)["changed"] is False
    assert _made(run, **PLAIN, rotate=True)["fingerprint"] == _fingerprint(_text(account)) != made["fingerprint"]


def test_the_password_is_nowhere_in_a_result(run: Run, account: Account) -> None:
    told = [run(auth_secret, check=True, **GIVEN), _made(run)]
    passwords = [_password(account)]
    told += [_made(run), run(auth_secret, check=True, rotate=True, **GIVEN), _made(run, rotate=True)]
    told += [run(auth_secret_info, name=NAME), run(auth_secret, state="absent", **GIVEN)]
    passwords.append(json.loads(_text_of_deleted(account))["password"])
    assert len(set(passwords)) == 2
    for password in passwords:
        assert password not in repr(told)


def _text_of_deleted(account: Account) -> str:
    account.client("secretsmanager").restore_secret(SecretId=NAME)
    return _text(account)


def test_its_deletion_is_predicted_scheduled_and_can_be_taken_back(run: Run, account: Account) -> None:
    secrets, made = account.client("secretsmanager"), _made(run)
    gone = {**GIVEN, "state": "absent", "recovery_window": 7}
    predicted = run(auth_secret, check=True, **gone)
    assert "DeletedDate" not in secrets.describe_secret(SecretId=NAME)
    deleted = run(auth_secret, **gone)
    assert (deleted["change"], deleted["diff"]) == (predicted["change"], predicted["diff"])
    assert (deleted["change"]["action"], deleted["arn"], deleted["fingerprint"]) == ("delete", None, None)
    leaves = secrets.describe_secret(SecretId=NAME)["DeletedDate"].date()
    assert run(auth_secret, **gone)["change"]["action"] == "keep"

    told = (
        f"AWS secret {NAME} is scheduled for deletion, it goes on {leaves}; keep it with: "
        f"aws secretsmanager restore-secret --secret-id {NAME} --region us-east-1"
    )
    assert run(auth_secret, **GIVEN)["msg"] == told
    assert run(auth_secret_info, name=NAME)["problem"] == told
    secrets.restore_secret(SecretId=NAME)
    assert _made(run)["fingerprint"] == made["fingerprint"]


def test_what_is_not_there_is_absent(run: Run) -> None:
    assert run(auth_secret, state="absent", **GIVEN)["change"]["action"] == "keep"


def _ours() -> list[dict[str, str]]:
    tags = {"app.kubernetes.io/managed-by": "eks.redis", "eks.redis/cluster": "prod"}
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def test_one_of_others_is_refused_unless_adopted_and_keeps_its_password(run: Run, account: Account) -> None:
    text = json.dumps({"password": "chosen-by-hand-0123"})
    account.client("secretsmanager").create_secret(Name=NAME, SecretString=text)
    refused = run(auth_secret, **GIVEN)
    assert refused["msg"] == (
        f"AWS secret {NAME} is there and was not made by eks.redis for cluster prod; choose another name, or make it "
        "eks.redis's with adopt: true"
    )
    adopted = _made(run, adopt=True)
    assert adopted["change"]["fields"] == ["description", "tags"]
    assert (adopted["fingerprint"], _text(account)) == (_fingerprint("chosen-by-hand-0123"), text)
    assert _made(run)["changed"] is False


def test_one_of_others_is_never_deleted(run: Run, account: Account) -> None:
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name=NAME, SecretString="theirs")
    kept = run(auth_secret, state="absent", **GIVEN)
    assert (kept["changed"], kept["change"]["action"]) == (False, "leave")
    assert kept["msg"] == f"AWS secret {NAME} stays: it was not made by eks.redis for cluster prod"
    assert "DeletedDate" not in secrets.describe_secret(SecretId=NAME)


def test_check_mode_sends_reads_only(run: Run, account: Account) -> None:
    run(auth_secret, check=True, **GIVEN)
    _made(run)
    made = len(account.calls())
    run(auth_secret, check=True, description="Another", tags={"a": "b"}, rotate=True, **GIVEN)
    run(auth_secret, check=True, state="absent", **GIVEN)
    _made(run)
    assert [call["operation"] for call in account.calls()[made:] if call["mutates"]] == []


def test_info_tells_what_is_known_without_reading_the_value(run: Run, account: Account) -> None:
    made = _made(run, tags={"team": "data"})
    before = len(account.calls())
    for name in (NAME, made["arn"]):
        found = run(auth_secret_info, name=name)
        assert found["problem"] is None
        known = found["secret"]
        assert (known["arn"], known["name"], known["version_id"]) == (made["arn"], NAME, made["version_id"])
        assert (known["kms_key"], known["deleted_on"], known["tags"]["team"]) == (None, None, "data")
        assert known["rotation"] == {"enabled": False, "days": None}
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", known["last_changed"])
    assert {call["operation"] for call in account.calls()[before:]} == {"DescribeSecret"}
