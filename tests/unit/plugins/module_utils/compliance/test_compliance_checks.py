"""Facts in, answers out."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.compliance.checks import checks, counts
from ansible_collections.eks.redis.plugins.module_utils.compliance.report import FORMATS

KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
FACTS: dict[str, Any] = {
    "claims": [
        {
            "claim": "cache-cache-0",
            "phase": "Bound",
            "size": "10Gi",
            "storage_class": "gp3",
            "volume": "pvc-1",
            "driver": "ebs.csi.aws.com",
            "handle": "vol-1",
        }
    ],
    "volumes": {"vol-1": {"id": "vol-1", "encrypted": True, "key": KEY}},
    "keys": {
        KEY: {"arn": KEY, "state": "Enabled", "managed_by": "customer", "rotation": {"enabled": True, "days": 365}}
    },
    "wanted_key": KEY,
    "customer_key": True,
    "bucket": {
        "name": "backups",
        "exists": True,
        "encryption": {"algorithm": "aws:kms", "key": KEY, "bucket_key": True},
        "public_access_blocked": True,
        "tls_only": True,
        "versioning": True,
    },
    "identity": [
        {"subject": "ServiceAccount apps/backup", "requirement": "it has a role", "result": "pass", "found": "role"}
    ],
}


def failed(facts: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["subject"], one["requirement"], one["found"]) for one in checks(facts) if one["result"] == "fail"]


def changed(path: str, value: Any) -> dict[str, Any]:
    facts = copy.deepcopy(FACTS)
    *parents, last = path.split("|")
    place: Any = facts
    for one in parents:
        place = place[int(one) if one.isdigit() else one]
    place[last] = value
    return facts


def test_all_is_well_and_what_nobody_saw_is_said() -> None:
    assert failed(FACTS) == []
    answers = checks(FACTS)
    assert counts(answers) == {"pass": 11, "fail": 0, "not_checked": 3}
    assert [one["subject"] for one in answers if one["result"] == "not checked"] == ["CloudTrail", "network", "people"]


def test_a_key_that_another_account_does_not_show_is_open() -> None:
    answers = checks(changed(f"keys|{KEY}", {"arn": KEY, "managed_by": "customer", "untold": "kms:DescribeKey: no"}))
    assert [(one["result"], one["found"]) for one in answers if one["subject"] == f"key {KEY}"] == [
        ("not checked", "another account has it: kms:DescribeKey: no")
    ]
    assert counts(answers)["fail"] == 0


VOLUME = "volume vol-1 of claim cache-cache-0"


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("volumes|vol-1|encrypted", False, [(VOLUME, "it is encrypted", "not encrypted")]),
        ("volumes|vol-1", None, [(VOLUME, "it is there", "EC2 does not know it in this account and region")]),
        ("wanted_key", "arn:other", [(VOLUME, "its key is arn:other", f"its key is {KEY}")]),
        (
            f"keys|{KEY}|managed_by",
            "aws",
            [(VOLUME, "its key is managed by the customer", "managed by aws")],
        ),
        (f"keys|{KEY}|state", "PendingDeletion", [(f"key {KEY}", "it is enabled", "it is PendingDeletion")]),
        (
            f"keys|{KEY}|rotation",
            {"enabled": False, "days": None},
            [(f"key {KEY}", "it is rotated", "it is not rotated")],
        ),
        (
            "claims|0|driver",
            "efs.csi.aws.com",
            [("claim cache-cache-0", "its volume is EBS", "driver efs.csi.aws.com made vol-1")],
        ),
        ("bucket|tls_only", False, [("bucket backups", "only TLS is answered", "no")]),
        ("bucket|public_access_blocked", False, [("bucket backups", "the public has no access", "no")]),
        ("bucket|versioning", False, [("bucket backups", "versions are kept", "no")]),
        ("bucket|exists", False, [("bucket backups", "it is there", "not there")]),
        (
            "bucket|encryption",
            {"algorithm": "AES256", "key": None},
            [("bucket backups", "objects are encrypted with a key of KMS", "AES256")],
        ),
    ],
)
def test_what_is_wrong_fails_and_says_what_was_found(path: str, value: Any, found: list[tuple[str, str, str]]) -> None:
    assert failed(changed(path, value)) == found


@pytest.mark.parametrize(
    ("path", "value", "subject"),
    [
        ("claims", [], "volumes"),
        ("claims|0|handle", None, "claim cache-cache-0"),
        ("bucket", None, "backup bucket"),
        ("identity", None, "workload identity"),
    ],
)
def test_what_is_not_there_to_see_is_no_pass(path: str, value: Any, subject: str) -> None:
    answers = checks(changed(path, value))
    assert [one["result"] for one in answers if one["subject"] == subject] == ["not checked"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_begins_with_what_failed_and_escapes_what_it_shows(form: str) -> None:
    answers = checks(changed("wanted_key", "<b>|key"))
    facts = {
        "name": "cache",
        "namespace": "apps",
        "cluster_name": "prod",
        "account": "123456789012",
        "region": "us-east-1",
        "caller": "arn:aws:iam::123456789012:user/auditor",
        "checked_at": "2026-11-24T03:00:00Z",
        "checks": answers,
        "counts": counts(answers),
        "compliant": False,
    }
    text = FORMATS[form](facts)
    assert "Not compliant: 10 passed, 1 failed, 3 not checked." in text
    assert "2026-11-24T03:00:00Z" in text and "<b>" not in text
    assert text.index("its key is") < text.index("it is encrypted")
    assert all(one["subject"] in text for one in answers)
