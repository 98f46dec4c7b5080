"""Where moto differs from AWS so that a right program fails or never settles: its classes are mended in place.

Each is applied once, by ``apply``; the test of each says what goes wrong without it.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from lab.aws import figures

AES256 = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
# of AWS, by name: those that guides of EKS and this collection attach
MANAGED = (
    "AdministratorAccess",
    "AmazonEBSCSIDriverPolicy",
    "AmazonEBSCSIDriverPolicyV2",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AWSXrayWriteOnlyAccess",
    "CloudWatchAgentServerPolicy",
    "PowerUserAccess",
    "ReadOnlyAccess",
)


@functools.cache
def apply() -> None:
    _errors_of_every_service()
    _managed_policies()
    _keys()
    _volumes()
    _buckets()
    _uploads()
    _caches()
    figures.apply()


def _errors_of_every_service() -> None:
    """moto warns of codes such as Throttling, which no service's model has."""
    from moto.core import errors

    errors.warn = lambda *message, **more: None


def _managed_policies() -> None:
    """moto has none, or all of AWS's 1500 at a second for each account."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.iam.models import AWSManagedPolicy, IAMBackend

    every = json.loads(aws_managed_policies_data)

    def some(self: Any) -> list[Any]:
        return [AWSManagedPolicy.from_data(name, self.account_id, self.region_name, every[name]) for name in MANAGED]

    IAMBackend._init_aws_policies = some


def _keys() -> None:
    """Enable, disable and delete a key by its ARN, which moto knows by its id only; a key policy needs no name."""
    from moto.kms import responses
    from moto.kms.models import KmsBackend

    named = responses._assert_default_policy
    responses._assert_default_policy = lambda name: named(name or "default")

    for name in ("enable_key", "disable_key", "schedule_key_deletion", "cancel_key_deletion"):
        _with_key_id(KmsBackend, name)

    _keys_of_aws(KmsBackend)


def _keys_of_aws(backend: Any) -> None:
    """Keys that AWS makes for a service are managed and rotated by AWS; moto makes them as a customer's."""
    original = backend.create_alias

    @functools.wraps(original)
    def create_alias(self: Any, target_key_id: str, alias_name: str) -> Any:
        made = original(self, target_key_id, alias_name)
        if alias_name.startswith("alias/aws/"):
            key = self.keys[self.any_id_to_key_id(target_key_id)]
            key.key_manager, key.key_rotation_status = "AWS", True
        return made

    backend.create_alias = create_alias


def _with_key_id(backend: Any, name: str) -> None:
    original = getattr(backend, name)

    @functools.wraps(original)
    def by_any_name(self: Any, key_id: str, *rest: Any, **more: Any) -> Any:
        return original(self, self.any_id_to_key_id(key_id), *rest, **more)

    setattr(backend, name, by_any_name)


def _volumes() -> None:
    """A volume has an empty SnapshotId rather than none, its key as an ARN, and the account's default encryption.

    A snapshot has the key of its volume.
    """
    from moto.ec2.models.elastic_block_store import EBSBackend, Snapshot, Volume
    from moto.kms.models import kms_backends

    make, create, copy = Volume.__init__, EBSBackend.create_volume, Snapshot.__init__

    @functools.wraps(make)
    def with_snapshot(self: Any, *rest: Any, **more: Any) -> None:
        make(self, *rest, **more)
        self.snapshot_id = self.snapshot_id or ""

    @functools.wraps(create)
    def with_key(
        self: Any,
        size: int,
        zone_name: str,
        snapshot_id: str | None = None,
        encrypted: bool = False,
        kms_key_id: str | None = None,
        **more: Any,
    ) -> Any:
        # not there yet while moto makes the volumes of its images
        encrypted = encrypted or getattr(self, "ebs_encryption_by_default", False)
        if kms_key_id and encrypted:  # else it is refused, whatever key that is
            account, region = _home(kms_key_id) or (self.account_id, self.region_name)
            kms_key_id = kms_backends[account][region].describe_key(kms_key_id).arn
        return create(self, size, zone_name, snapshot_id, encrypted, kms_key_id, **more)

    @functools.wraps(copy)
    def of_volume(self: Any, *rest: Any, **more: Any) -> None:
        copy(self, *rest, **more)
        self.kms_key_id = self.kms_key_id or self.volume.kms_key_id

    Snapshot.__init__ = of_volume
    Volume.__init__ = with_snapshot
    EBSBackend.create_volume = with_key


