# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of S3 and what can go wrong with them, each as one line.

boto3 is imported when it is needed: what reads sets in the controller's process may bring a client of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

# botocore waits between them, longer each time, and up to 20 s: a bad minute of S3 is borne
_ATTEMPTS = 8
_CONNECT, _READ = 10, 60  # seconds
_CONNECTIONS = 64  # of all uploads side by side
_ADVICE = {
    "NoSuchBucket": "there is no such bucket; check the flavour's backup.s3Bucket",
    "PermanentRedirect": "the bucket is in another region than the flavour's backup.s3Region",
    "AccessDenied": "check the policies of the job's role, of the bucket and of the key",
    "ExpiredToken": "the credentials of the job have expired while it ran; may sessions of its role last longer?",
    "InvalidToken": "the credentials of the job are not valid",
    "RequestTimeTooSkewed": "the clock of the node is wrong; set it right, S3 bears 15 minutes",
    "SlowDown": "S3 throttled this call each time it was tried",
    "ServiceUnavailable": "S3 was not available each time it was tried",
    "InternalError": "S3 failed each time it was tried",
    "PreconditionFailed": "somebody else has written it",
    "BadDigest": "what arrived is not what was sent",
}
_NO_CREDENTIALS = (
    "no AWS credentials: give the ServiceAccount of the job a role, by EKS Pod Identity or by the annotation "
    "eks.amazonaws.com/role-arn"
)


class S3Error(JobError):
    """code: S3's own, such as ``NoSuchKey``; "" where no answer came. refused: whether it is certain that S3 has not
    done it, and that nobody else has."""

    def __init__(self, message: str, code: str = "", *, refused: bool = False) -> None:
        super().__init__(message)
        self.code, self.refused = code, refused


def client(region: str) -> Any:
    """A client of boto3, by the credentials that the environment gives."""
    import boto3
    from botocore.config import Config

    patience = Config(
        connect_timeout=_CONNECT,
        read_timeout=_READ,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        max_pool_connections=_CONNECTIONS,
        # botocore would hash what it sends once more: parts come with their SHA-256, a header that is signed
        s3={"payload_signing_enabled": False},
        user_agent_extra="eks.redis",
    )
    return boto3.client("s3", region_name=region, config=patience)


def call(s3: Any, operation: str, **params: Any) -> dict[str, Any]:
    """One answer. operation: as methods of boto3 are named, such as ``head_object``. Raises S3Error."""
    with translated(operation, params):
        answer: dict[str, Any] = getattr(s3, operation)(**params)
        return answer


@contextlib.contextmanager
def translated(operation: str, params: Mapping[str, Any]) -> Iterator[None]:
    """Turns botocore's exceptions into S3Error; also those of reading a body."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    where = "/".join(str(params[part]) for part in ("Bucket", "Key") if params.get(part))
    try:
        yield
    except ClientError as error:
        raise _answered(f"s3:{error.operation_name} {where}", error.response) from None
    except NoCredentialsError:
        raise S3Error(_NO_CREDENTIALS) from None
    except BotoCoreError as error:
        raise S3Error(f"s3 {operation} {where}: no answer: {' '.join(str(error).split()).rstrip('.')}") from None


def find(s3: Any, operation: str, *, missing: Collection[str], **params: Any) -> dict[str, Any] | None:
    """The answer, or None when S3 gives one of the error codes in ``missing``."""
    try:
        return call(s3, operation, **params)
    except S3Error as error:
        if error.code in missing:
            return None
        raise


def _answered(what: str, response: dict[str, Any]) -> S3Error:
    given = response.get("Error") or {}
    code, text = str(given.get("Code") or ""), " ".join(str(given.get("Message") or "").split()).rstrip(".")
    # an answer to HEAD has no body: the number stands for the code
    code = {"403": "AccessDenied", "301": "PermanentRedirect"}.get(code, code)
    parts = [part for part in (text, _ADVICE.get(code)) if part]
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode", 0)
    refused = 400 <= status < 500 and code != "PreconditionFailed"
    return S3Error(f"{what}: {code}: {'; '.join(parts) or 'no reason given'}", code, refused=refused)
