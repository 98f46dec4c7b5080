"""Snapshots of ElastiCache at the stand-in: how they go, what they hold, what AWS refuses of them."""

from __future__ import annotations

import json

import pytest
import redis

from lab.aws.supply.elasticache_exports import CANONICAL
from lab.aws.supply.elasticache_taken import EMPTY
from lab.elasticache import DataPlane

GROUP = {"ReplicationGroupId": "shop-prod", "ReplicationGroupDescription": "shop", "Engine": "redis"}
SERVICE = {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"}
ACTIONS = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:GetBucketAcl",
    "s3:ListMultipartUploadParts",
    "s3:ListBucketMultipartUploads",
)
COPY = {"SourceSnapshotName": "last", "TargetSnapshotName": "shop"}


@pytest.fixture
def elasticache(account):
    return account.client("elasticache")


@pytest.fixture
def s3(account):
    return account.client("s3")


def let_in(s3, bucket, actions=ACTIONS):
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    statement = {"Effect": "Allow", "Principal": SERVICE, "Action": list(actions), "Resource": resources}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


@pytest.fixture
def bucket(account, s3):
    name = f"exports-{account.id}"
    s3.create_bucket(Bucket=name)
    let_in(s3, name)
    return name


@pytest.fixture
def taken(elasticache):
    """A snapshot ``last`` of a group of two shards."""
    elasticache.create_replication_group(**GROUP, NumNodeGroups=2, ReplicasPerNodeGroup=1)
    elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="last")
    return statuses(elasticache)[-1]


def statuses(elasticache, name="last"):
    """All that it goes through until nothing is under way."""
    seen = []
    while not seen or seen[-1].endswith("ing"):
        found = elasticache.describe_snapshots(SnapshotName=name)["Snapshots"][0]
        seen.append(found["SnapshotStatus"])
    return seen


def objects(s3, bucket):
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        for each in s3.list_objects_v2(Bucket=bucket).get("Contents", ())
    }


def test_a_snapshot_takes_its_time_and_keeps_others_from_the_group(account, elasticache, refused):
    account.snapshots(polls=2)
    elasticache.create_replication_group(**GROUP)
    made = elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="Last")["Snapshot"]
    assert (made["SnapshotName"], made["SnapshotStatus"], made["NodeSnapshots"][0]["CacheSize"]) == (
        "last",
        "creating",
        "",
    )
    group = elasticache.describe_replication_groups()["ReplicationGroups"][0]
    assert group["Status"] == "snapshotting"
    for call in (
        lambda **_none: elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="next"),
        lambda **_none: elasticache.modify_replication_group(ReplicationGroupId="shop-prod", CacheNodeType="cache.x"),
    ):
        assert refused(call)[0] == "InvalidReplicationGroupState"
    assert refused(elasticache.delete_snapshot, SnapshotName="last")[0] == "InvalidSnapshotState"
    assert statuses(elasticache) == ["creating", "creating", "available"]
    group = elasticache.describe_replication_groups()["ReplicationGroups"][0]
    assert group["Status"] == "available"


def test_it_tells_slots_and_sizes_by_shard(elasticache, taken):
    assert taken == "available"
    (plain,) = elasticache.describe_snapshots()["Snapshots"]
    assert "NodeGroupConfiguration" not in plain["NodeSnapshots"][0]
    (found,) = elasticache.describe_snapshots(ShowNodeGroupConfig=True)["Snapshots"]
    shards = found["NodeSnapshots"]
    assert [each["NodeGroupConfiguration"]["Slots"] for each in shards] == ["0-8191", "8192-16383"]
    assert [each["CacheSize"] for each in shards] == ["1 MB", "1 MB"]
    assert [each["NodeGroupId"] for each in shards] == ["0001", "0002"]


def test_an_export_writes_a_file_of_each_shard(account, elasticache, s3, bucket, tmp_path):
    elasticache.create_replication_group(**GROUP, NumNodeGroups=2, ReplicasPerNodeGroup=0)
    with DataPlane(tmp_path, shards=2) as running:
        account.plane("shop-prod", tmp_path)
        with redis.RedisCluster(*running.primaries[0]) as client:
            for number in range(100):
                client.set(f"key{number}", "kept")
        elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="last")
    statuses(elasticache)
    assert elasticache.copy_snapshot(**COPY, TargetBucket=bucket)["Snapshot"]["SnapshotStatus"] == "exporting"
    assert objects(s3, bucket) == {}
    assert statuses(elasticache) == ["exporting", "available"]
    written = objects(s3, bucket)
    assert sorted(written) == ["shop-0001.rdb", "shop-0002.rdb"]
    assert all(rdb.startswith(b"REDIS0010") and b"kept" in rdb for rdb in written.values())


def test_data_of_a_test_are_what_it_holds(account, elasticache, s3, bucket):
    account.snapshots(b"one", b"two")
    elasticache.create_replication_group(**GROUP, NumNodeGroups=2)
    elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="last")
    statuses(elasticache)
    elasticache.copy_snapshot(**COPY, TargetBucket=bucket)
    statuses(elasticache)
    assert objects(s3, bucket) == {"shop-0001.rdb": b"one", "shop-0002.rdb": b"two"}


