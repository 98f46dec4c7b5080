"""The no-change run of eks.redis.prerequisites beside the same state in tasks of amazon.aws and kubernetes.core.

Those tasks are written from what the playbook has made. Where the two collections have no module (EKS cluster and
add-on, OIDC provider, the bucket's lifecycle), they have nothing to do, which is to their advantage.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import modules_run

from benchmarks.measure import Row, applied, medians, nothing, play, playbook, run
from lab import model
from lab.aws.stand_in import Account, stand_in

CLUSTER = "bench"
# the operator's part needs nodes, of which there are none
GIVEN = {"eks_cluster_name": CLUSTER, "operator_enabled": False}
OBJECTS = ("storageclass/gp3", "storageclass/gp3-encrypted", "namespace/redis", "serviceaccount/redis-backup")
Task = tuple[str, Mapping[str, Any]]


def rows(work: Path) -> Iterator[Row]:
    """In a laboratory without StorageClasses, with an account of AWS of their own."""
    with stand_in() as aws:
        account = aws.account(cluster={"name": CLUSTER, "issuer": model.OIDC_ISSUER})
        os.environ.update(account.environment)
        playbook("prerequisites", GIVEN)
        theirs = [*in_account(account), *in_cluster()]
        ours = unchanged(partial(playbook, "prerequisites", GIVEN, **modules_run.ENVIRONMENT))
        number = len(modules_run.told(ours()))
        beside = play(work / "beside.yml", theirs)
        beside()  # the API server notes who applied the namespace, whose fields were nobody's
        mine, other, start = medians(ours, unchanged(beside), nothing(work))
    most = 12
    yield Row(
        "module tasks of `eks.redis.prerequisites`, nothing to change, operator's part off",
        f"{number}",
        "",
        f"{number}",
        f"at most {most}",
        number <= most,
    )
    for what, without in (("whole plays", 0.0), ("without Ansible's start", start)):
        yield Row(
            f"`eks.redis.prerequisites`, nothing to change, operator's part off, {what}",
            f"{mine - without:.2f} s, {number} module tasks",
            f"{other - without:.2f} s, {len(theirs)} tasks of `amazon.aws` and `kubernetes.core` for what they have "
            "modules for",
            f"{(other - without) / (mine - without):.1f} times faster",
            "3 times or more",
            other - without >= 3 * (mine - without),
        )


def unchanged(way: Callable[[], str]) -> Callable[[], str]:
    """The same; a run that changes something ends the benchmark."""

    def checked() -> str:
        output = way()
        if " changed=0 " not in output:
            sys.exit(f"bench: this was to change nothing:\n{output}")
        return output

    return checked


def in_account(account: Account) -> Iterator[Task]:
    """What is in AWS."""
    yield "amazon.aws.aws_caller_info", {}
    yield "amazon.aws.kms_key", key(account)
    iam = account.client("iam")
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        yield (
            "amazon.aws.iam_role",
            {
                "name": name,
                "description": role["Description"],
                "assume_role_policy_document": role["AssumeRolePolicyDocument"],
                "managed_policies": [one["PolicyArn"] for one in attached],
                "create_instance_profile": False,
                "tags": tags(iam.list_role_tags(RoleName=name)["Tags"]),
            },
        )
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            found = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            yield (
                "amazon.aws.iam_policy",
                {"iam_type": "role", "iam_name": name, "policy_name": policy, "policy_json": found},
            )
    for bucket in account.client("s3").list_buckets()["Buckets"]:
        yield "amazon.aws.s3_bucket", s3_bucket(account, bucket["Name"])


def key(account: Account) -> dict[str, Any]:
    """Options of amazon.aws.kms_key, which knows no period of rotation."""
    kms, alias = account.client("kms"), f"alias/eks-redis-{CLUSTER}"
    found = kms.describe_key(KeyId=alias)["KeyMetadata"]
    return {
        "alias": alias,
        "description": found["Description"],
        "policy": json.loads(kms.get_key_policy(KeyId=found["KeyId"], PolicyName="default")["Policy"]),
        "enable_key_rotation": kms.get_key_rotation_status(KeyId=found["KeyId"])["KeyRotationEnabled"],
        "tags": tags(kms.list_resource_tags(KeyId=found["KeyId"])["Tags"], "TagKey", "TagValue"),
    }


def s3_bucket(account: Account, name: str) -> dict[str, Any]:
    """Options of amazon.aws.s3_bucket."""
    s3 = account.client("s3")
    (encrypted,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    (owned,) = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    return {
        "name": name,
        "versioning": s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled",
        "encryption": encrypted["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        "encryption_key_id": encrypted["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"],
        "bucket_key_enabled": encrypted["BucketKeyEnabled"],
        "policy": json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]),
        "public_access": {
            "block_public_acls": blocked["BlockPublicAcls"],
            "ignore_public_acls": blocked["IgnorePublicAcls"],
            "block_public_policy": blocked["BlockPublicPolicy"],
            "restrict_public_buckets": blocked["RestrictPublicBuckets"],
        },
        "object_ownership": owned["ObjectOwnership"],
        "tags": tags(s3.get_bucket_tagging(Bucket=name)["TagSet"]),
    }


def tags(given: list[dict[str, str]], name: str = "Key", value: str = "Value") -> dict[str, str]:
    """As modules take them."""
    return {one[name]: one[value] for one in given}


def in_cluster() -> Iterator[Task]:
    """What is in Kubernetes, without what its API server adds."""
    for name in OBJECTS:
        found = json.loads(run(["kubectl", "get", name, "--namespace=redis", "--output=json"]))
        meta = found["metadata"]
        meta.get("labels", {}).pop("kubernetes.io/metadata.name", None)
        kept = {member: meta[member] for member in ("name", "namespace", "labels", "annotations") if meta.get(member)}
        rest = {member: value for member, value in found.items() if member not in ("spec", "status")}
        yield applied({**rest, "metadata": kept})
