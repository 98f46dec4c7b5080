"""Workloads as AWS sees them: a ServiceAccount with the role, the bucket and the key that the modules make for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conftest import CLUSTER, ISSUER, Account, Run

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import names, purposes
from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, settings
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.jobs import buffers, prune, s3, store, upload
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
SET = "20261129T021500Z-k3x9"


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
        lock = {"mode": "GOVERNANCE", "days": 1}
        done(run(backup_bucket, name=self.bucket, cluster_name=CLUSTER, kms_key=self.key, object_lock=lock))
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

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """As long as it lasts, as after ``lose``."""
        iam, which = self._account.client("iam"), {"RoleName": self.role_name, "PolicyName": "eks-redis"}
        whole = documents.to_json(iam.get_role_policy(**which)["PolicyDocument"])
        self.lose(action)
        try:
            yield
        finally:
            iam.put_role_policy(**which, PolicyDocument=whole)


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


class Set:
    """Sets in the bucket, by the very code of the jobs, which needs no Redis for it."""

    def __init__(self, s3: Any, bucket: str, prefix: str = PREFIX) -> None:
        where = settings.Store(bucket, "us-east-1", prefix, "")
        self.store = store.Store(s3, where, "apps", "cache")
        self._settings = settings.Settings(
            *("apps", "cache", "standalone", "7.0.15", (), where),
            retention=settings.Retention(days=1, keep_verified=1, grace_hours=1),
            schedule="@daily",
            restore_test=settings.RestoreTest(""),
        )

    def write(self) -> File:
        """A file in parts and a document; one that is given up."""
        self.store.write(SET, keys.VERDICT, "{}")
        self.store.sets()
        for name, length in ((keys.shard_file(0), len(PART)), (keys.shard_file(1), None)):
            room = buffers.Buffers(2, len(PART))
            one = upload.Upload(self.store, SET, name, room)
            one.begin()
            for size in (len(PART), 3):
                one.part(room.take(1) or bytearray(), size)
            if length is None:
                one.undo()
            else:
                stored = one.complete(length + 3)
        self.store.write(SET, keys.MANIFEST, "{}", once=True)
        place = self.store.place(SET, keys.shard_file(0))
        return File("dump.rdb", place["Bucket"], place["Key"], stored.version_id, len(PART) + 3)

    def read(self, file: File) -> None:
        """As a restore does: which sets there are, and a file of one."""
        self.store.sets()
        assert self.store.text(SET, keys.MANIFEST) == b"{}"
        assert s3.call(self.store.client, "get_object", **self.store.place(SET, keys.VERDICT))
        version = {"Bucket": file.bucket, "Key": file.key, "VersionId": file.version_id}
        assert s3.call(self.store.client, "get_object", **version)["ContentLength"] == file.bytes

    def prune(self) -> None:
        """Long after."""
        self.store.remove(SET, keys.MANIFEST)
        s3.call(self.store.client, "create_multipart_upload", **self.store.place(SET, "left"))
        done = prune.prune(self._settings, self.store, datetime.now(UTC) + timedelta(days=400))
        if done["problems"]:
            raise s3.S3Error("; ".join(done["problems"]), "AccessDenied")
        assert done["deleted"] == [SET]


def back_up(client: Any, bucket: str, prefix: str = PREFIX) -> None:
    """All that backups do in a bucket."""
    one = Set(client, bucket, prefix)
    one.read(one.write())
    one.prune()


def writes(s3: Any, bucket: str, prefix: str = PREFIX) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every call that changes an object."""
    named = {"Bucket": bucket, "Key": f"{prefix}/set"}
    yield s3.put_object, {**named, "Body": b"x"}
    yield s3.create_multipart_upload, named
    yield s3.delete_object, named
    yield s3.put_object_tagging, {**named, "Tagging": {"TagSet": []}}