def refusal(refused, elasticache, bucket):
    code, text = refused(elasticache.copy_snapshot, **COPY, TargetBucket=bucket)
    assert code == "InvalidParameterValue"
    return text


@pytest.mark.parametrize(
    ("lacking", "word"),
    [
        ("s3:ListBucket", "READ"),
        ("s3:GetObject", "READ"),
        ("s3:PutObject", "WRITE"),
        ("s3:ListMultipartUploadParts", "WRITE"),
        ("s3:ListBucketMultipartUploads", "WRITE"),
        ("s3:GetBucketAcl", "READ_ACP"),
    ],
)
def test_the_service_needs_each_of_its_grants(elasticache, s3, bucket, taken, refused, lacking, word):
    let_in(s3, bucket, [each for each in ACTIONS if each != lacking])
    expected = f"ElastiCache has not been granted {word} permissions {bucket} on the S3 Bucket."
    assert refusal(refused, elasticache, bucket) == expected


def test_the_older_way_is_an_acl_where_acls_count(elasticache, s3, bucket, taken, refused):
    s3.delete_bucket_policy(Bucket=bucket)
    grants = dict.fromkeys(("GrantRead", "GrantWrite", "GrantReadACP"), f"id={CANONICAL}")
    s3.put_bucket_acl(Bucket=bucket, **grants)
    assert "has not been granted READ" in refusal(refused, elasticache, bucket)
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)
    assert elasticache.copy_snapshot(**COPY, TargetBucket=bucket)["Snapshot"]["SnapshotStatus"] == "exporting"


def test_which_buckets_are_refused(aws, account, elasticache, s3, bucket, taken, refused):
    assert refusal(refused, elasticache, "nobodys") == "The S3 bucket nobodys does not exist."
    far, foreign = f"far-{account.id}", f"foreign-{account.id}"
    west = {"LocationConstraint": "us-west-2"}
    account.client("s3", "us-west-2").create_bucket(Bucket=far, CreateBucketConfiguration=west)
    assert refusal(refused, elasticache, far) == f"The S3 bucket {far} is outside of the region."
    aws.account().client("s3").create_bucket(Bucket=foreign)
    told = f"The S3 bucket {foreign} is not owned by the authenticated user."
    assert refusal(refused, elasticache, foreign) == told
    s3.put_object(Bucket=bucket, Key="shop-0002.rdb", Body=b"")
    told = f"The S3 bucket {bucket} already contains an object with key shop-0002.rdb."
    assert refusal(refused, elasticache, bucket) == told
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=bucket, Key="shop-0002.rdb")
    assert elasticache.copy_snapshot(**COPY, TargetBucket=bucket)["Snapshot"]["SnapshotStatus"] == "exporting"


@pytest.mark.parametrize(
    "lacking", ["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:ListBucket", "s3:PutObject", "s3:DeleteObject"]
)
def test_who_exports_needs_the_bucket_too(account, elasticache, bucket, taken, role, refused, lacking):
    allowed = {"Effect": "Allow", "Action": ["elasticache:*", "s3:*"], "Resource": "*"}
    denied = {"Effect": "Deny", "Action": lacking, "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account.id}:root"}, "Action": "sts:AssumeRole"}
    arn = role("exporter", {"Statement": [trust]}, all={"Version": "2012-10-17", "Statement": [allowed, denied]})
    session = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    keys = {
        "aws_access_key_id": session["AccessKeyId"],
        "aws_secret_access_key": session["SecretAccessKey"],
        "aws_session_token": session["SessionToken"],
    }
    told = refusal(refused, account.client("elasticache", **keys), bucket)
    expected = "ElastiCache was unable to validate the authenticated user has access on the S3 bucket"
    assert told == f"{expected} {bucket}."


def test_what_is_not_ready_is_not_exported(elasticache, bucket, refused):
    elasticache.create_replication_group(**GROUP)
    elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="last")
    for name, code in (("last", "InvalidSnapshotState"), ("lost", "SnapshotNotFoundFault")):
        given = {**COPY, "SourceSnapshotName": name, "TargetBucket": bucket}
        assert refused(elasticache.copy_snapshot, **given)[0] == code


def test_data_on_disks_are_not_exported(elasticache, bucket, refused):
    elasticache.create_replication_group(**GROUP, DataTieringEnabled=True, CacheNodeType="cache.r6gd.xlarge")
    elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="last")
    statuses(elasticache)
    assert "data tiering" in refusal(refused, elasticache, bucket)


def test_twenty_a_day(elasticache, refused):
    elasticache.create_replication_group(**GROUP)
    for number in range(20):
        elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName=f"last-{number}")
        statuses(elasticache, f"last-{number}")
    code, _text = refused(elasticache.create_snapshot, ReplicationGroupId="shop-prod", SnapshotName="more")
    assert code == "SnapshotQuotaExceededFault"


