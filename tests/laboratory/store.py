"""A bucket and a key of the account, and roles that may use them: what backups need."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

ACTIONS = ("s3:PutObject", "s3:GetObject", "kms:GenerateDataKey", "kms:Decrypt")
Client = Callable[[str], Any]
# service, operation, parameters
Call = tuple[str, str, dict[str, Any]]


class Store:
    """A bucket, a key, and roles that may use them below the prefix ``backups/``."""

    def __init__(self, client: Client) -> None:
        self.name = f"t-{uuid.uuid4().hex[:10]}"
        self._s3, self._iam, self._kms = client("s3"), client("iam"), client("kms")
        self.key: str = self._kms.create_key(Description=self.name)["KeyMetadata"]["Arn"]
        self._s3.create_bucket(Bucket=self.name)
        self._roles: list[str] = []

    def role(self, trust: Mapping[str, Any], *, without: str = "") -> str:
        """The ARN of a new role; without: one of ACTIONS."""
        name = f"{self.name}-{len(self._roles)}"
        made = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
        self._roles.append(name)
        resources = {"s3": self.arn("backups/*"), "kms": self.key}
        allowed = [{"Action": action, "Resource": resources[action.partition(":")[0]]} for action in ACTIONS]
        given = _policy(*(statement for statement in allowed if statement["Action"] != without))
        self._iam.put_role_policy(RoleName=name, PolicyName="backup", PolicyDocument=given)
        arn: str = made["Role"]["Arn"]
        return arn

    def arn(self, path: str) -> str:
        return f"arn:aws:s3:::{self.name}/{path}"

    def put(self, path: str) -> Call:
        encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.key}
        return "s3", "put_object", {"Bucket": self.name, "Key": path, "Body": "data", **encrypted}

    def get(self, path: str) -> Call:
        return "s3", "get_object", {"Bucket": self.name, "Key": path}

    def content(self) -> dict[str, str]:
        """The key of every object by its path."""
        paths = [found["Key"] for found in self._s3.list_objects_v2(Bucket=self.name).get("Contents", [])]
        return {path: self._s3.head_object(Bucket=self.name, Key=path)["SSEKMSKeyId"] for path in paths}

    def remove(self) -> None:
        for path in self.content():
            self._s3.delete_object(Bucket=self.name, Key=path)
        self._s3.delete_bucket(Bucket=self.name)
        self._kms.schedule_key_deletion(KeyId=self.key, PendingWindowInDays=7)
        for name in self._roles:
            self._iam.delete_role_policy(RoleName=name, PolicyName="backup")
            self._iam.delete_role(RoleName=name)


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})


def denied(role: str, operation: str, action: str, resource: str) -> re.Pattern[str]:
    """What AWS says to a session of the role."""
    name = role.rpartition("/")[2]
    return re.compile(
        rf"An error occurred \(AccessDenied\) when calling the {operation} operation: "
        rf"User: arn:aws:sts::\d+:assumed-role/{name}/\S+ is not authorized to perform: {action} "
        rf'on resource: "?{re.escape(resource)}"? because no identity-based policy allows the {action} action'
    )
