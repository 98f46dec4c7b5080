"""What is mended in moto."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def key(account):
    return account.client("kms").create_key()["KeyMetadata"]["Arn"]


def test_keys_are_disabled_enabled_and_deleted_by_their_arn(account, key):
    kms = account.client("kms")
    for call, state in (
        (kms.disable_key, "Disabled"),
        (kms.enable_key, "Enabled"),
        (kms.schedule_key_deletion, "PendingDeletion"),
        (kms.cancel_key_deletion, "Disabled"),
    ):
        call(KeyId=key)
        assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == state


def test_a_volume_has_an_empty_snapshot_and_its_key_as_an_arn(account, key):
    account.client("kms").create_alias(AliasName="alias/redis", TargetKeyId=key)
    ec2 = account.client("ec2")
    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True, KmsKeyId="alias/redis")
    [volume] = ec2.describe_volumes(VolumeIds=[made["VolumeId"]])["Volumes"]
    assert (volume["SnapshotId"], volume["KmsKeyId"]) == ("", key)


def test_a_snapshot_has_the_key_of_its_volume(account, key):
    ec2 = account.client("ec2")
    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True, KmsKeyId=key)
    snapshot = ec2.create_snapshot(VolumeId=made["VolumeId"])["SnapshotId"]
    [found] = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert (found["Encrypted"], found["KmsKeyId"]) == (True, key)


def test_the_default_key_of_volumes_is_managed_and_rotated_by_aws(account):
    made = account.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True)
    kms = account.client("kms")
    assert kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"] == made["KmsKeyId"]
    assert kms.describe_key(KeyId=made["KmsKeyId"])["KeyMetadata"]["KeyManager"] == "AWS"
    assert kms.get_key_rotation_status(KeyId=made["KmsKeyId"])["KeyRotationEnabled"]


def test_a_default_retention_is_told_as_it_was_set(account):
    s3, bucket = account.client("s3"), f"locked-{account.id}"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    retention = {"Mode": "GOVERNANCE", "Days": 7}
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
    )
    told = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert told["Rule"]["DefaultRetention"] == retention


def test_every_bucket_encrypts(account):
    s3, bucket = account.client("s3"), f"plain-{account.id}"
    s3.create_bucket(Bucket=bucket)

    def algorithm():
        [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        return rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]

    assert algorithm() == "AES256"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert algorithm() == "aws:kms"
    s3.delete_bucket_encryption(Bucket=bucket)
    assert algorithm() == "AES256"


@pytest.mark.parametrize("name", ["service-role/AmazonEBSCSIDriverPolicy", "CloudWatchAgentServerPolicy"])
def test_policies_of_aws_can_be_attached(account, role, name):
    role("driver")
    arn = f"arn:aws:iam::aws:policy/{name}"
    account.client("iam").attach_role_policy(RoleName="driver", PolicyArn=arn)
    attached = account.client("iam").list_attached_role_policies(RoleName="driver")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [arn]


def test_an_upload_in_parts_is_encrypted_as_its_bucket(account, key):
    s3, bucket = account.client("s3"), f"parts-{account.id}"
    s3.create_bucket(Bucket=bucket)
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [default]})
    named = {"Bucket": bucket, "Key": "dump"}
    upload = {**named, "UploadId": s3.create_multipart_upload(**named)["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"x")["ETag"]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"ETag": part, "PartNumber": 1}]})
    stored = s3.head_object(**named)
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", key)


def test_a_part_of_an_upload_that_was_given_up(account, refused):
    s3, bucket = account.client("s3"), f"given-up-{account.id}"
    s3.create_bucket(Bucket=bucket)
    named = {"Bucket": bucket, "Key": "dump"}
    upload = {**named, "UploadId": s3.create_multipart_upload(**named)["UploadId"]}
    s3.abort_multipart_upload(**upload)
    assert refused(s3.upload_part, **upload, PartNumber=1, Body=b"x")[0] == "NoSuchUpload"


def test_a_metric_is_that_of_its_dimensions_alone(account):
    cloudwatch, now = account.client("cloudwatch"), datetime.now(UTC)
    for node, value in (("shop-001", 7), ("shop-002", 9)):
        data = {"MetricName": "CurrItems", "Timestamp": now - timedelta(minutes=30), "Value": value}
        data["Dimensions"] = [{"Name": "CacheNodeId", "Value": "0001"}, {"Name": "CacheClusterId", "Value": node}]
        cloudwatch.put_metric_data(Namespace="AWS/ElastiCache", MetricData=[data])
    asked = {
        "of_one": [{"Name": "CacheClusterId", "Value": "shop-002"}, {"Name": "CacheNodeId", "Value": "0001"}],
        "of_none": [],
    }
    queries = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {"Namespace": "AWS/ElastiCache", "MetricName": "CurrItems", "Dimensions": dimensions},
                "Period": 3600,
                "Stat": "Maximum",
            },
        }
        for name, dimensions in asked.items()
    ]
    found = cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=now - timedelta(hours=1), EndTime=now)
    assert {each["Id"]: each["Values"] for each in found["MetricDataResults"]} == {"of_one": [9], "of_none": []}
