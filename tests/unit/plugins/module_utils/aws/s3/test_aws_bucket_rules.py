"""What a bucket cannot be asked to be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import rules

LIFECYCLE = {"transitions": [], "expiration_days": None, "noncurrent_days": 30, "abort_multipart_days": 7}
COPY = {"bucket": "copies", "prefix": "", "storage_class": None, "kms_key": None}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
STATEMENT = {"Sid": "Mine", "Effect": "Allow", "Principal": "*", "Action": "s3:*"}
NAMING = "a bucket's name has 3 to 63 lower case letters, digits and '-', and begins and ends with a letter or digit"
KEPT = (
    "S3 keeps names for itself that begin with xn--, sthree-, amzn-s3-demo- or end with -s3alias, --ol-s3, --x-s3, "
    "--table-s3; choose another"
)


def _problems(**more: Any) -> list[str]:
    given = {"name": "backups", "lifecycle": LIFECYCLE, "policy_statements": [], "object_lock": None}
    return list(rules.problems({**given, "replication": None, "kms_key": None, **more}))


def _aging(*moves: tuple[int, str], **more: Any) -> dict[str, Any]:
    transitions = [{"days": days, "storage_class": name} for days, name in moves]
    return {"lifecycle": {**LIFECYCLE, "transitions": transitions, **more}}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"name": "a-1"},
        {"name": "b" * 63},
        _aging((0, "GLACIER_IR")),
        _aging((30, "STANDARD_IA"), (60, "GLACIER"), (61, "DEEP_ARCHIVE"), expiration_days=62),
        _aging((0, "INTELLIGENT_TIERING"), (90, "GLACIER")),
        {"object_lock": {"mode": "GOVERNANCE", "days": 36500}},
        {"replication": COPY},
        {"replication": {**COPY, "kms_key": KEY}, "kms_key": "alias/redis"},
        {"policy_statements": [STATEMENT, {**STATEMENT, "Sid": "Other"}]},
    ],
)
def test_what_s3_takes_passes(asked: dict[str, Any]) -> None:
    assert _problems(**asked) == []


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"name": "ab"}, f"name 'ab': {NAMING}"),
        ({"name": "b" * 64}, f"name '{'b' * 64}': {NAMING}"),
        ({"name": "Backups"}, f"name 'Backups': {NAMING}"),
        ({"name": "-backups"}, f"name '-backups': {NAMING}"),
        ({"name": "xn--backups"}, f"name 'xn--backups': {KEPT}"),
        ({"name": "backups-s3alias"}, f"name 'backups-s3alias': {KEPT}"),
        (
            _aging((29, "ONEZONE_IA")),
            "lifecycle.transitions[0].days 29: S3 moves objects to ONEZONE_IA after 30 days at the earliest",
        ),
        (
            _aging((-1, "GLACIER")),
            "lifecycle.transitions[0].days -1: S3 moves objects to GLACIER after 0 days at the earliest",
        ),
        (
            _aging((30, "STANDARD_IA"), (59, "GLACIER")),
            "lifecycle.transitions[1].days 59: it must be 60 or more, as STANDARD_IA begins on day 30",
        ),
        (
            _aging((90, "GLACIER_IR"), (90, "GLACIER")),
            "lifecycle.transitions[1].days 90: it must be 91 or more, as GLACIER_IR begins on day 90",
        ),
        (
            _aging((0, "GLACIER"), (60, "STANDARD_IA")),
            "lifecycle.transitions[1].storage_class STANDARD_IA: S3 does not move objects there from GLACIER; after it "
            "may come DEEP_ARCHIVE",
        ),
        (
            _aging((0, "DEEP_ARCHIVE"), (60, "DEEP_ARCHIVE")),
            "lifecycle.transitions[1].storage_class DEEP_ARCHIVE: S3 does not move objects there from DEEP_ARCHIVE; "
            "after it may come nothing",
        ),
        (
            _aging((30, "GLACIER_IR"), expiration_days=30),
            "lifecycle.expiration_days 30: it must be after the last transition, on day 31 or later",
        ),
        (_aging(expiration_days=0), "lifecycle.expiration_days 0: it must be 1 day or more"),
        (_aging(noncurrent_days=0), "lifecycle.noncurrent_days 0: it must be 1 day or more"),
        (_aging(abort_multipart_days=0), "lifecycle.abort_multipart_days 0: it must be 1 day or more"),
        ({"object_lock": {"mode": "COMPLIANCE", "days": 36501}}, "object_lock.days 36501: it must be 1 to 36500"),
        (
            {"replication": {**COPY, "bucket": "backups"}},
            "replication.bucket 'backups': a bucket cannot be its own copy; name another",
        ),
        ({"replication": {**COPY, "bucket": "c"}}, f"replication.bucket 'c': {NAMING}"),
        (
            {"replication": COPY, "kms_key": "alias/redis"},
            "replication.kms_key is missing: with kms_key the copies and the originals are both encrypted with keys of "
            "yours",
        ),
        (
            {"replication": {**COPY, "kms_key": KEY}},
            "kms_key is missing: with replication.kms_key the copies and the originals are both encrypted with keys of "
            "yours",
        ),
        (
            {"replication": {**COPY, "kms_key": "alias/there"}, "kms_key": "alias/redis"},
            "replication.kms_key 'alias/there' is no ARN of a KMS key, such as "
            "arn:aws:kms:eu-west-1:123456789012:key/ID, in the region of the copies",
        ),
        (
            {"policy_statements": [{**STATEMENT, "Sid": "a b"}]},
            "policy_statements[0].Sid 'a b': each statement needs one, of letters and digits, by which it is found "
            "again",
        ),
        (
            {"policy_statements": [STATEMENT, STATEMENT]},
            "policy_statements[1].Sid 'Mine': there is another of that name; choose another",
        ),
        (
            {"policy_statements": [{**STATEMENT, "Sid": "TlsOnly"}]},
            "policy_statements[0].Sid 'TlsOnly': there is another of that name; choose another",
        ),
        (
            {"policy_statements": [{"Sid": "Mine", "Effect": "Allow"}]},
            "policy_statements[0]: Principal and Action missing; a statement of a bucket's policy needs them",
        ),
    ],
)
def test_what_s3_refuses_is_one_line(asked: dict[str, Any], problem: str) -> None:
    assert _problems(**asked) == [problem]


@given(st.text(max_size=70))
def test_a_name_that_passes_is_one_of_s3s(value: str) -> None:
    if not list(rules.name(value, "name")):
        assert 3 <= len(value) <= 63 and value.isascii() and value == value.lower() and "." not in value
