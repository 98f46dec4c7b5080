"""What is supplied to moto, and the checks that keep it true to AWS."""

from __future__ import annotations

import datetime
import importlib

import pytest
from botocore import xform_name

from lab.aws import shapes
from lab.aws.supply import SUPPLIED

RESPONSES = {
    "ec2": ("moto.ec2.responses", "EC2Response"),
    "eks": ("moto.eks.responses", "EKSResponse"),
    "elasticache": ("moto.elasticache.responses", "ElastiCacheResponse"),
    "iam": ("moto.iam.responses", "IamResponse"),
    "kms": ("moto.kms.responses", "KmsResponse"),
    "sts": ("moto.sts.responses", "TokenResponse"),
}


@pytest.mark.parametrize(("service", "operation"), [call for call in SUPPLIED if call[0] in RESPONSES])
def test_moto_still_lacks_what_is_supplied(service, operation):
    """Fails on an upgrade of moto that brings an operation: then ours goes."""
    module, responses = RESPONSES[service]
    has = hasattr(getattr(importlib.import_module(module), responses), xform_name(operation))
    assert has == SUPPLIED[service, operation].replaces


ADDON = shapes.operation("eks", "DescribeAddon")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"addon": {"colour": "red"}}, 'Unknown parameter in addon: "colour"'),
        ({"addon": {"tags": []}}, "Invalid type for parameter addon.tags"),
        ({"addon": {"status": "FINE"}}, "DescribeAddonResponse.addon.status is 'FINE', not one of CREATING"),
        ({"addon": {"health": {"issues": [{"code": "X"}]}}}, "addon.health.issues[].code is 'X'"),
        ({"addon": {}}, "DescribeAddonResponse.addon.addonName is missing"),
    ],
)
def test_no_answer_leaves_the_model(answer, problem):
    with pytest.raises(shapes.ModelBroken) as broken:
        shapes.check_answer(ADDON, answer, {"Addon": ("addonName",)})
    assert problem in str(broken.value)


def test_no_error_leaves_the_model():
    with pytest.raises(shapes.ModelBroken, match="DescribeAddon cannot return NoSuchThing, only ClientException"):
        shapes.check_error(ADDON, shapes.Fault("NoSuchThing", ""))


def test_clients_of_oidc_providers(account, refused):
    iam = account.client("iam")
    provider = iam.create_open_id_connect_provider(Url="https://oidc.example/id/1", ClientIDList=["one"])
    named = {"OpenIDConnectProviderArn": provider["OpenIDConnectProviderArn"]}
    iam.add_client_id_to_open_id_connect_provider(**named, ClientID="two")
    iam.remove_client_id_from_open_id_connect_provider(**named, ClientID="one")
    assert iam.get_open_id_connect_provider(**named)["ClientIDList"] == ["two"]
    nobody = "arn:aws:iam::100000000001:oidc-provider/none"
    code, _message = refused(
        iam.add_client_id_to_open_id_connect_provider, OpenIDConnectProviderArn=nobody, ClientID="x"
    )
    assert code == "NoSuchEntity"


def test_the_rotation_of_a_key_keeps_its_period(account, refused):
    kms = account.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365
    kms.disable_key_rotation(KeyId=key)
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)
    assert refused(kms.enable_key_rotation, KeyId=key, RotationPeriodInDays=9999)[0] == "ValidationException"
    kms.disable_key(KeyId=key)
    assert refused(kms.enable_key_rotation, KeyId=key)[0] == "DisabledException"


def test_the_default_key_of_volumes(account):
    ec2, kms = account.client("ec2"), account.client("kms")
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    own = kms.create_key()["KeyMetadata"]["Arn"]
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=own)
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == own
    ec2.enable_ebs_encryption_by_default()
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    assert (volume["Encrypted"], volume["KmsKeyId"]) == (True, own)


def test_a_replication_is_kept_whole(account):
    s3 = account.client("s3")
    names = [f"from-{account.id}", f"to-{account.id}"]
    for name in names:
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    configuration = {
        "Role": f"arn:aws:iam::{account.id}:role/replication",
        "Rules": [
            {
                "ID": "all",
                "Priority": 3,
                "Status": "Enabled",
                "Filter": {"Prefix": "redis/"},
                "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                "DeleteMarkerReplication": {"Status": "Enabled"},
                "Destination": {
                    "Bucket": f"arn:aws:s3:::{names[1]}",
                    "StorageClass": "STANDARD_IA",
                    "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:us-east-1:1:key/k"},
                },
            }
        ],
    }
    s3.put_bucket_replication(Bucket=names[0], ReplicationConfiguration=configuration)
    assert s3.get_bucket_replication(Bucket=names[0])["ReplicationConfiguration"] == configuration
    s3.delete_bucket_replication(Bucket=names[0])
    with pytest.raises(s3.exceptions.ClientError, match="ReplicationConfigurationNotFoundError"):
        s3.get_bucket_replication(Bucket=names[0])


@pytest.fixture
def locked(account):
    """A bucket that locks each object for a day."""
    s3, bucket = account.client("s3"), f"locked-{account.id}"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    return {"Bucket": bucket, "Key": "dump"}


def test_locks_of_objects(account, locked, refused):
    s3 = account.client("s3")
    s3.put_object(**locked, Body=b"x")
    for read in (s3.get_object_retention, s3.get_object_legal_hold):
        assert refused(read, **locked)[0] == "NoSuchObjectLockConfiguration"
    until = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
    s3.put_object(**locked, Body=b"x", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
    s3.put_object_legal_hold(**locked, LegalHold={"Status": "ON"})
    assert s3.get_object_retention(**locked)["Retention"] == {"Mode": "COMPLIANCE", "RetainUntilDate": until}
    assert s3.get_object_legal_hold(**locked)["LegalHold"] == {"Status": "ON"}


def test_a_bucket_without_locks_says_so(account, refused):
    s3, bucket = account.client("s3"), f"plain-{account.id}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="dump", Body=b"x")
    for read in (s3.get_object_retention, s3.get_object_legal_hold):
        assert refused(read, Bucket=bucket, Key="dump")[0] == "InvalidRequest"


def test_uploads_that_are_under_way(account, locked):
    s3 = account.client("s3")
    before = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
    for key in ("a/1", "a/2", "a/3", "b/1"):
        s3.create_multipart_upload(Bucket=locked["Bucket"], Key=key)
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=locked["Bucket"], Prefix="a/", PaginationConfig={"PageSize": 2}
    )
    found = [page["Uploads"] for page in pages]
    assert [[each["Key"] for each in page] for page in found] == [["a/1", "a/2"], ["a/3"]]
    assert all(before <= each["Initiated"] for page in found for each in page)
