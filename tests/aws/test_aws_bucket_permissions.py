"""Modules backup_bucket and kms_key need no more permissions than those that are told for their calls."""

from __future__ import annotations

from typing import Any

from conftest import Account, Run

from ansible_collections.eks.redis.plugins.module_utils.aws import documents, permissions
from ansible_collections.eks.redis.plugins.modules import backup_bucket, kms_key

WEST = "eu-west-1"


def _story(run: Run, name: str, **who: Any) -> None:
    """Makes, changes and takes away all that there is."""
    alias = f"alias/{name}"
    keys = {
        region: _did(run(kms_key, alias=alias, cluster_name="prod", region=region, **who))["arn"]
        for region in ("us-east-1", WEST)
    }
    copies = {"name": f"{name}-copies", "cluster_name": "prod", "region": WEST}
    lock = {"mode": "GOVERNANCE", "days": 1}
    _did(run(backup_bucket, **copies, object_lock=lock, kms_key=alias, **who))
    given = {"name": name, "cluster_name": "prod"}
    replication = {"bucket": copies["name"], "kms_key": keys[WEST]}
    _did(run(backup_bucket, **given, object_lock=lock, kms_key=alias, replication=replication, **who))
    _did(run(backup_bucket, **given, tags={"team": "data"}, **who))
    changes = {"description": "Another", "tags": {"team": "data"}, "rotation": False, "volume_roles": [ROLE]}
    _did(run(kms_key, alias=alias, cluster_name="prod", **changes, **who))
    for bucket in (given, copies):
        _did(run(backup_bucket, **bucket, state="absent", **who))
    for region in keys:
        _did(run(kms_key, alias=alias, cluster_name="prod", region=region, state="absent", delete_key=True, **who))


ROLE = "arn:aws:iam::123456789012:role/csi"


def _did(result: dict[str, Any]) -> dict[str, Any]:
    assert result["changed"], result
    return result


def test_the_permissions_of_its_calls_are_enough(run: Run, account: Account) -> None:
    _story(run, f"administrator-{account.number}")
    called = {(call["service"], call["operation"]) for call in account.calls()}
    actions = sorted({action for service, name in called for action in permissions.actions(service, name)})
    root = {"AWS": f"arn:aws:iam::{account.number}:root"}
    trust = documents.policy([{"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}])
    policy = documents.policy([{"Effect": "Allow", "Action": actions, "Resource": "*"}])
    iam = account.client("iam")
    role = iam.create_role(RoleName="operator", AssumeRolePolicyDocument=documents.to_json(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="operator", PolicyName="all", PolicyDocument=documents.to_json(policy))
    keys = account.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    _story(
        run,
        f"operator-{account.number}",
        access_key=keys["AccessKeyId"],
        secret_key=keys["SecretAccessKey"],
        session_token=keys["SessionToken"],
    )