@pytest.mark.parametrize("shut_out", [True, False])
def test_an_export_that_fails_leaves_no_file(account, elasticache, s3, bucket, taken, shut_out):
    account.snapshots(lost=not shut_out)
    elasticache.copy_snapshot(**COPY, TargetBucket=bucket)
    if shut_out:
        s3.delete_bucket_policy(Bucket=bucket)
    assert statuses(elasticache)[-1] == "available"
    assert objects(s3, bucket) == {}


def test_copies_and_deletions(account, elasticache, taken, refused):
    account.snapshots(fails=True)
    assert elasticache.copy_snapshot(**COPY)["Snapshot"]["SnapshotStatus"] == "copying"
    assert statuses(elasticache, "shop") == ["copying", "available"]
    assert elasticache.delete_snapshot(SnapshotName="shop")["Snapshot"]["SnapshotStatus"] == "deleting"
    assert elasticache.describe_snapshots(SnapshotName="shop")["Snapshots"][0]["SnapshotStatus"] == "deleting"
    assert refused(elasticache.describe_snapshots, SnapshotName="shop")[0] == "SnapshotNotFoundFault"
    elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="bad")
    assert statuses(elasticache, "bad") == ["creating", "failed"]
    elasticache.delete_snapshot(SnapshotName="bad")


def test_tags_of_a_snapshot(elasticache):
    elasticache.create_replication_group(**GROUP)
    tags = [{"Key": "who", "Value": "test"}]
    made = elasticache.create_snapshot(ReplicationGroupId="shop-prod", SnapshotName="last", Tags=tags)["Snapshot"]
    assert elasticache.list_tags_for_resource(ResourceName=made["ARN"])["TagList"] == tags


def test_a_serverless_cache_is_exported_too(account, elasticache, s3, bucket, refused):
    account.snapshots(b"one", b"two")
    elasticache.create_serverless_cache(ServerlessCacheName="shop", Engine="redis")
    tags = [{"Key": "who", "Value": "test"}]
    named = {"ServerlessCacheSnapshotName": "last"}
    made = elasticache.create_serverless_cache_snapshot(**named, ServerlessCacheName="shop", Tags=tags)
    made = made["ServerlessCacheSnapshot"]
    assert elasticache.list_tags_for_resource(ResourceName=made["ARN"])["TagList"] == tags
    to = {"S3BucketName": bucket}
    not_yet = refused(elasticache.export_serverless_cache_snapshot, **named, **to)
    assert not_yet[0] == "InvalidServerlessCacheSnapshotStateFault"
    looks = [elasticache.describe_serverless_cache_snapshots(**named) for _look in range(2)]
    assert [each["ServerlessCacheSnapshots"][0]["Status"] for each in looks] == ["creating", "available"]
    elasticache.export_serverless_cache_snapshot(**named, **to)
    looks = [elasticache.describe_serverless_cache_snapshots(ServerlessCacheName="shop") for _look in range(2)]
    assert [each["ServerlessCacheSnapshots"][0]["Status"] for each in looks] == ["exporting", "available"]
    assert objects(s3, bucket) == {"last-0001.rdb": b"one", "last-0002.rdb": b"two"}
    elasticache.delete_serverless_cache_snapshot(**named)
    assert elasticache.describe_serverless_cache_snapshots(**named)
    gone = refused(elasticache.describe_serverless_cache_snapshots, **named)
    assert gone[0] == "ServerlessCacheSnapshotNotFoundFault"


def test_a_failover_is_one_of_the_nodes(account, elasticache, tmp_path, refused):
    asked = {"ReplicationGroupId": "shop-prod", "NodeGroupId": "0001"}
    elasticache.create_replication_group(**GROUP, NumCacheClusters=2, AutomaticFailoverEnabled=True)
    with DataPlane(tmp_path, replicas=1) as running:
        account.plane("shop-prod", tmp_path)
        second = running.nodes[1]
        told = elasticache.test_failover(**asked)["ReplicationGroup"]
        assert told["NodeGroups"][0]["PrimaryEndpoint"]["Address"] == second.host
        assert running.primary(0) == second
        assert refused(elasticache.test_failover, **{**asked, "NodeGroupId": "0009"})[0] == "NodeGroupNotFoundFault"
        running.kill(second)
        running.kill(running.nodes[0])
        assert refused(elasticache.test_failover, **asked)[0] == "TestFailoverNotAvailableFault"


def test_a_group_that_cannot_fail_over(elasticache, refused):
    elasticache.create_replication_group(**GROUP)
    asked = {"ReplicationGroupId": "shop-prod", "NodeGroupId": "0001"}
    assert refused(elasticache.test_failover, **asked)[0] == "InvalidReplicationGroupState"


def test_nothing_is_in_a_snapshot_that_nobody_filled(elasticache, s3, bucket, taken):
    elasticache.copy_snapshot(**COPY, TargetBucket=bucket)
    statuses(elasticache)
    assert set(objects(s3, bucket).values()) == {EMPTY}
