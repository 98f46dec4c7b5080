"""Input that moto alone would accept."""

from __future__ import annotations

import json

import pytest

ZONE = {"AvailabilityZone": "us-east-1a"}


@pytest.fixture
def s3(account):
    return account.client("s3")


@pytest.fixture
def bucket(account, s3):
    s3.create_bucket(Bucket=f"bucket-{account.id}")
    return f"bucket-{account.id}"


@pytest.fixture
def key(account):
    return account.client("kms").create_key()["KeyMetadata"]["Arn"]


def rule(**more):
    return {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, **more}]}


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (
            rule(Transitions=[{"Days": 10, "StorageClass": "STANDARD_IA"}]),
            "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
        ),
        (
            rule(NoncurrentVersionTransitions=[{"NoncurrentDays": 7, "StorageClass": "ONEZONE_IA"}]),
            "'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or equal to 30 for "
            "storageClass 'ONEZONE_IA'",
        ),
        (
            rule(Transitions=[{"Days": 90, "StorageClass": "GLACIER"}], Expiration={"Days": 90}),
            "'Days' in the Expiration action for rule 'old' must be greater than 'Days' in the Transition action",
        ),
    ],
)
def test_lifecycles_that_s3_refuses(s3, bucket, refused, configuration, message):
    answer = refused(s3.put_bucket_lifecycle_configuration, Bucket=bucket, LifecycleConfiguration=configuration)
    assert answer == ("InvalidArgument", message)


def test_a_lifecycle_that_s3_takes(s3, bucket):
    configuration = rule(Transitions=[{"Days": 1, "StorageClass": "GLACIER"}], Expiration={"Days": 365})
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=configuration)
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["Expiration"] == {"Days": 365}


def replication(target, **more):
    rule = {
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
        **more,
    }
    kept = {name: value for name, value in rule.items() if value is not None}
    return {"Role": "arn:aws:iam::100000000001:role/replication", "Rules": [kept]}


def test_replications_that_s3_refuses(s3, bucket, refused):
    def put(configuration):
        return refused(s3.put_bucket_replication, Bucket=bucket, ReplicationConfiguration=configuration)

    def versioned(name):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})

    target = f"{bucket}-copy"
    assert put(replication(target)) == (
        "InvalidRequest",
        "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    )
    versioned(bucket)
    assert put(replication(target)) == ("InvalidRequest", "Destination bucket must exist.")
    s3.create_bucket(Bucket=target)
    assert put(replication(target)) == ("InvalidRequest", "Destination bucket must have versioning enabled.")
    versioned(target)
    assert put(replication(target, Priority=None))[1].startswith("Priority must be specified")
    assert put(replication(target, DeleteMarkerReplication=None))[1].startswith("DeleteMarkerReplication must be")
    encrypted = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    assert put(replication(target, SourceSelectionCriteria=encrypted))[1].startswith("ReplicaKmsKeyID must be")


def test_objects_need_a_key_that_can_be_used(account, s3, bucket, key, refused):
    written = {"Bucket": bucket, "Key": "a", "Body": b"x", "ServerSideEncryption": "aws:kms"}
    assert refused(s3.put_object, **written, SSEKMSKeyId="nope") == (
        "KMS.NotFoundException",
        "Key 'nope' does not exist",
    )
    s3.put_object(**written, SSEKMSKeyId=key)
    account.client("kms").disable_key(KeyId=key)
    assert refused(s3.put_object, **written, SSEKMSKeyId=key) == ("KMS.DisabledException", f"{key} is disabled.")
    assert refused(s3.get_object, Bucket=bucket, Key="a") == ("KMS.DisabledException", f"{key} is disabled.")


def test_the_default_key_of_a_bucket_is_meant_too(account, s3, bucket, key, refused):
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    account.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"x") == (
        "KMS.KMSInvalidStateException",
        f"{key} is pending deletion.",
    )


def test_a_bucket_of_another_region_is_redirected_to(account, s3, bucket):
    far = account.client("s3", "eu-west-1")
    # boto3 follows the redirection
    assert far.head_bucket(Bucket=bucket)["BucketRegion"] == "us-east-1"
    assert [call["status"] for call in account.calls()[-2:]] == [301, 200]


