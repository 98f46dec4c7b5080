"""Names, trust and policies of roles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import names, purposes, trust

WHERE = {"partition": "aws", "region": "us-east-1", "account": "123456789012"}
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)


@given(cluster=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", fullmatch=True), namespace=NAMES, account=NAMES)
def test_a_name_is_one_that_iam_takes(cluster: str, namespace: str, account: str) -> None:
    assert names.is_valid(names.role_name(cluster, namespace, account))


def test_long_names_differ_where_their_ends_do() -> None:
    one, other = (names.role_name("c" * 60, "apps", account) for account in ("cache", "sessions"))
    assert one != other and len(one) == len(other) == names.LONGEST
    assert names.role_name("prod", "apps", "cache") == "eks-redis-prod-apps-cache"


def test_trust_names_one_service_account() -> None:
    issuer = "oidc.eks.us-east-1.amazonaws.com/id/ABC"
    document = trust.irsa(f"arn:aws:iam::123456789012:oidc-provider/{issuer}", "apps", "backup")
    assert document["Statement"][0]["Condition"] == {
        "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "system:serviceaccount:apps:backup"}
    }


def actions(allow: list[dict[str, Any]]) -> set[str]:
    found: set[str] = set()
    for statement in purposes.statements(allow, WHERE):
        given_ = statement["Action"]
        found |= {given_} if isinstance(given_, str) else set(given_)
    return found


def test_a_restore_can_change_nothing() -> None:
    assert actions([{"purpose": "restore", "bucket": "b", "kms_key": KEY}]) == {
        "s3:ListBucket",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "kms:Decrypt",
    }


@pytest.mark.parametrize(("partition", "service"), [("aws", "s3.*.amazonaws.com"), ("aws-cn", "s3.*.amazonaws.com.cn")])
def test_the_key_serves_through_s3_as_it_is_called_in_the_partition(partition: str, service: str) -> None:
    allow = [{"purpose": "backup", "bucket": "b", "kms_key": KEY}]
    *_others, key = purposes.statements(allow, {**WHERE, "partition": partition})
    assert key["Condition"] == {"StringLike": {"kms:ViaService": service}}


def test_a_prefix_bounds_listing_and_objects() -> None:
    listing, uploads, objects = purposes.statements(
        [{"purpose": "backup", "bucket": "b", "prefix": "/apps/cache/"}], WHERE
    )
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["apps/cache", "apps/cache/*"]}}
    assert objects["Resource"] == "arn:aws:s3:::b/apps/cache/*"
    # S3 has no such condition for it
    assert uploads == {
        "Sid": "BackupUploads",
        "Effect": "Allow",
        "Action": "s3:ListBucketMultipartUploads",
        "Resource": "arn:aws:s3:::b",
    }


@pytest.mark.parametrize("purpose", sorted(purposes.PURPOSES))
def test_what_a_purpose_needs_is_asked_for(purpose: str) -> None:
    needs = purposes.PURPOSES[purpose].needs
    if not needs:
        assert purposes.statements([{"purpose": purpose}], WHERE)
        return
    with pytest.raises(AwsError) as refused:
        purposes.statements([{"purpose": purpose}], WHERE)
    assert str(refused.value) == f"allow[0]: purpose {purpose} needs {' and '.join(needs)}"


def test_two_of_a_purpose_have_sids_of_their_own_and_the_same_stands_once() -> None:
    one = {"purpose": "backup", "bucket": "b", "prefix": "x"}
    made = purposes.statements([one, {**one, "prefix": "y"}, one], WHERE)
    sids = [statement["Sid"] for statement in made]
    assert sids == ["BackupList", "BackupUploads", "BackupObjects", "BackupList2", "BackupObjects2"]


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "purpose": st.sampled_from(sorted(purposes.PURPOSES)),
                "bucket": st.sampled_from(["a", "b"]),
                "prefix": st.sampled_from(["", "x", "y/z"]),
                "secret": st.sampled_from(["a", "b"]),
                "kms_key": st.just(KEY),
            }
        ),
        max_size=6,
    )
)
def test_sids_are_unique_and_nothing_is_allowed_everywhere_but_what_has_no_resource(
    allow: list[dict[str, Any]],
) -> None:
    made = purposes.statements(allow, WHERE)
    sids = [statement["Sid"] for statement in made]
    assert len(sids) == len(set(sids))
    for statement in made:
        if statement["Resource"] == "*":
            assert statement["Action"] in (
                "s3:ListAllMyBuckets",
                "cloudwatch:GetMetricData",
                "cloudwatch:PutMetricData",
            )
