"""What S3 refuses for a moment only is tried again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.waiters import settled

VERSIONS = AwsError("Versioning must be 'Enabled' on the bucket", "InvalidRequest")
DESTINATION = AwsError("Destination bucket must exist.", "InvalidRequest")


def _refuses(error: AwsError, times: int) -> tuple[Callable[[], None], list[AwsError]]:
    refusals = [error] * times

    def write() -> None:
        if refusals:
            raise refusals.pop()

    return write, refusals


@pytest.mark.parametrize("error", [AwsError("", "NoSuchBucket"), AwsError("", "OperationAborted"), VERSIONS])
def test_it_is_tried_until_it_is_taken(error: AwsError) -> None:
    write, left = _refuses(error, 3)
    pauses: list[float] = []
    settled(write, pauses.append)
    assert (left, len(pauses)) == ([], 3)


@pytest.mark.parametrize("error", [AwsError("", "AccessDenied"), DESTINATION])
def test_what_stays_wrong_is_told_at_once(error: AwsError) -> None:
    write, left = _refuses(error, 2)
    with pytest.raises(AwsError) as raised:
        settled(write, _never)
    assert (raised.value, len(left)) == (error, 1)


def test_patience_ends() -> None:
    write, _left = _refuses(VERSIONS, 1000)
    pauses: list[float] = []
    with pytest.raises(AwsError) as raised:
        settled(write, pauses.append)
    assert (raised.value, sum(pauses)) == (VERSIONS, 120)


def _never(_seconds: float) -> None:
    raise AssertionError("it paused")
