"""Exports of snapshots for tests: a bucket for them, what is in it, and what its policy says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import waiters
from ansible_collections.eks.redis.plugins.modules import snapshot_export

RDBS = (b"REDIS0009one", b"REDIS0009second", b"REDIS0009three")
SERVICE = {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}
# of somebody else; of an older language of policies, in which variables are plain text
POLICY = {
    "Version": "2008-10-17",
    "Id": "theirs",
    "Statement": [
        {
            "Sid": "Theirs",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObjectAcl",
            "Resource": "arn:aws:s3:::{bucket}/*",
        }
    ],
}


class Exports:
    """The bucket of one account. policy: of somebody else."""

    def __init__(self, run: Run, account: Account) -> None:
        self._run, self.account = run, account
        self.bucket = f"exports-{account.number}"
        self.s3, self.elasticache = account.client("s3"), account.client("elasticache")
        self.s3.create_bucket(Bucket=self.bucket)

    def export(self, cache: str = "shop-prod", /, *, check: bool = False, **given: Any) -> dict[str, Any]:
        given = {"replication_group_id": cache, "bucket": self.bucket, **given}
        return self._run(snapshot_export, check=check, **given)

    def done(self, cache: str = "shop-prod", /, **given: Any) -> dict[str, Any]:
        found = self.export(cache, **given)
        assert "msg" not in found, found
        return found

    def refused(self, cache: str = "shop-prod", /, **given: Any) -> str:
        found = self.export(cache, **given)
        assert found["failed"]
        assert "\n" not in found["msg"]
        return str(found["msg"])

    def objects(self) -> dict[str, bytes]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", ())
        return {each["Key"]: self.s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read() for each in listed}

    def let_others_in(self) -> dict[str, Any]:
        text = json.dumps(POLICY).replace("{bucket}", self.bucket)
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=text)
        return dict(json.loads(text))

    def policy(self) -> dict[str, Any] | None:
        try:
            return dict(json.loads(self.s3.get_bucket_policy(Bucket=self.bucket)["Policy"]))
        except self.s3.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchBucketPolicy"
            return None

    def snapshots(self) -> dict[str, str]:
        """Name and status of all that AWS is not deleting."""
        found = self.elasticache.describe_snapshots()["Snapshots"]
        told = {each["SnapshotName"]: each["SnapshotStatus"] for each in found}
        return {name: status for name, status in told.items() if status != "deleting"}

    def snapshot(self, name: str, group: str = "shop-prod") -> None:
        """Made by the user."""
        self.elasticache.create_snapshot(ReplicationGroupId=group, SnapshotName=name)
        while self.snapshots()[name] == "creating":
            pass

    def writes(self, since: int = 0) -> list[str]:
        return self.account.writes()[since:]


@contextmanager
def meanwhile(patch: pytest.MonkeyPatch, status: str, act: Any) -> Iterator[None]:
    """Does something once, when the module says that it waits for this."""
    told, done = waiters.tell, []

    def tell(line: str) -> str:
        if status in line and not done:
            done.append(line)
            act()
        return told(line)

    patch.setattr(waiters, "tell", tell)
    yield
    assert done, f"never waited for {status}"
