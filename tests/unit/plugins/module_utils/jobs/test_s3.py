"""What S3 says when it refuses, as one line with what to do about it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from ansible_collections.eks.redis.plugins.module_utils.jobs import s3

PLACE = {"Bucket": "backups", "Key": "redis/apps/cache/x"}


class Client:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def put_object(self, **_given: Any) -> None:
        raise self._error


def failed(error: Exception) -> s3.S3Error:
    with pytest.raises(s3.S3Error) as caught:
        s3.call(Client(error), "put_object", **PLACE)
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def answer(code: str, message: str = "", status: int = 400) -> ClientError:
    given = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(given, "PutObject")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            answer("NoSuchBucket", "The specified bucket does not exist."),
            "s3:PutObject backups/redis/apps/cache/x: NoSuchBucket: The specified bucket does not exist; "
            "there is no such bucket; check the flavour's backup.s3Bucket",
        ),
        (
            answer("403"),
            "s3:PutObject backups/redis/apps/cache/x: AccessDenied: check the policies of the job's role, "
            "of the bucket and of the key",
        ),
        (answer("Odd", "Two\nlines"), "s3:PutObject backups/redis/apps/cache/x: Odd: Two lines"),
        (answer("Odd"), "s3:PutObject backups/redis/apps/cache/x: Odd: no reason given"),
        (
            NoCredentialsError(),
            "no AWS credentials: give the ServiceAccount of the job a role, by EKS Pod Identity or by the annotation "
            "eks.amazonaws.com/role-arn",
        ),
        (
            EndpointConnectionError(endpoint_url="https://s3"),
            's3 put_object backups/redis/apps/cache/x: no answer: Could not connect to the endpoint URL: "https://s3"',
        ),
    ],
)
def test_lines(error: Exception, line: str) -> None:
    assert str(failed(error)) == line


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (answer("AccessDenied", status=403), True),
        (answer("InternalError", status=500), False),
        (answer("PreconditionFailed", status=412), False),
        (EndpointConnectionError(endpoint_url="https://s3"), False),
    ],
)
def test_what_is_certainly_not_done(error: Exception, refused: bool) -> None:
    assert failed(error).refused == refused


def test_what_may_be_missing() -> None:
    client = Client(answer("NoSuchKey", status=404))
    assert s3.find(client, "put_object", missing=("NoSuchKey",), **PLACE) is None
    with pytest.raises(s3.S3Error):
        s3.find(client, "put_object", missing=("NoSuchBucket",), **PLACE)
