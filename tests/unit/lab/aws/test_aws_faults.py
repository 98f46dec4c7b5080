"""Faults that tests ask for, and what nobody implements."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lab.aws import calls, shapes


@pytest.mark.parametrize(
    ("service", "operation", "call", "code"),
    [
        ("eks", "ListClusters", "list_clusters", "ThrottlingException"),
        ("iam", "ListRoles", "list_roles", "Throttling"),
        ("kms", "ListKeys", "list_keys", "ThrottlingException"),
        ("ec2", "DescribeVolumes", "describe_volumes", "RequestLimitExceeded"),
        ("s3", "ListBuckets", "list_buckets", "SlowDown"),
    ],
)
def test_throttling_is_retried_away_by_botocore(account, service, operation, call, code):
    account.fail(service, operation, "Throttling", times=2)
    answer = getattr(account.client(service), call)()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [line["status"] < 400 for line in account.calls()] == [False, False, True]
    account.fail(service, operation, "Throttling")
    impatient = account.client(service, config=Config(retries={"max_attempts": 0}))
    with pytest.raises(ClientError) as error:
        getattr(impatient, call)()
    assert error.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("service", "call", "params", "code", "message"),
    [
        (
            "eks",
            "create_addon",
            {"clusterName": "prod", "addonName": "vpc-cni"},
            "AccessDeniedException",
            "User: {user} is not authorized to perform: eks:CreateAddon on resource: "
            "arn:aws:eks:us-east-1:{account}:cluster/prod",
        ),
        (
            "iam",
            "get_role",
            {"RoleName": "r"},
            "AccessDenied",
            "User: {user} is not authorized to perform: iam:GetRole on resource: arn:aws:iam::{account}:role/r because "
            "no identity-based policy allows the iam:GetRole action",
        ),
        (
            "kms",
            "create_key",
            {},
            "AccessDeniedException",
            "User: {user} is not authorized to perform: kms:CreateKey on resource: * because no identity-based policy "
            "allows the kms:CreateKey action",
        ),
        (
            "ec2",
            "describe_volumes",
            {},
            "UnauthorizedOperation",
            "You are not authorized to perform this operation. User: {user} is not authorized to perform: "
            "ec2:DescribeVolumes on resource: * because no identity-based policy allows the ec2:DescribeVolumes action",
        ),
        (
            "s3",
            "create_bucket",
            {"Bucket": "some-bucket"},
            "AccessDenied",
            'User: {user} is not authorized to perform: s3:CreateBucket on resource: "arn:aws:s3:::some-bucket" '
            "because no identity-based policy allows the s3:CreateBucket action",
        ),
    ],
)
def test_a_denial_is_told_as_the_service_tells_it(account, refused, service, call, params, code, message):
    account.fail(service, code="AccessDenied")
    user = f"arn:aws:sts::{account.id}:user/moto"
    expected = (code, message.format(user=user, account=account.id))
    assert refused(getattr(account.client(service), call), **params) == expected


@pytest.mark.parametrize(
    ("service", "call", "expired", "unknown"),
    [
        ("eks", "list_clusters", "ExpiredTokenException", "UnrecognizedClientException"),
        ("sts", "get_caller_identity", "ExpiredToken", "InvalidClientTokenId"),
        ("ec2", "describe_volumes", "RequestExpired", "AuthFailure"),
        ("s3", "list_buckets", "ExpiredToken", "InvalidAccessKeyId"),
    ],
)
def test_credentials_that_are_no_good(account, refused, service, call, expired, unknown):
    account.fail(service, code="ExpiredToken", times=1)
    account.fail(service, code="InvalidClientTokenId", times=1)
    asked = getattr(account.client(service), call)
    assert (refused(asked)[0], refused(asked)[0]) == (expired, unknown)


def test_an_error_of_a_service_s_own(account, refused):
    account.fail("eks", "DescribeCluster", "ClientException", message="no", status=400, times=1)
    eks = account.client("eks")
    assert refused(eks.describe_cluster, name="prod") == ("ClientException", "no")
    assert eks.describe_cluster(name="prod")


def test_a_slow_answer_is_right(account):
    account.fail("eks", "ListClusters", delay=0.2, times=1)
    begun = time.monotonic()
    assert account.client("eks").list_clusters()["clusters"] == ["prod"]
    assert time.monotonic() - begun >= 0.2


def test_other_accounts_have_no_fault(aws, account):
    account.fail("eks", code="AccessDenied")
    assert aws.account().client("eks").list_clusters()["clusters"] == []


def test_a_fault_of_some_objects_is_one_of_no_others_and_can_be_taken_away(aws, account, refused):
    s3 = account.client("s3")
    bucket = f"faults-{account.id}"
    s3.create_bucket(Bucket=bucket)
    account.fail("s3", "PutObject", "AccessDenied", key=f"{bucket}/mine/")
    assert refused(s3.put_object, Bucket=bucket, Key="mine/one", Body=b"x")[0] == "AccessDenied"
    assert s3.put_object(Bucket=bucket, Key="its/one", Body=b"x")
    account.fail("s3", "ListObjectsV2", "AccessDenied", key=f"{bucket}/mine/")
    assert refused(s3.list_objects_v2, Bucket=bucket, Prefix="mine/")[0] == "AccessDenied"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    aws.heal(f"{bucket}/mine/")
    assert s3.put_object(Bucket=bucket, Key="mine/one", Body=b"x")


def test_a_call_is_held_until_its_fault_is_forgotten(aws, account):
    s3 = account.client("s3")
    bucket = f"held-{account.id}"
    s3.create_bucket(Bucket=bucket)
    account.fail("s3", "PutObject", delay=50, key=f"{bucket}/")
    begun = time.monotonic()
    with ThreadPoolExecutor() as pool:
        put = pool.submit(s3.put_object, Bucket=bucket, Key="one", Body=b"x")
        while not aws.waiting(f"{bucket}/"):
            assert not put.done()
            time.sleep(0.01)
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
        aws.heal(f"{bucket}/")
        assert put.result()["ETag"]
    assert time.monotonic() - begun < 50
    assert aws.waiting(f"{bucket}/") == 0


def test_an_object_is_garbled_on_its_way(account, refused):
    s3 = account.client("s3")
    bucket = f"garbled-{account.id}"
    s3.create_bucket(Bucket=bucket)
    account.fail("s3", "PutObject", garbled=True, times=1)
    checked = {"Bucket": bucket, "Key": "one", "Body": b"abc", "ChecksumAlgorithm": "SHA256"}
    assert refused(s3.put_object, **checked)[0] == "BadDigest"
    account.fail("s3", "PutObject", garbled=True, times=1)
    plain = account.client("s3", config=Config(request_checksum_calculation="when_required"))
    plain.put_object(Bucket=bucket, Key="one", Body=b"abc")
    assert plain.get_object(Bucket=bucket, Key="one")["Body"].read() == b"abb"
    account.fail("s3", "GetObject", garbled=True, times=1)
    assert plain.get_object(Bucket=bucket, Key="one", ChecksumMode="ENABLED")["Body"].read() == b"abc"
    assert plain.get_object(Bucket=bucket, Key="one")["Body"].read() == b"abb"


@pytest.mark.parametrize(
    ("service", "call", "params", "message"),
    [
        ("eks", "describe_insight", {"clusterName": "prod", "id": "1"}, "NotImplemented: eks:DescribeInsight"),
        ("ec2", "describe_instance_topology", {}, "NotImplemented: ec2:DescribeInstanceTopology"),
        (
            "iam",
            "get_context_keys_for_custom_policy",
            {"PolicyInputList": ["x"]},
            "NotImplemented: iam:GetContextKeysForCustomPolicy",
        ),
        ("kms", "describe_custom_key_stores", {}, "NotImplemented: kms:DescribeCustomKeyStores"),
        ("pricing", "describe_services", {}, "NotImplemented: pricing:DescribeServices"),
    ],
)
def test_what_nobody_implements_is_loud(account, refused, service, call, params, message):
    assert refused(getattr(account.client(service), call), **params) == ("NotImplemented", message)


@pytest.mark.parametrize("service", ["ec2", "eks", "iam", "kms", "s3", "sts"])
def test_what_is_sent_as_a_read_is_one(service):
    """botocore's models tell it for REST services only; there they bear the rule out."""
    model = shapes.get_service_model(service)
    operations = [model.operation_model(name) for name in model.operation_names]
    sent = {operation.name: operation.http["method"] for operation in operations}
    rest = str(model.protocol).startswith("rest")
    assert [name for name, method in sent.items() if rest and method in ("GET", "HEAD") and calls.mutates(name)] == []
    unsafe = ("PUT", "DELETE")
    assert [name for name, method in sent.items() if method in unsafe and not calls.mutates(name)] == []


def test_the_log_tells_changes_from_reads(account):
    eks = account.client("eks")
    eks.describe_cluster(name="prod")
    eks.create_addon(clusterName="prod", addonName="vpc-cni")
    lines = [(line["operation"], line["mutates"], line["account"], line["role"]) for line in account.calls()]
    assert lines == [("DescribeCluster", False, account.id, ""), ("CreateAddon", True, account.id, "")]
