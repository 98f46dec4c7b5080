"""Objects: the KMS key of a write or read must be usable."""

from __future__ import annotations

from lab.aws import keys
from lab.aws.guards.registry import guard
from lab.aws.objects import key_of_read, key_of_write
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


@guard("s3", "PutObject", "CopyObject", "CreateMultipartUpload")
def writes_with_a_usable_key(request: AwsRequest) -> None:
    _usable(request, key_of_write(request))


@guard("s3", "GetObject")
def reads_with_a_usable_key(request: AwsRequest) -> None:
    _usable(request, key_of_read(request))


def _usable(request: AwsRequest, name: str | None) -> None:
    fault = name and keys.unusable(keys.find(request, name), name)
    if fault:
        raise Fault(f"KMS.{fault[0]}", fault[1], 400)
