"""IAM at work over HTTP: a session of a role may do what its policies allow, and nothing else."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def bucket(account):
    """Encrypted with a key of the account."""
    name = f"backups-{account.id}"
    s3 = account.client("s3")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def key(account, bucket):
    arn = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    account.client("s3").put_bucket_encryption(
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    return arn


@pytest.fixture
def session(account, role):
    """A client of a service with the rights that the statements give."""

    def session(service, *statements, region="", **more):
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account.id}:root"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        policies = {"inline": {"Version": "2012-10-17", "Statement": list(statements)}} if statements else {}
        arn = role("worker", trust, **policies)
        assumed = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="run", **more)["Credentials"]
        return account.client(
            service,
            region,
            aws_access_key_id=assumed["AccessKeyId"],
            aws_secret_access_key=assumed["SecretAccessKey"],
            aws_session_token=assumed["SessionToken"],
        )

    return session


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


BACKUP = ("s3:PutObject", "s3:GetObject", "s3:ListBucket", "kms:GenerateDataKey", "kms:Decrypt")


def backup(s3, bucket):
    """What a backup and its restore do, in short: one write at once, one in parts, a look and a read."""
    s3.put_object(Bucket=bucket, Key="redis/manifest", Body=b"x")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="redis/dump")["UploadId"]
    named = {"Bucket": bucket, "Key": "redis/dump", "UploadId": upload}
    part = {"ETag": s3.upload_part(**named, PartNumber=1, Body=b"dump")["ETag"], "PartNumber": 1}
    s3.complete_multipart_upload(**named, MultipartUpload={"Parts": [part]})
    assert len(s3.list_objects_v2(Bucket=bucket, Prefix="redis/")["Contents"]) == 2
    assert s3.get_object(Bucket=bucket, Key="redis/dump")["Body"].read() == b"dump"


def test_with_every_action_a_backup_succeeds(session, bucket, key):
    backup(session("s3", allow(*BACKUP)), bucket)


@pytest.mark.parametrize("missing", BACKUP)
def test_with_any_one_removed_it_fails(account, session, bucket, key, missing):
    s3 = session("s3", allow(*(action for action in BACKUP if action != missing)))
    with pytest.raises(ClientError) as error:
        backup(s3, bucket)
    told = error.value.response["Error"]
    assert told["Code"] == "AccessDenied"
    quote = '"' if missing.startswith("s3:") else ""
    who = "assumed-role/worker/run is not authorized to perform"
    assert f"{who}: {missing} on resource: {quote}arn:aws:" in told["Message"]
    assert told["Message"].endswith(f"because no identity-based policy allows the {missing} action")
    assert account.calls()[-1]["role"] == f"arn:aws:iam::{account.id}:role/worker"


def test_aws_s_own_key_needs_no_right(account, session, bucket):
    s3 = session("s3", allow("s3:PutObject", "s3:GetObject"))
    s3.put_object(Bucket=bucket, Key="a", Body=b"x", ServerSideEncryption="aws:kms")
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"


def test_only_below_a_prefix(session, bucket, refused):
    below = allow("s3:ListBucket", Condition={"StringLike": {"s3:prefix": "redis/*"}})
    write = allow("s3:PutObject", resource=f"arn:aws:s3:::{bucket}/redis/*")
    s3 = session("s3", below, write)
    s3.put_object(Bucket=bucket, Key="redis/a", Body=b"x")
    assert s3.list_objects_v2(Bucket=bucket, Prefix="redis/")["KeyCount"] == 1
    assert refused(s3.put_object, Bucket=bucket, Key="other/a", Body=b"x")[0] == "AccessDenied"
    assert refused(s3.list_objects_v2, Bucket=bucket, Prefix="other/")[0] == "AccessDenied"
    assert refused(s3.list_objects_v2, Bucket=bucket)[0] == "AccessDenied"


def test_many_objects_are_deleted_only_with_the_right_to_each(session, bucket, refused):
    s3 = session("s3", allow("s3:PutObject"), allow("s3:DeleteObject", resource=f"arn:aws:s3:::{bucket}/redis/*"))
    for name in ("redis/a", "other/a"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"x")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "redis/a"}]})
    both = {"Objects": [{"Key": "redis/a"}, {"Key": "other/a"}]}
    assert refused(s3.delete_objects, Bucket=bucket, Delete=both)[0] == "AccessDenied"


def tls_only(bucket):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    )


def test_a_bucket_for_tls_only(account, bucket, refused):
    s3 = account.client("s3")
    s3.put_bucket_policy(Bucket=bucket, Policy=tls_only(bucket))
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    account.transport(secure=False)
    code, message = refused(s3.get_object, Bucket=bucket, Key="a")
    assert code == "AccessDenied"
    assert message.endswith("with an explicit deny in a resource-based policy")
    account.transport(secure=True)
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"


def test_a_bucket_of_another_account(aws, account, bucket, refused):
    other = aws.account()
    s3 = other.client("s3")
    assert refused(s3.head_bucket, Bucket=bucket) == ("403", "Forbidden")
    assert refused(s3.get_bucket_versioning, Bucket=bucket)[0] == "AccessDenied"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{other.id}:root"},
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            }
        ],
    }
    account.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    assert refused(s3.get_object, Bucket=bucket, Key="a")[0] == "AccessDenied"


def test_a_key_answers_only_to_its_own_policy(account, session, bucket, key, refused):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account.id}:root"},
        "Action": "kms:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    account.client("kms").put_key_policy(KeyId=key, Policy=policy)
    s3 = session("s3", allow("s3:*", "kms:*"))
    code, message = refused(s3.put_object, Bucket=bucket, Key="a", Body=b"x")
    assert code == "AccessDenied"
    assert message.endswith("because no resource-based policy allows the kms:GenerateDataKey action")


def test_a_grant_opens_a_key(account, session, bucket, key, refused):
    s3 = session("s3", allow("s3:PutObject"))
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"x")[0] == "AccessDenied"
    grantee = f"arn:aws:iam::{account.id}:role/worker"
    account.client("kms").create_grant(KeyId=key, GranteePrincipal=grantee, Operations=["GenerateDataKey"])
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")


VOLUME = {"AvailabilityZone": "us-east-1a", "Size": 1, "Encrypted": True}


def test_the_csi_driver_needs_the_key_of_its_volumes(session, key, refused):
    granted = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    most = allow("ec2:CreateVolume"), allow("kms:CreateGrant", Condition=granted)
    ec2 = session("ec2", *most)
    code, message = refused(ec2.create_volume, **VOLUME, KmsKeyId=key)
    assert code == "UnauthorizedOperation"
    assert "kms:GenerateDataKeyWithoutPlaintext" in message


def test_the_csi_driver_with_all_rights(session, key):
    granted = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    ec2 = session(
        "ec2",
        allow("ec2:CreateVolume"),
        allow("kms:GenerateDataKeyWithoutPlaintext"),
        allow("kms:CreateGrant", Condition=granted),
    )
    assert ec2.create_volume(**VOLUME, KmsKeyId=key)["KmsKeyId"] == key


def test_the_driver_s_policy_of_aws_is_enough_for_volumes(account, session):
    ec2 = session("ec2")
    account.client("iam").attach_role_policy(
        RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
    )
    tags = [{"Key": "ebs.csi.aws.com/cluster", "Value": "true"}, {"Key": "CSIVolumeName", "Value": "pvc-1"}]
    specification = [{"ResourceType": "volume", "Tags": tags}]
    volume = ec2.create_volume(**VOLUME, TagSpecifications=specification)["VolumeId"]
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
    ec2.delete_volume(VolumeId=volume)


@pytest.mark.parametrize(
    ("statements", "denied"),
    [
        ([], "eks:CreateAddon"),
        ([allow("eks:CreateAddon")], "iam:PassRole"),
        ([allow("eks:CreateAddon"), allow("iam:PassRole")], "iam:GetRole"),
        (
            [
                allow("eks:CreateAddon", "iam:GetRole"),
                allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}),
            ],
            "iam:PassRole",
        ),
    ],
)
def test_what_an_add_on_needs(session, role, refused, statements, denied):
    eks = session("eks", *statements)
    roles = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role("driver")}]
    addon = {"clusterName": "prod", "addonName": "aws-ebs-csi-driver", "podIdentityAssociations": roles}
    code, message = refused(eks.create_addon, **addon)
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: {denied} on resource: arn:aws:" in message


def test_a_session_policy_narrows(session, bucket, refused):
    narrow = json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:ListBucket")]})
    s3 = session("s3", allow("s3:*"), Policy=narrow)
    s3.list_objects_v2(Bucket=bucket)
    assert refused(s3.put_object, Bucket=bucket, Key="a", Body=b"x")[1].endswith(
        "because no session policy allows the s3:PutObject action"
    )


def test_what_cannot_be_judged_is_loud(session, bucket, refused):
    s3 = session("s3", allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    code, message = refused(s3.list_objects_v2, Bucket=bucket)
    assert (code, message) == ("NotImplemented", "NotImplemented: judging condition key aws:SourceIp")


def test_an_expired_session(aws, account, session, refused):
    s3 = session("s3", allow("s3:*"))
    from moto.sts.models import sts_backends

    [made] = sts_backends[account.id]["aws"].assumed_roles
    made.expiration = made.expiration.replace(year=2000)
    assert refused(s3.list_buckets) == ("ExpiredToken", "The provided token has expired.")


def test_a_simulation_says_what_a_request_would_meet(account, session, bucket):
    session(
        "s3",
        allow("s3:GetObject", resource=f"arn:aws:s3:::{bucket}/redis/*"),
        {**allow("s3:DeleteObject"), "Effect": "Deny"},
    )
    answer = account.client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account.id}:role/worker",
        ActionNames=["s3:GetObject", "s3:DeleteObject"],
        ResourceArns=[f"arn:aws:s3:::{bucket}/redis/a", f"arn:aws:s3:::{bucket}/other"],
    )
    assert [result["EvalDecision"] for result in answer["EvaluationResults"]] == [
        "allowed",
        "implicitDeny",
        "explicitDeny",
        "explicitDeny",
    ]


def test_a_simulation_takes_a_context(account, session):
    session("s3", allow("s3:ListBucket", Condition={"StringEquals": {"s3:prefix": "redis/"}}))

    def decision(prefix):
        entry = {"ContextKeyName": "s3:prefix", "ContextKeyValues": [prefix], "ContextKeyType": "string"}
        answer = account.client("iam").simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{account.id}:role/worker",
            ActionNames=["s3:ListBucket"],
            ContextEntries=[entry],
        )
        return answer["EvaluationResults"][0]["EvalDecision"]

    assert [decision(prefix) for prefix in ("redis/", "other/")] == ["allowed", "implicitDeny"]