def test_the_name_of_a_bucket_is_taken_for_all_accounts(aws, bucket, refused):
    code, _message = refused(aws.account().client("s3").create_bucket, Bucket=bucket)
    assert code == "BucketAlreadyExists"


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"Size": 0}, "InvalidParameterValue", "Volume of 0GiB is invalid. Must be at least 1 and at most 65536."),
        (
            {"Size": 10, "Iops": 99_999},
            "InvalidParameterValue",
            "Volume iops of 99999 is invalid. Must be at least 3000 and at most 80000.",
        ),
        (
            {"Size": 10, "Iops": 6_000},
            "InvalidParameterCombination",
            "Iops to volume size ratio of 600.000000 is too high; maximum is 500",
        ),
        (
            {"Size": 10, "Throughput": 100},
            "InvalidParameterValue",
            "Throughput of 100 is invalid. Must be at least 125 and at most 2000.",
        ),
        (
            {"Size": 1, "AvailabilityZone": "us-east-1z"},
            "InvalidZone.NotFound",
            "The zone 'us-east-1z' does not exist.",
        ),
        (
            {"Size": 1, "Encrypted": True, "KmsKeyId": "alias/none"},
            "InvalidParameterValue",
            "The KMS key cannot be used: NotFoundException: Key 'alias/none' does not exist",
        ),
    ],
)
def test_volumes_that_ec2_refuses(account, refused, params, code, message):
    assert refused(account.client("ec2").create_volume, **{**ZONE, "VolumeType": "gp3", **params}) == (code, message)


def test_the_smallest_volume_may_have_the_iops_that_are_free(account):
    volume = account.client("ec2").create_volume(**ZONE, VolumeType="gp3", Size=1, Iops=3_000, Throughput=125)
    assert (volume["Iops"], volume["Throughput"]) == (3_000, 125)


def statement(**more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **more}]})


@pytest.mark.parametrize(
    ("trust", "message"),
    [
        ("{", "This policy contains invalid Json"),
        ("{}", "Syntax errors in policy."),
        (statement(), "Missing required field Principal"),
        (statement(Principal="*", Resource="*"), "Has prohibited field Resource"),
        (
            statement(Principal={"AWS": "arn:aws:iam::100000000001:role/nobody"}),
            'Invalid principal in policy: "AWS":"arn:aws:iam::100000000001:role/nobody"',
        ),
    ],
)
def test_trust_policies_that_iam_refuses(account, refused, trust, message):
    answer = refused(account.client("iam").create_role, RoleName="r", AssumeRolePolicyDocument=trust)
    assert answer == ("MalformedPolicyDocument", message)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("{", "This policy contains invalid Json"),
        (
            statement(Principal={"AWS": "arn:aws:iam::100000000001:role/nobody"}),
            "Policy contains a statement with one or more invalid principals.",
        ),
        (statement(Principal={"Service": "ebs"}), "Policy contains a statement with one or more invalid principals."),
    ],
)
def test_key_policies_that_kms_refuses(account, key, refused, policy, message):
    answer = refused(account.client("kms").put_key_policy, KeyId=key, Policy=policy)
    assert answer == ("MalformedPolicyDocumentException", message)


def test_a_key_policy_that_kms_takes(account, key, role):
    policy = statement(Principal={"AWS": [role(), f"arn:aws:iam::{account.id}:root"]}).replace(
        "sts:AssumeRole", "kms:*"
    )
    account.client("kms").put_key_policy(KeyId=key, Policy=policy)
    assert account.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"] == policy


@pytest.mark.parametrize("digest", ["d1NjPYUzbxd2hVlqK6RLM8U80LJ8BvHrwYQ2eHMLlNc=", "not a digest"])
def test_what_arrives_is_what_was_sent(s3, bucket, refused, digest):
    named = {"Bucket": bucket, "Key": "dump"}
    upload = {**named, "UploadId": s3.create_multipart_upload(**named, ChecksumAlgorithm="SHA256")["UploadId"]}
    wrong = {"Body": b"x", "ChecksumSHA256": digest}
    assert refused(s3.put_object, **named, **wrong)[0] == "BadDigest"
    assert refused(s3.upload_part, **upload, PartNumber=1, **wrong)[0] == "BadDigest"
    right = {"Body": b"x", "ChecksumSHA256": "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="}
    s3.put_object(**named, **right)
    s3.upload_part(**upload, PartNumber=1, **right)
