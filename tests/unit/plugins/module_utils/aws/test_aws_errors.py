"""One line for each way in which AWS says no, or nothing."""

from __future__ import annotations

import botocore.exceptions as botocore
import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError, answered, translated

CALLER = "arn:aws:sts::123456789012:assumed-role/deploy/awx"
RESOURCE = "arn:aws:eks:us-east-1:123456789012:cluster/prod"


@pytest.mark.parametrize(
    ("service", "operation", "code", "text", "message"),
    [
        (
            "eks",
            "CreateAddon",
            "AccessDeniedException",
            f"User: {CALLER} is not authorized to perform: eks:CreateAddon on resource: {RESOURCE} because no "
            "identity-based policy allows the eks:CreateAddon action",
            f"eks:CreateAddon on {RESOURCE}: {CALLER} may not do this; a policy with this statement grants it: "
            f'{{"Effect": "Allow", "Action": "eks:CreateAddon", "Resource": "{RESOURCE}"}}',
        ),
        (
            "eks",
            "CreateAddon",
            "AccessDeniedException",
            f"User: {CALLER} is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/x",
            f"iam:PassRole on arn:aws:iam::123456789012:role/x: {CALLER} may not do this; a policy with this statement "
            'grants it: {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/x"}',
        ),
        (
            "kms",
            "CreateKey",
            "AccessDeniedException",
            f"User: {CALLER} is not authorized to perform: kms:CreateKey on resource: * with an explicit deny in a "
            "service control policy",
            f"kms:CreateKey on *: {CALLER} may not do this: an explicit deny in a service control policy stands "
            "against it",
        ),
        (
            "s3",
            "PutBucketEncryption",
            "AccessDenied",
            "Access Denied",
            "s3:PutEncryptionConfiguration on *: denied; a policy with this statement grants it: "
            '{"Effect": "Allow", "Action": "s3:PutEncryptionConfiguration", "Resource": "*"}',
        ),
        (
            "s3",
            "PutBucketVersioning",
            "AccessDenied",
            f'User: {CALLER} is not authorized to perform: s3:PutBucketVersioning on resource: "arn:aws:s3:::b" '
            "because no identity-based policy allows the s3:PutBucketVersioning action",
            f"s3:PutBucketVersioning on arn:aws:s3:::b: {CALLER} may not do this; a policy with this statement grants "
            'it: {"Effect": "Allow", "Action": "s3:PutBucketVersioning", "Resource": "arn:aws:s3:::b"}',
        ),
        (
            "s3",
            "CreateBucket",
            "AccessDenied",
            f'User: {CALLER} is not authorized to perform: s3:CreateBucket on resource: "arn:aws:s3:::b" with an '
            "explicit deny in a service control policy: arn:aws:organizations::123456789012:policy/o-1/p-1",
            f"s3:CreateBucket on arn:aws:s3:::b: {CALLER} may not do this: an explicit deny in a service control "
            "policy stands against it",
        ),
        (
            "iam",
            "CreateRole",
            "AccessDenied",
            f"User: {CALLER} is not authorized to perform: iam:CreateRole on resource: "
            "arn:aws:iam::123456789012:role/x because no permissions boundary allows the iam:CreateRole action",
            f"iam:CreateRole on arn:aws:iam::123456789012:role/x: {CALLER} may not do this: no permissions boundary "
            'allows it, and one has to, with this statement: {"Effect": "Allow", "Action": "iam:CreateRole", '
            '"Resource": "arn:aws:iam::123456789012:role/x"}',
        ),
        (
            "sts",
            "AssumeRoleWithWebIdentity",
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "sts:AssumeRoleWithWebIdentity on *: denied: the role's trust policy does not let this token assume it",
        ),
        (
            "ec2",
            "DescribeVolumes",
            "UnauthorizedOperation",
            f"You are not authorized to perform this operation. User: {CALLER} is not authorized to perform: "
            "ec2:DescribeVolumes because no identity-based policy allows the ec2:DescribeVolumes action",
            f"ec2:DescribeVolumes on *: {CALLER} may not do this; a policy with this statement grants it: "
            '{"Effect": "Allow", "Action": "ec2:DescribeVolumes", "Resource": "*"}',
        ),
        (
            "sts",
            "GetCallerIdentity",
            "ExpiredToken",
            "The security token included in the request is expired",
            "AWS does not accept the credentials (ExpiredToken: The security token included in the request is "
            "expired): they are wrong or have expired; renew them (with a profile of IAM Identity Center: aws sso "
            "login) and run again",
        ),
        (
            "iam",
            "GetRole",
            "Throttling",
            "Rate exceeded",
            "iam:GetRole: AWS throttled this call each time it was tried (Throttling); run again later",
        ),
        (
            "eks",
            "CreateAddon",
            "InvalidParameterException",
            "Addon version specified is not\n supported.",
            "eks:CreateAddon: Addon version specified is not supported (InvalidParameterException)",
        ),
        ("s3", "HeadBucket", "404", "", "s3:HeadBucket: no reason given (404)"),
    ],
)
def test_an_answer_of_aws(service: str, operation: str, code: str, text: str, message: str) -> None:
    error = answered(service, operation, {"Code": code, "Message": text})
    assert (str(error), error.code) == (message, code)


def test_credentials_that_a_profile_fetches_are_told_by_their_own_call() -> None:
    said = {"Error": {"Code": "ValidationError", "Message": "The requested DurationSeconds exceeds 1 hour"}}
    with pytest.raises(AwsError) as failed, translated("eks", "us-east-1"):
        raise botocore.ClientError(said, "AssumeRole")  # type: ignore[arg-type]
    assert str(failed.value) == "sts:AssumeRole: The requested DurationSeconds exceeds 1 hour (ValidationError)"


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (
            botocore.NoCredentialsError(),
            "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile: Unable to locate "
            "credentials",
        ),
        (
            botocore.ProfileNotFound(profile="prod"),
            "AWS profile: The config profile (prod) could not be found",
        ),
        (
            botocore.EndpointConnectionError(endpoint_url="https://eks.us-esat-1.amazonaws.com/"),
            "no answer from AWS (eks, region us-east-1): Could not connect to the endpoint URL: "
            '"https://eks.us-esat-1.amazonaws.com/"; check the region\'s name, the network and the proxy (HTTPS_PROXY)',
        ),
        (
            botocore.InvalidRegionError(region_name="us east"),
            "AWS region: Provided region_name 'us east' doesn't match a supported format",
        ),
        (
            botocore.UnauthorizedSSOTokenError(),
            "the session of IAM Identity Center has ended; renew it with: aws sso login: The SSO session associated "
            "with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with "
            "the corresponding profile",
        ),
        (
            botocore.ParamValidationError(report="Invalid length for parameter Bucket"),
            "eks: Parameter validation failed: Invalid length for parameter Bucket",
        ),
    ],
)
def test_no_answer_at_all(raised: Exception, message: str) -> None:
    with pytest.raises(AwsError) as failed, translated("eks", "us-east-1"):
        raise raised
    assert str(failed.value) == message
    assert failed.value.code == ""
