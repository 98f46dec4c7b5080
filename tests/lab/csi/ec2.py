"""EC2's side of a volume: what the real driver does there, with boto3, at the endpoint it is given."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lab.csi.faults import Fault, StatusCode

GiB = 1 << 30

# beginning of EC2's error code -> answer to the caller; anything else is INTERNAL
CODES = {
    "Invalid": StatusCode.INVALID_ARGUMENT,
    "Missing": StatusCode.INVALID_ARGUMENT,
    "Unknown": StatusCode.INVALID_ARGUMENT,
    "RequestLimitExceeded": StatusCode.UNAVAILABLE,
    "VolumeLimitExceeded": StatusCode.RESOURCE_EXHAUSTED,
    "MaxIOPSLimitExceeded": StatusCode.RESOURCE_EXHAUSTED,
}
MISSING = "InvalidVolume.NotFound"


class Ec2:
    """Sizes are bytes here and whole GiB there. Credentials and region come from the environment."""

    def __init__(self, endpoint: str) -> None:
        # the caller retries, and with more patience
        config = Config(connect_timeout=2, read_timeout=20, retries={"total_max_attempts": 1})
        self._client = boto3.client("ec2", endpoint_url=endpoint, config=config)

    def find(self, name: str) -> dict[str, Any] | None:
        """The volume with the tag ``CSIVolumeName=name``, as EC2 describes it."""
        with _faults():
            answer = self._client.describe_volumes(Filters=[{"Name": "tag:CSIVolumeName", "Values": [name]}])
        return next(iter(answer["Volumes"]), None)

    def create(self, zone: str, size: int, arguments: dict[str, Any], tags: dict[str, str]) -> dict[str, Any]:
        tag_list = [{"Key": key, "Value": value} for key, value in tags.items()]
        with _faults():
            return self._client.create_volume(
                AvailabilityZone=zone,
                Size=_gib(size),
                TagSpecifications=[{"ResourceType": "volume", "Tags": tag_list}],
                **arguments,
            )

    def grow(self, volume_id: str, size: int) -> None:
        """Grows it if it is smaller; a volume that EC2 does not know stays the store's alone."""
        with _faults(unless=MISSING):
            volume = self._client.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
            if volume["Size"] < _gib(size):
                self._client.modify_volume(VolumeId=volume_id, Size=_gib(size))

    def delete(self, volume_id: str) -> None:
        with _faults(unless=MISSING):
            self._client.delete_volume(VolumeId=volume_id)


def _gib(size: int) -> int:
    return -(-size // GiB)


@contextlib.contextmanager
def _faults(unless: str | None = None) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code != unless:
            raise Fault(_status(code), f"EC2 {error.operation_name}: {code}: {message}") from None
    except BotoCoreError as error:  # not reachable, or no answer of EC2's
        raise Fault(StatusCode.UNAVAILABLE, f"EC2: {error}") from None


def _status(code: str) -> StatusCode:
    return next((status for prefix, status in CODES.items() if code.startswith(prefix)), StatusCode.INTERNAL)
