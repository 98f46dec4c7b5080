"""Who may do what with the key, judged by the laboratory's decider."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws.kms.policy import Place, Users, document
from ansible_collections.eks.redis.plugins.module_utils.topology.files import to_yaml
from lab.aws.iam.decide import Policies, Principal, Question, decide

PLACE = Place("aws", "us-east-1", "123456789012")
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
DRIVER, BACKUP, READER, OTHER = (
    f"arn:aws:iam::123456789012:{name}" for name in ("role/csi", "role/backup", "user/reader", "role/other")
)
USERS = Users(volume_roles=[DRIVER], backup_roles=[BACKUP], backup_readers=[READER])
# a role that its own policies let do everything: only the key's says no
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
EBS, S3 = "ec2.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com"
DATA = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom")


def _allowed(action: str, role: str, policy: dict[str, Any], **context: str) -> bool:
    keys = {"aws:principalarn": role, **{name.replace("_", ":"): value for name, value in context.items()}}
    question = Question(Principal("123456789012", frozenset({role})), action, KEY, keys)
    return decide(question, Policies([EVERYTHING], (), policy, its_own_master=True)).allowed


@pytest.mark.parametrize(
    ("action", "role", "via", "allowed"),
    [
        ("kms:GenerateDataKeyWithoutPlaintext", DRIVER, EBS, True),
        ("kms:Decrypt", DRIVER, EBS, True),
        ("kms:DescribeKey", DRIVER, EBS, True),
        ("kms:Encrypt", DRIVER, EBS, False),
        ("kms:GenerateDataKey", DRIVER, EBS, False),
        ("kms:Decrypt", DRIVER, S3, False),
        ("kms:GenerateDataKey", BACKUP, S3, True),
        ("kms:Decrypt", BACKUP, S3, True),
        ("kms:Encrypt", BACKUP, S3, True),
        ("kms:Decrypt", BACKUP, EBS, False),
        ("kms:ReEncryptFrom", BACKUP, S3, False),
        ("kms:Decrypt", READER, S3, True),
        ("kms:Decrypt", READER, EBS, False),
        ("kms:GenerateDataKey", READER, S3, False),
        ("kms:Encrypt", READER, S3, False),
        ("kms:Decrypt", OTHER, EBS, False),
        ("kms:Decrypt", OTHER, S3, False),
    ],
)
def test_data_is_used_by_whom_and_through_what_it_is_for(action: str, role: str, via: str, allowed: bool) -> None:
    assert _allowed(action, role, document(PLACE, USERS), kms_viaservice=via) is allowed


@pytest.mark.parametrize("action", DATA)
@pytest.mark.parametrize("role", [DRIVER, BACKUP, READER, OTHER])
def test_nobody_uses_data_without_a_service_in_between(action: str, role: str) -> None:
    assert not _allowed(action, role, document(PLACE, USERS), kms_viaservice="")


@pytest.mark.parametrize(("for_aws", "allowed"), [("true", True), ("false", False)])
def test_the_driver_grants_to_aws_services_only(for_aws: str, allowed: bool) -> None:
    context = {"kms_viaservice": EBS, "kms_grantisforawsresource": for_aws}
    assert _allowed("kms:CreateGrant", DRIVER, document(PLACE, USERS), **context) is allowed


@pytest.mark.parametrize("action", ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:EnableKeyRotation"])
def test_iam_policies_decide_who_administers(action: str) -> None:
    assert _allowed(action, OTHER, document(PLACE, USERS), kms_viaservice="")


@pytest.mark.parametrize("action", [*DATA, "kms:CreateGrant"])
def test_administration_is_no_use_of_data(action: str) -> None:
    for policy in (document(PLACE, Users()), document(PLACE, Users(administrators=[OTHER]))):
        assert not _allowed(action, OTHER, policy, kms_viaservice="", kms_grantisforawsresource="true")


def test_named_administrators_are_the_only_ones() -> None:
    policy = document(PLACE, Users(administrators=[OTHER]))
    assert _allowed("kms:PutKeyPolicy", OTHER, policy)
    assert not _allowed("kms:PutKeyPolicy", BACKUP, policy)


def test_roles_may_be_named_by_a_pattern() -> None:
    policy = document(PLACE, Users(backup_roles=["arn:aws:iam::123456789012:role/eks-redis-prod-*"]))
    role = "arn:aws:iam::123456789012:role/eks-redis-prod-apps-cache"
    assert _allowed("kms:Decrypt", role, policy, kms_viaservice=S3)
    assert not _allowed("kms:Decrypt", OTHER, policy, kms_viaservice=S3)


def test_partitions_have_names_of_their_own() -> None:
    text = str(document(Place("aws-cn", "cn-north-1", "123456789012"), USERS))
    assert "arn:aws-cn:iam::123456789012:root" in text and "s3.cn-north-1.amazonaws.com.cn" in text


@given(administrators=st.booleans(), volumes=st.booleans(), backups=st.booleans())
def test_there_is_one_statement_for_each_use(administrators: bool, volumes: bool, backups: bool) -> None:
    users = Users([OTHER] * administrators, [DRIVER] * volumes, [BACKUP] * backups)
    sids = [statement["Sid"] for statement in document(PLACE, users)["Statement"]]
    assert len(sids) == len(set(sids)) == 1 + 2 * volumes + backups
    assert all(statement["Principal"] != "*" for statement in document(PLACE, users)["Statement"])


def test_a_diff_of_it_has_no_anchors() -> None:
    assert "&" not in to_yaml(document(PLACE, USERS))
