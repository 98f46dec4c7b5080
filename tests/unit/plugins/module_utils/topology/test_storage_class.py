"""What EBS can give: figures in and out of range."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.topology import storage_class

OPTIONS: dict[str, Any] = {
    "name": "fast",
    "type": "gp3",
    "iops": None,
    "throughput": None,
    "encrypted": True,
    "kms_key": None,
    "fs_type": None,
    "reclaim_policy": "Delete",
    "allow_expansion": True,
    "provisioner": storage_class.DRIVER,
}
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"


@pytest.mark.parametrize(
    "fine",
    [
        {},
        {"iops": 80000, "throughput": 2000},
        {"iops": 3000, "throughput": 750},
        {"type": "io2", "iops": 256000},
        {"type": "io1", "iops": 100},
        {"type": "gp2"},
        {"kms_key": KEY},
        {"kms_key": "arn:aws-cn:kms:cn-north-1:123456789012:alias/redis/ebs"},
    ],
)
def test_what_ebs_gives(fine: dict[str, Any]) -> None:
    assert list(storage_class.problems({**OPTIONS, **fine})) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"name": "Fast"}, "name: 'Fast' is no name of a StorageClass: lower case letters, digits, '-' and '.'"),
        ({"iops": 2999}, "iops: 2999 is out of range for type gp3; allowed: 3000 to 80000"),
        ({"iops": 80001}, "iops: 80001 is out of range for type gp3; allowed: 3000 to 80000"),
        ({"throughput": 124}, "throughput: 124 is out of range for type gp3; allowed: 125 to 2000"),
        ({"throughput": 1000}, "throughput: 1000 MiB/s need iops of at least 4000, given 3000"),
        ({"type": "io2"}, "iops: volumes of type io2 need it; allowed: 100 to 256000"),
        ({"type": "io1", "iops": 64001}, "iops: 64001 is out of range for type io1; allowed: 100 to 64000"),
        (
            {"type": "io2", "iops": 100, "throughput": 200},
            "throughput: volumes of type io2 take none; gp3 do",
        ),
        ({"type": "gp2", "iops": 3000}, "iops: volumes of type gp2 take none; gp3 and io1 and io2 do"),
        (
            {"kms_key": KEY, "encrypted": False},
            "kms_key: it is given, and encrypted is false; a volume that is not encrypted has no key",
        ),
        (
            {"kms_key": "redis"},
            "kms_key: 'redis' is not the ARN of a KMS key, such as arn:aws:kms:REGION:ACCOUNT:key/ID",
        ),
    ],
)
def test_what_it_refuses_is_named(bad: dict[str, Any], message: str) -> None:
    assert list(storage_class.problems({**OPTIONS, **bad})) == [message]


@given(
    type_=st.sampled_from(sorted(storage_class.VOLUME_TYPES)),
    iops=st.none() | st.integers(0, 300000),
    throughput=st.none() | st.integers(0, 3000),
)
def test_no_class_is_made_with_figures_out_of_range(type_: str, iops: int | None, throughput: int | None) -> None:
    asked = {**OPTIONS, "type": type_, "iops": iops, "throughput": throughput}
    if list(storage_class.problems(asked)):
        return
    parameters = storage_class.manifest(asked, True)["parameters"]
    least, most = storage_class.VOLUME_TYPES[type_].iops or (0, 0)
    assert ("iops" in parameters) == (iops is not None)
    assert iops is None or least <= int(parameters["iops"]) <= most
    assert throughput is None or 4 * throughput <= (iops or 3000)
