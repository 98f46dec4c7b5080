"""Names of what is exported, and the statement that lets ElastiCache write it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import exported
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.exported import Target
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.transformations import SID

targets = st.builds(
    Target,
    st.from_regex(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", fullmatch=True),
    st.from_regex(r"[a-z][a-z0-9-]{0,54}", fullmatch=True),
)


@given(targets)
def test_aws_takes_the_names(target: Target) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]+", target.sid)
    # module backup_bucket would take it for a statement of its own
    assert not target.sid.startswith(SID)
    assert list(tags.problems(target.mark)) == []
    assert exported.marked_for(target.mark, target.bucket)
    assert not exported.marked_for(target.mark, target.bucket[:-1])


@given(targets, targets)
def test_every_target_has_its_own(one: Target, other: Target) -> None:
    assert (one.sid == other.sid) is (one.mark == other.mark) is (one == other)


def test_files_are_numbered_by_shard() -> None:
    target = Target("exports", "shop")
    assert [target.key(shard) for shard in (0, 8, 499)] == ["shop-0001.rdb", "shop-0009.rdb", "shop-0500.rdb"]
    assert target.url(target.key(0)) == "s3://exports/shop-0001.rdb"


@pytest.mark.parametrize(
    ("region", "partition", "service"),
    [
        ("us-east-1", "aws", "us-east-1.elasticache-snapshot.amazonaws.com"),
        ("us-gov-west-1", "aws-us-gov", "us-gov-west-1.elasticache-snapshot.amazonaws.com"),
        ("cn-north-1", "aws-cn", "cn-north-1.elasticache-snapshot.amazonaws.com.cn"),
    ],
)
def test_the_service_of_each_partition(region: str, partition: str, service: str) -> None:
    told = exported.statement(Target("exports", "shop"), region, partition)
    assert told["Principal"] == {"Service": service}
    assert told["Resource"] == [f"arn:{partition}:s3:::exports", f"arn:{partition}:s3:::exports/*"]
