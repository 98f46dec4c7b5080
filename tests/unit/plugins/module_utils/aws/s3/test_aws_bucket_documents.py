"""What a bucket of backups says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws import documents as policies
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import documents, rules, transformations
from lab.aws.iam.decide import Policies, Principal, Question, decide

BUCKET, COPIES = "arn:aws:s3:::backups", "arn:aws:s3:::copies"
ROLE = "arn:aws:iam::123456789012:role/backups-replication"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_THERE = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
CALLER = Principal("123456789012", frozenset({"arn:aws:iam::123456789012:role/backup"}))


@pytest.mark.parametrize(("secure", "allowed"), [("true", True), ("false", False)])
@pytest.mark.parametrize("resource", [BUCKET, f"{BUCKET}/a/backup.rdb"])
def test_the_bucket_takes_tls_only(resource: str, secure: str, allowed: bool) -> None:
    document = policies.policy(list(documents.statements(BUCKET, []).values()))
    question = Question(CALLER, "s3:GetObject", resource, {"aws:securetransport": secure})
    assert decide(question, Policies([EVERYTHING], (), document)).allowed is allowed
    assert transformations.tls_only(document["Statement"], BUCKET)


def test_a_statement_of_the_user_is_on_the_bucket_unless_it_says_otherwise() -> None:
    plain = {"Sid": "Export", "Effect": "Allow", "Principal": "*", "Action": "s3:PutObject"}
    made = documents.statements(BUCKET, [plain, {**plain, "Sid": "Part", "Resource": f"{BUCKET}/part/*"}])
    assert list(made) == ["EksRedisTlsOnly", "EksRedisExport", "EksRedisPart"]
    assert made["EksRedisExport"]["Resource"] == [BUCKET, f"{BUCKET}/*"]
    assert made["EksRedisPart"]["Resource"] == f"{BUCKET}/part/*"


def _replicates(action: str, resource: str, replica: documents.Replica, key: str | None = None, **context: str) -> bool:
    document = documents.replication_policy(BUCKET, key, replica, locked=False)
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return decide(Question(CALLER, action, resource, keys), Policies([document])).allowed


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetReplicationConfiguration", BUCKET, True),
        ("s3:ListBucket", BUCKET, True),
        ("s3:GetObjectVersionForReplication", f"{BUCKET}/redis/1.rdb", True),
        ("s3:GetObjectVersionForReplication", f"{BUCKET}/other/1.rdb", False),
        ("s3:GetObject", f"{BUCKET}/redis/1.rdb", False),
        ("s3:PutObject", f"{BUCKET}/redis/1.rdb", False),
        ("s3:ReplicateObject", f"{COPIES}/redis/1.rdb", True),
        ("s3:ReplicateObject", f"{COPIES}/other/1.rdb", False),
        ("s3:ReplicateObject", f"{BUCKET}/redis/1.rdb", False),
        ("s3:ReplicateDelete", f"{COPIES}/redis/1.rdb", False),
    ],
)
def test_the_role_of_replication_can_copy_and_no_more(action: str, resource: str, allowed: bool) -> None:
    assert _replicates(action, resource, documents.Replica(COPIES, "redis/")) is allowed


@pytest.mark.parametrize(
    ("action", "key", "via", "bucket", "allowed"),
    [
        ("kms:Decrypt", KEY, "s3.us-east-1.amazonaws.com", BUCKET, True),
        ("kms:Decrypt", KEY, "s3.us-east-1.amazonaws.com", f"{BUCKET}/1.rdb", True),
        ("kms:Decrypt", KEY, "s3.us-east-1.amazonaws.com", COPIES, False),
        ("kms:Decrypt", KEY_THERE, "s3.eu-west-1.amazonaws.com", COPIES, False),
        ("kms:Encrypt", KEY_THERE, "s3.eu-west-1.amazonaws.com", COPIES, True),
        ("kms:Encrypt", KEY_THERE, "ec2.eu-west-1.amazonaws.com", COPIES, False),
        ("kms:Encrypt", KEY, "s3.us-east-1.amazonaws.com", BUCKET, False),
    ],
)
def test_it_decrypts_here_and_encrypts_there(action: str, key: str, via: str, bucket: str, allowed: bool) -> None:
    context = {"kms__viaservice": via, "kms__encryptioncontext__aws__s3__arn": bucket}
    assert _replicates(action, key, documents.Replica(COPIES, kms_key=KEY_THERE), KEY, **context) is allowed


def test_retentions_are_read_where_there_are_any() -> None:
    locked = documents.replication_policy(BUCKET, None, documents.Replica(COPIES), locked=True)
    assert "s3:GetObjectRetention" in locked["Statement"][1]["Action"]


def test_deletions_are_not_copied() -> None:
    made = documents.replication(ROLE, documents.Replica(COPIES, storage_class="GLACIER_IR"))
    (rule,) = made["rules"].values()
    assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
    assert rule["Destination"] == {"Bucket": COPIES, "StorageClass": "GLACIER_IR"}
    assert (made["role"], "SourceSelectionCriteria" in rule) == (ROLE, False)


@st.composite
def lifecycles(draw: st.DrawFn) -> dict[str, Any]:
    """Any that the rules let pass, from classes and days that mostly do."""
    classes = draw(st.lists(st.sampled_from(rules.STORAGE_CLASSES), unique=True, max_size=4))
    days = sorted(draw(st.lists(st.integers(0, 2000), min_size=len(classes), max_size=len(classes), unique=True)))
    return {
        "transitions": [{"days": day, "storage_class": name} for day, name in zip(days, classes, strict=True)],
        "expiration_days": draw(st.none() | st.integers(1, 4000)),
        "noncurrent_days": draw(st.integers(1, 400)),
        "abort_multipart_days": draw(st.integers(1, 30)),
    }


@given(lifecycles())
def test_a_lifecycle_reads_as_it_was_written(asked: dict[str, Any]) -> None:
    made = documents.lifecycle(asked)
    assert transformations.ours(made.values(), "ID", transformations.RULE) == made
    assert {name: transformations.rule(rule) for name, rule in made.items()} == made
    clean_up = made["eks-redis-clean-up"]
    assert clean_up["NoncurrentVersionExpiration"] == {"NoncurrentDays": asked["noncurrent_days"]}
    moves = made.get("eks-redis-backups", {}).get("Transitions", [])
    assert [(move["Days"], move["StorageClass"]) for move in moves] == [
        (move["days"], move["storage_class"]) for move in asked["transitions"]
    ]
