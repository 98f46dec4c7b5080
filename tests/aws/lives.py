"""The life of what each module looks after: made with all that it can be asked for, changed in every field, taken away.

Each yields the options of the module's next run; what it does between two runs is done behind the module's back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from caches import GROUP, node, replication_group, used, users
from conftest import CLUSTER, ISSUER, Account, Run
from workloads import done

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.modules import (
    auth_secret,
    auth_secret_info,
    backup_bucket,
    backup_bucket_info,
    eks_addon,
    eks_cluster_info,
    iam_oidc_provider,
    kms_key,
    kms_key_info,
    pod_identity,
    replication_group_info,
    service_account_role,
    snapshot_export,
)

OTHER_REGION = "eu-west-1"
DRIVER = {"cluster_name": CLUSTER, "name": "aws-ebs-csi-driver"}
WORKLOAD = {"cluster_name": CLUSTER, "namespace": "apps", "service_account": "cache-backup"}
READ_ONLY, POWER = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/PowerUserAccess"
ANYBODY = documents.to_json(
    documents.policy([{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}])
)
ANYTHING = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TAGS = {"team": "cache"}
Options = Iterator[Mapping[str, Any]]


class Life(NamedTuple):
    module: ModuleType
    runs: Callable[[Account, Run], Options]


def _name(account: Account, what: str) -> str:
    return f"eks-redis-{what}-{account.number}"


def _role(account: Account, name: str) -> str:
    made = account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=ANYBODY)
    return str(made["Role"]["Arn"])


def _unseen(account: Account, operation: str, role: str) -> None:
    """EKS does not see the new role at first."""
    message = f"Role provided in the request does not exist: {role}"
    account.fail("eks", operation, "InvalidParameterException", message=message, times=1)


def _key(account: Account, run: Run) -> Options:
    given = {"cluster_name": CLUSTER}
    yield given
    more = {"description": "Another", "tags": TAGS, "rotation": False}
    yield {**given, **more, "volume_roles": [f"arn:aws:iam::{account.number}:role/driver"]}
    done(run(backup_bucket, name=_name(account, "bucket"), kms_key=f"alias/eks-redis-{CLUSTER}", **given))
    yield {**given, "state": "absent", "delete_key": True}


def _key_info(account: Account, run: Run) -> Options:
    yield {"name": done(run(kms_key, cluster_name=CLUSTER))["arn"]}


def _bucket(account: Account, run: Run) -> Options:
    name, copies = _name(account, "bucket"), _name(account, "copies")
    here, there = (
        done(run(kms_key, cluster_name=CLUSTER, region=region))["arn"] for region in (account.region, OTHER_REGION)
    )
    lock = {"mode": "GOVERNANCE", "days": 1}
    done(run(backup_bucket, name=copies, cluster_name=CLUSTER, region=OTHER_REGION, kms_key=there, object_lock=lock))
    replicated = {"kms_key": here, "replication": {"bucket": copies, "kms_key": there}}
    given = {"name": name, "cluster_name": CLUSTER, "object_lock": lock}
    yield {**given, **replicated}
    _loosen(account, f"{name}-replication")
    every = {"policy_statements": [{"Sid": "More", "Principal": "*", **ANYTHING, "Effect": "Deny"}], "tags": TAGS}
    yield {**given, **replicated, **every, "lifecycle": {"expiration_days": 30}}
    yield given
    yield {**given, "state": "absent"}


def _bucket_info(account: Account, run: Run) -> Options:
    yield {"name": done(run(backup_bucket, name=_name(account, "bucket"), cluster_name=CLUSTER))["name"]}


def _loosen(account: Account, role: str) -> None:
    """Changes all that a role has."""
    iam = account.client("iam")
    iam.attach_role_policy(RoleName=role, PolicyArn=READ_ONLY)
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=POWER)
    iam.put_role_policy(
        RoleName=role, PolicyName="more", PolicyDocument=documents.to_json(documents.policy([ANYTHING]))
    )
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=ANYBODY)


def _provider(account: Account, run: Run) -> Options:
    given = {"issuer": ISSUER, "cluster_name": CLUSTER}
    yield given
    yield {**given, "client_ids": ["sts.amazonaws.com", "other"], "tags": TAGS}
    yield {**given, "state": "absent"}


def _workload(account: Account, run: Run) -> Options:
    given = {**WORKLOAD, "issuer": ISSUER}
    allow = [{"purpose": "backup", "bucket": "backups"}, {"purpose": "metrics"}]
    yield {**given, "allow": allow, "managed_policies": [READ_ONLY], "permissions_boundary": POWER}
    yield {**given, "method": "pod_identity", "tags": TAGS}
    yield {**given, "statements": [ANYTHING], "managed_policies": [READ_ONLY], "permissions_boundary": POWER}
    yield {**given, "state": "absent"}


def _secret(account: Account, run: Run) -> Options:
    """With a key whose policy leaves it to IAM; between two runs somebody takes the password out."""
    kms, secrets = account.client("kms"), account.client("secretsmanager")
    keys = [kms.create_key()["KeyMetadata"]["Arn"] for _each in range(2)]
    given = {"name": "eks-redis/prod/apps/cache", "cluster_name": CLUSTER}
    yield {**given, "kms_key": keys[0]}
    secrets.put_secret_value(SecretId=given["name"], SecretString="{}")
    yield {**given, "kms_key": keys[1], "description": "Another", "tags": TAGS}
    yield {**given, "state": "absent"}


def _secret_info(account: Account, run: Run) -> Options:
    yield {"name": done(run(auth_secret, name="eks-redis/prod/apps/cache", cluster_name=CLUSTER))["name"]}


def _addon(account: Account, run: Run) -> Options:
    role = _role(account, "eks-redis-driver")
    associations = [{"service_account": "ebs-csi-controller-sa", "role_arn": role}]
    _unseen(account, "CreateAddon", role)
    yield {**DRIVER, "pod_identity_associations": associations, "configuration": {"controller": {"replicaCount": 1}}}
    yield {**DRIVER, "version": "latest", "configuration": {"controller": {"replicaCount": 2}}, "tags": TAGS}
    yield {**DRIVER, "role_arn": role}
    yield {**DRIVER, "state": "absent"}


def _association(account: Account, run: Run) -> Options:
    roles = [_role(account, f"eks-redis-{which}") for which in ("one", "other")]
    _unseen(account, "CreatePodIdentityAssociation", roles[0])
    yield {**WORKLOAD, "role_arn": roles[0]}
    yield {**WORKLOAD, "role_arn": roles[1], "tags": TAGS}
    yield {**WORKLOAD, "state": "absent"}


def _cluster_info(account: Account, run: Run) -> Options:
    role = _role(account, "eks-redis-driver")
    done(run(iam_oidc_provider, issuer=ISSUER, cluster_name=CLUSTER))
    done(run(eks_addon, **DRIVER))
    done(run(pod_identity, **WORKLOAD, role_arn=role))
    yield {"name": CLUSTER}


def _replication_group_info(account: Account, run: Run) -> Options:
    """One with data on disks, whose dimensions are looked for, and a serverless cache."""
    replication_group(
        account, "tiered", CacheNodeType="cache.r6gd.xlarge", DataTieringEnabled=True, UserGroupIds=[users(account)]
    )
    used(account, {**node("tiered-001"), "Tier": "SSD"}, {"CurrItems": 1}, hours=1)
    yield {"replication_group_id": "tiered", "days": 1}
    account.client("elasticache").create_serverless_cache(ServerlessCacheName="carts", Engine="redis")
    yield {"replication_group_id": "carts", "days": 1}


def _snapshot_export(account: Account, run: Run) -> Options:
    """Of a group, from a snapshot that the module makes and one of the user's; of a serverless cache; and all gone."""
    elasticache, bucket = account.client("elasticache"), _name(account, "bucket")
    account.client("s3").create_bucket(Bucket=bucket)
    replication_group(account)
    elasticache.create_serverless_cache(ServerlessCacheName="carts", Engine="redis")
    group = {"replication_group_id": GROUP, "bucket": bucket, "name": "export"}
    cache = {"replication_group_id": "carts", "bucket": bucket, "name": "carts-export"}
    yield group
    yield cache
    elasticache.copy_snapshot(SourceSnapshotName="export", TargetSnapshotName="mine")
    mine = {**group, "snapshot": "mine", "name": "other"}
    yield mine
    for each in (mine, cache, group):
        yield {**each, "state": "absent"}


LIVES = {
    "auth_secret": Life(auth_secret, _secret),
    "auth_secret_info": Life(auth_secret_info, _secret_info),
    "backup_bucket": Life(backup_bucket, _bucket),
    "backup_bucket_info": Life(backup_bucket_info, _bucket_info),
    "eks_addon": Life(eks_addon, _addon),
    "eks_cluster_info": Life(eks_cluster_info, _cluster_info),
    "iam_oidc_provider": Life(iam_oidc_provider, _provider),
    "kms_key": Life(kms_key, _key),
    "kms_key_info": Life(kms_key_info, _key_info),
    "pod_identity": Life(pod_identity, _association),
    "replication_group_info": Life(replication_group_info, _replication_group_info),
    "service_account_role": Life(service_account_role, _workload),
    "snapshot_export": Life(snapshot_export, _snapshot_export),
}
