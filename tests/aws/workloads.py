"""Workloads as AWS sees them: a ServiceAccount with the role, the bucket and the key that the modules make for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import CLUSTER, ISSUER, Account, Run

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import names, purposes
from ansible_collections.eks.redis.plugins.modules import (
    backup_bucket,
    iam_oidc_provider,
    kms_key,
    service_account_role,
)
from lab.aws.stand_in import Signer

SOME_KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
PREFIX = "apps/cache"
PART = b"x" * 5 * 1024 * 1024  # the least that S3 takes as a part which is not the last


class Workload:
    """who: namespace and ServiceAccount. key_roles: the option of kms_key that names its role; None: the key does not
    know it. more: options of service_account_role."""

    def __init__(
        self, run: Run, account: Account, who: tuple[str, str], purpose: str, key_roles: str | None, **more: Any
    ) -> None:
        self._run, self._account, self._who, self._more = run, account, who, more
        self.role_name = names.role_name(CLUSTER, *who)
        self.role = f"arn:aws:iam::{account.number}:role/{self.role_name}"
        self.bucket = f"backups-{account.number}"
        done(run(iam_oidc_provider, issuer=ISSUER, cluster_name=CLUSTER))
        key = {key_roles: [self.role]} if key_roles else {}
        self.key = done(run(kms_key, cluster_name=CLUSTER, **key))["arn"]
        done(run(backup_bucket, name=self.bucket, cluster_name=CLUSTER, kms_key=self.key))
        self.allow(purpose)

    def allow(self, purpose: str) -> None:
        """What it is for, from now on."""
        allow = {"purpose": purpose, "bucket": self.bucket, "prefix": PREFIX, "kms_key": self.key}
        subject = {"namespace": self._who[0], "service_account": self._who[1], "cluster_name": CLUSTER}
        done(self._run(service_account_role, issuer=ISSUER, allow=[allow], **subject, **self._more))

    def session(self, signer: Signer, who: tuple[str, str] | None = None) -> dict[str, str]:
        """Credentials for the token of the ServiceAccount, or of another."""
        token = signer.token(ISSUER, *(who or self._who))
        given = {"RoleArn": self.role, "RoleSessionName": "pod", "WebIdentityToken": token}
        made = self._account.client("sts").assume_role_with_web_identity(**given)["Credentials"]
        return {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
            "aws_session_token": made["SessionToken"],
        }

    def lose(self, action: str) -> None:
        """Takes one action away from the role's policy, which allowed it."""
        iam, which = self._account.client("iam"), {"RoleName": self.role_name, "PolicyName": "eks-redis"}
        statements = iam.get_role_policy(**which)["PolicyDocument"]["Statement"]
        assert any(action in listed(one) for one in statements)
        kept = [{**one, "Action": [each for each in listed(one) if each != action]} for one in statements]
        if policy := [one for one in kept if one["Action"]]:
            iam.put_role_policy(**which, PolicyDocument=documents.to_json(documents.policy(policy)))
        else:
            iam.delete_role_policy(**which)


def done(result: dict[str, Any]) -> dict[str, Any]:
    assert result.get("changed"), result
    return result


def listed(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)


def actions_of(purpose: str) -> list[str]:
    """Every action that a purpose allows."""
    where = {"partition": "aws", "region": "us-east-1", "account": "123456789012"}
    given = {
        "purpose": purpose,
        "bucket": "backups",
        "prefix": PREFIX,
        "kms_key": SOME_KEY,
    }
    return sorted({action for one in purposes.statements([given], where) for action in listed(one)})


def refused(call: Any, **params: Any) -> tuple[str, str]:
    """The code and the message that AWS refuses a call with."""
    with pytest.raises(ClientError) as error:
        call(**params)
    told = error.value.response["Error"]
    return told["Code"], told["Message"]


def back_up(s3: Any, bucket: str, prefix: str = PREFIX) -> None:
    """A set as backups are: written at once and in parts, proven by reading, pruned."""
    dump = {"Bucket": bucket, "Key": f"{prefix}/set/dump.rdb"}
    s3.put_object(Bucket=bucket, Key=f"{prefix}/set/manifest.json", Body=b"{}")
    upload = {**dump, "UploadId": s3.create_multipart_upload(**dump)["UploadId"]}
    for number, body in enumerate((PART, b"end"), 1):
        s3.upload_part(**upload, PartNumber=number, Body=body)
    parts = [{field: part[field] for field in ("ETag", "PartNumber")} for part in s3.list_parts(**upload)["Parts"]]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    s3.abort_multipart_upload(**dump, UploadId=s3.create_multipart_upload(**dump)["UploadId"])
    assert s3.get_object(**dump)["Body"].read() == PART + b"end"
    (page,) = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
    assert [each["Key"] for each in page["Contents"]] == [
        f"{prefix}/set/{name}" for name in ("dump.rdb", "manifest.json")
    ]
    s3.delete_object(**dump)


def writes(s3: Any, bucket: str, prefix: str = PREFIX) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every call that changes an object."""
    named = {"Bucket": bucket, "Key": f"{prefix}/set"}
    yield s3.put_object, {**named, "Body": b"x"}
    yield s3.create_multipart_upload, named
    yield s3.delete_object, named
    yield s3.put_object_tagging, {**named, "Tagging": {"TagSet": []}}
