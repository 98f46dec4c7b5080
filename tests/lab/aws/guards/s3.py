"""Objects: the KMS key of a write or read must be usable, what arrives must be what was sent."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping

from lab.aws import keys
from lab.aws.guards.registry import guard
from lab.aws.objects import key_of_read, key_of_write
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault

DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "SHA256": lambda body: hashlib.sha256(body).digest(),
    "CRC32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
}


@guard("s3", "PutObject", "CopyObject", "CreateMultipartUpload")
def writes_with_a_usable_key(request: AwsRequest) -> None:
    _usable(request, key_of_write(request))


@guard("s3", "GetObject")
def reads_with_a_usable_key(request: AwsRequest) -> None:
    _usable(request, key_of_read(request))


@guard("s3", "PutObject", "UploadPart")
def arrives_whole(request: AwsRequest) -> None:
    """moto stores a checksum, and compares it with nothing."""
    for name, digest in DIGESTS.items():
        told = request.params.get(f"Checksum{name}")
        if told and told != base64.b64encode(digest(_body(request))).decode():
            raise Fault("BadDigest", f"The {name} you specified did not match the calculated checksum.", 400)


def _body(request: AwsRequest) -> bytes:
    body = request.params.get("Body", b"")
    return body if isinstance(body, bytes) else bytes(body.read())


def _usable(request: AwsRequest, name: str | None) -> None:
    fault = name and keys.unusable(keys.find(request, name), name)
    if fault:
        raise Fault(f"KMS.{fault[0]}", fault[1], 400)