def _home(key: str) -> tuple[str, str] | None:
    """Account and region of an ARN."""
    parts = key.split(":")
    return (parts[4], parts[3]) if key.startswith("arn:") else None


def _buckets() -> None:
    """Every bucket encrypts, with S3's own key unless told otherwise; policies of buckets are judged in one place."""
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    def encryption(self: Any) -> Any:
        return self.__dict__.get("lab_encryption") or AES256

    def encrypt(self: Any, value: Any) -> None:
        self.__dict__["lab_encryption"] = value

    FakeBucket.encryption = property(encryption, encrypt)
    # moto's own judgement ignores conditions; ours comes before moto is asked (judge.py)
    FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL


def _uploads() -> None:
    """An upload in parts is encrypted as its bucket says, as any write; it knows when it was begun; and a part that
    comes after its end meets no fault of the program."""
    from moto.core.utils import utcnow
    from moto.s3.exceptions import NoSuchUpload
    from moto.s3.models import S3Backend

    create, take = S3Backend.create_multipart_upload, S3Backend.upload_part

    @functools.wraps(create)
    def as_its_bucket(self: Any, bucket_name: str, *rest: Any) -> Any:
        made = create(self, bucket_name, *rest)
        if not made.sse_encryption:
            default = self.get_bucket(bucket_name).encryption["Rule"]["ApplyServerSideEncryptionByDefault"]
            made.sse_encryption, made.kms_key_id = default["SSEAlgorithm"], default.get("KMSMasterKeyID")
        made.lab_initiated = utcnow()
        return made

    @functools.wraps(take)
    def while_it_lasts(self: Any, bucket_name: str, multipart_id: str, *rest: Any) -> Any:
        try:
            return take(self, bucket_name, multipart_id, *rest)
        except KeyError:
            raise NoSuchUpload(upload_id=multipart_id) from None

    S3Backend.create_multipart_upload = as_its_bucket
    S3Backend.upload_part = while_it_lasts


def _caches() -> None:
    """A replication group has as many nodes as were asked for, slots that cover all, and cluster mode where it is asked
    for by its shards or its parameter group; a node's number within its cluster is 1; where there are nodes, it tells
    of them. What is serverless has tags, too."""
    from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup

    from lab.aws import planes
    from lab.elasticache import clusters

    make, describe = ReplicationGroup.__init__, ElastiCacheBackend.describe_replication_groups
    begin = ElastiCacheBackend.__init__

    @functools.wraps(make)
    def as_asked(self: Any, **given: Any) -> None:
        shards = int(given["num_node_groups"] or len(given["node_group_configuration"]) or 1)
        grouped = str(given["cache_parameter_group_name"] or "")
        mode = given["cluster_mode"] or ("enabled" if shards > 1 or grouped.endswith(".cluster.on") else "disabled")
        if mode != "enabled" and given["num_cache_clusters"]:
            given["replicas_per_node_group"] = given["num_cache_clusters"] - 1
        make(self, **{**given, "cluster_mode": mode, "num_node_groups": shards})
        asked = {each.get("NodeGroupId"): each.get("Slots") for each in given["node_group_configuration"]}
        for number, shard in enumerate(self.node_groups):
            if mode == "enabled" and not asked.get(shard["node_group_id"]):
                first, last = clusters.ranges(shards)[number]
                shard["slots"] = f"{first}-{last}"
            for node in shard["node_group_members"]:
                node["cache_node_id"] = "0001"
        self.snapshot_window = given["snapshot_window"] or "05:00-06:00"  # moto's has a digit too few
        if self.transit_encryption_enabled:
            self.transit_encryption_mode = self.transit_encryption_mode or "required"

    @functools.wraps(describe)
    def with_nodes(self: Any, *rest: Any, **more: Any) -> Any:
        found = describe(self, *rest, **more)
        for group in found:
            planes.refresh(self, group)
        return found

    @functools.wraps(begin)
    def with_tags_of_all(self: Any, *rest: Any, **more: Any) -> None:
        begin(self, *rest, **more)
        kinds = "cluster|snapshot|subnetgroup|replicationgroup|user|serverlesscache|serverlesscachesnapshot"
        self.arn_regex = re.compile(rf"^arn:aws:elasticache:.*:[0-9]*:({kinds}):.*$")

    ElastiCacheBackend.__init__ = with_tags_of_all
    ReplicationGroup.__init__ = as_asked
    ElastiCacheBackend.describe_replication_groups = with_nodes
