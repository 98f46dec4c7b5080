"""The policies that service_account_role makes: each is enough for its calls, and no action can be taken away."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from conftest import Account, Run
from workloads import PREFIX, SET, Set, Workload, actions_of, back_up, refused, writes

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import exported
from ansible_collections.eks.redis.plugins.module_utils.jobs.s3 import S3Error
from lab.aws.stand_in import StandIn

BACKUP = ("apps", "cache-backup")
DRIVER = ("kube-system", "ebs-csi-controller-sa")
DRIVER_POLICY = "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"
VOLUME = {
    "AvailabilityZone": "us-east-1a",
    "Size": 1,
    "VolumeType": "gp3",
    "Encrypted": True,
    "TagSpecifications": [
        {
            "ResourceType": "volume",
            "Tags": [
                {"Key": "ebs.csi.aws.com/cluster", "Value": "true"},
                {"Key": "CSIVolumeName", "Value": "pvc-1"},
            ],
        }
    ],
}
Made = Callable[..., Workload]


@pytest.fixture
def make(run: Run, account: Account) -> Made:
    return partial(Workload, run, account)


@pytest.fixture
def backup(make: Made) -> Workload:
    return make(BACKUP, "backup", "backup_roles")


@pytest.fixture
def client(aws: StandIn, account: Account) -> Callable[..., Any]:
    """A client of a service in a session of the workload."""
    return lambda workload, service: account.client(service, **workload.session(aws.signer))


def not_allowed(action: str, workload: Workload, call: Any, **params: Any) -> None:
    """It is refused for the lack of this action, and says so."""
    code, message = refused(call, **params)
    assert code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
    assert f":assumed-role/{workload.role_name}/pod is not authorized to perform: {action} on resource: " in message


def test_a_backup_may_do_all_that_it_does(backup: Workload, client: Any, account: Account) -> None:
    back_up(client(backup, "s3"), backup.bucket)
    left = account.client("s3").list_object_versions(Bucket=backup.bucket)["Versions"]
    assert len(left) == 3 and all(each["Key"].startswith(f"{PREFIX}/apps/cache/{SET}/") for each in left)
    for each in left:
        stored = account.client("s3").head_object(Bucket=backup.bucket, Key=each["Key"], VersionId=each["VersionId"])
        assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", backup.key)
    roles = {call["role"] for call in account.calls() if call["operation"] == "UploadPart"}
    assert roles == {backup.role}


def test_a_backup_needs_every_action(backup: Workload, client: Any) -> None:
    for number, action in enumerate(actions_of("backup")):
        # where nothing is of those before
        place = f"{PREFIX}/{number}"
        with backup.without(action):
            lacks(action, backup, partial(back_up, client(backup, "s3"), backup.bucket, place))


def lacks(action: str, workload: Workload, work: Callable[[], None]) -> None:
    """As ``not_allowed``, of a job."""
    with pytest.raises(S3Error) as error:
        work()
    who = f":assumed-role/{workload.role_name}/pod"
    assert error.value.code == "AccessDenied"
    assert f"{who} is not authorized to perform: {action} on resource: " in str(error.value)


def test_the_key_has_to_know_the_role(make: Made, client: Any) -> None:
    backup = make(BACKUP, "backup", None)
    s3 = client(backup, "s3")
    named = {"Bucket": backup.bucket, "Key": f"{PREFIX}/set"}
    not_allowed("kms:GenerateDataKey", backup, s3.put_object, **named, Body=b"x")
    not_allowed("kms:GenerateDataKey", backup, s3.create_multipart_upload, **named)
    s3.put_object(**named, Body=b"x", ServerSideEncryption="AES256")


def test_the_key_serves_it_through_s3_alone(backup: Workload, client: Any) -> None:
    kms = client(backup, "kms")
    code, message = refused(kms.generate_data_key, KeyId=backup.key, KeySpec="AES_256")
    assert code == "AccessDeniedException" and "kms:GenerateDataKey" in message


@pytest.mark.parametrize("prefix", ["apps/other", "apps/cache-2", "apps"])
def test_what_is_not_below_its_prefix_is_closed(prefix: str, backup: Workload, client: Any, account: Account) -> None:
    s3 = client(backup, "s3")
    account.client("s3").put_object(Bucket=backup.bucket, Key=f"{prefix}/set", Body=b"x", ServerSideEncryption="AES256")
    for call, params in writes(s3, backup.bucket, prefix):
        assert refused(call, **params)[0] == "AccessDenied"
    not_allowed("s3:GetObject", backup, s3.get_object, Bucket=backup.bucket, Key=f"{prefix}/set")
    not_allowed("s3:ListBucket", backup, s3.list_objects_v2, Bucket=backup.bucket, Prefix=f"{prefix}/")
    not_allowed("s3:ListBucket", backup, s3.list_objects_v2, Bucket=backup.bucket)


def test_another_bucket_is_closed(backup: Workload, client: Any, account: Account) -> None:
    other = f"other-{account.number}"
    account.client("s3").create_bucket(Bucket=other)
    s3 = client(backup, "s3")
    for call, params in writes(s3, other):
        assert refused(call, **params)[0] == "AccessDenied"
    not_allowed("s3:ListBucket", backup, s3.list_objects_v2, Bucket=other, Prefix=f"{PREFIX}/")


@pytest.mark.parametrize("who", [("apps", "default"), ("other", "cache-backup")])
def test_the_token_of_another_service_account_is_worth_nothing(
    who: tuple[str, str], backup: Workload, aws: StandIn
) -> None:
    assert refused(backup.session, signer=aws.signer, who=who)[0] == "AccessDenied"


@pytest.fixture
def restoring(backup: Workload, client: Any) -> tuple[Workload, Callable[[], None]]:
    """From a set that was backed up: nobody else can write with the key, its administrator neither."""
    written = Set(client(backup, "s3"), backup.bucket).write()
    backup.allow("restore")
    return backup, lambda: Set(client(backup, "s3"), backup.bucket).read(written)


def test_a_restore_reads_and_changes_nothing(restoring: Any, client: Any) -> None:
    workload, read = restoring
    read()
    for call, params in writes(client(workload, "s3"), workload.bucket):
        assert refused(call, **params)[0] == "AccessDenied"


def test_a_restore_needs_every_action(restoring: Any) -> None:
    workload, read = restoring
    for action in actions_of("restore"):
        with workload.without(action):
            lacks(action, workload, read)


def test_the_driver_makes_volumes_with_the_key_and_cannot_use_it_otherwise(make: Made, client: Any) -> None:
    driver = make(DRIVER, "volumes", "volume_roles", managed_policies=[DRIVER_POLICY])
    ec2, kms = client(driver, "ec2"), client(driver, "kms")
    made = ec2.create_volume(**VOLUME, KmsKeyId=driver.key)
    assert made["KmsKeyId"] == driver.key
    ec2.delete_volume(VolumeId=made["VolumeId"])
    assert (
        "kms:GenerateDataKeyWithoutPlaintext"
        in (refused(kms.generate_data_key_without_plaintext, KeyId=driver.key, KeySpec="AES_256")[1])
    )
    grant = {"KeyId": driver.key, "GranteePrincipal": driver.role, "Operations": ["Decrypt"]}
    assert "kms:CreateGrant" in refused(kms.create_grant, **grant)[1]


# what EC2 asks KMS for in the driver's name when it makes a volume; the stand-in judges no attaching and no snapshots
@pytest.mark.parametrize("action", ["kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext"])
def test_the_driver_needs_the_actions_on_the_key(action: str, make: Made, client: Any) -> None:
    driver = make(DRIVER, "volumes", "volume_roles", managed_policies=[DRIVER_POLICY])
    driver.lose(action)
    not_allowed(action, driver, client(driver, "ec2").create_volume, **VOLUME, KmsKeyId=driver.key)


def test_the_key_has_to_know_the_driver(make: Made, client: Any) -> None:
    driver = make(DRIVER, "volumes", None, managed_policies=[DRIVER_POLICY])
    code, message = refused(client(driver, "ec2").create_volume, **VOLUME, KmsKeyId=driver.key)
    assert code == "UnauthorizedOperation"
    assert "because no resource-based policy allows the kms:GenerateDataKeyWithoutPlaintext action" in message


def test_the_driver_may_do_what_the_guide_of_ebs_asks_for() -> None:
    """EBS User Guide, "Requirements for Amazon EBS encryption"; nothing more."""
    assert actions_of("volumes") == [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncrypt*",
    ]


METRIC = [{"MetricName": "BackupSeconds", "Value": 1.0}]


def test_metrics_are_those_of_one_namespace(make: Made, client: Any) -> None:
    workload = make(BACKUP, "metrics", None)
    cloudwatch = client(workload, "cloudwatch")
    cloudwatch.put_metric_data(Namespace="eks.redis", MetricData=METRIC)
    not_allowed("cloudwatch:PutMetricData", workload, cloudwatch.put_metric_data, Namespace="other", MetricData=METRIC)
    workload.lose("cloudwatch:PutMetricData")
    for namespace in ("eks.redis", "other"):
        lacking = {"Namespace": namespace, "MetricData": METRIC}
        not_allowed("cloudwatch:PutMetricData", workload, cloudwatch.put_metric_data, **lacking)
    assert actions_of("metrics") == ["cloudwatch:PutMetricData"]


def leave(workload: Workload, client: Any) -> None:
    """The way from ElastiCache into the bucket; last what asks for the rights on the bucket that came before."""
    caches, s3 = client(workload, "elasticache"), client(workload, "s3")
    caches.describe_cache_clusters(ShowCacheNodeInfo=True)
    caches.describe_cache_parameters(CacheParameterGroupName="default.redis7")
    (group,) = caches.describe_replication_groups()["ReplicationGroups"]
    caches.list_tags_for_resource(ResourceName=group["ARN"])
    caches.describe_serverless_caches()
    client(workload, "cloudwatch").get_metric_data(
        StartTime=NOW - datetime.timedelta(days=1), EndTime=NOW, MetricDataQueries=QUERIES
    )
    s3.list_buckets()
    for read in (s3.get_bucket_acl, s3.get_bucket_location):
        read(Bucket=workload.bucket)
    dump = {"Bucket": workload.bucket, "Key": "last-0001.rdb"}
    s3.put_object(**dump, Body=b"x")
    assert s3.list_objects_v2(Bucket=workload.bucket)["KeyCount"] == 1
    s3.get_object(**dump)
    s3.delete_object(**dump)
    caches.create_snapshot(ReplicationGroupId="old", SnapshotName="last")
    while caches.describe_snapshots(SnapshotName="last")["Snapshots"][0]["SnapshotStatus"] == "creating":
        pass
    caches.copy_snapshot(SourceSnapshotName="last", TargetSnapshotName="last", TargetBucket=workload.bucket)
    named = {"ServerlessCacheSnapshotName": "carts-last"}
    caches.create_serverless_cache_snapshot(**named, ServerlessCacheName="carts")
    while caches.describe_serverless_cache_snapshots(**named)["ServerlessCacheSnapshots"][0]["Status"] == "creating":
        pass
    caches.export_serverless_cache_snapshot(**named, S3BucketName=workload.bucket)


NOW = datetime.datetime.now(datetime.UTC)
OF_GROUP = {"Namespace": "AWS/ElastiCache", "MetricName": "DatabaseMemoryUsagePercentage"}
QUERIES = [{"Id": "memory", "MetricStat": {"Metric": OF_GROUP, "Period": 300, "Stat": "Average"}}]


@pytest.fixture
def leaving(make: Made, account: Account) -> Workload:
    elasticache = account.client("elasticache")
    elasticache.create_replication_group(
        ReplicationGroupId="old", ReplicationGroupDescription="Old", CacheNodeType="cache.t4g.small", Engine="redis"
    )
    elasticache.create_serverless_cache(ServerlessCacheName="carts", Engine="redis")
    workload = make(BACKUP, "elasticache_exit", "backup_roles")
    let_in = exported.statement(exported.Target(workload.bucket, "last"), account.region, "aws")
    policy = documents.to_json(documents.policy([let_in]))
    account.client("s3").put_bucket_policy(Bucket=workload.bucket, Policy=policy)
    return workload


def test_the_exit_from_elasticache_may_do_what_it_does(leaving: Workload, client: Any) -> None:
    leave(leaving, client)


@pytest.mark.parametrize("action", actions_of("elasticache_exit"))
def test_the_exit_from_elasticache_needs_the_actions(action: str, leaving: Workload, client: Any) -> None:
    leaving.lose(action)
    not_allowed(action, leaving, partial(leave, leaving, client))
