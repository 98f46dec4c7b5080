from __future__ import annotations

import io

import pytest

from lab.aws.calls import Call, describe


def request(method="GET", path="/", body=b"", signed_for=None, **headers):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "aws.lab.internal",
        "SERVER_PORT": "4566",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        **headers,
    }
    if signed_for:
        scope = f"Credential=AKIDTEST/20260102/us-east-1/{signed_for}/aws4_request"
        environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0123abcd"
    return environ


FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8"}
SIGNED = ("AKIDTEST", "us-east-1")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            request("POST", body=b"Action=CreateVolume&Size=1", signed_for="ec2", **FORM),
            Call(*SIGNED, "ec2", "CreateVolume", "/"),
        ),
        (
            request("POST", signed_for="kms", HTTP_X_AMZ_TARGET="TrentService.DescribeKey"),
            Call(*SIGNED, "kms", "DescribeKey", "/"),
        ),
        (request("GET", "/clusters/lab", signed_for="eks"), Call(*SIGNED, "eks", "DescribeCluster", "/clusters/lab")),
        (request("PUT", "/bucket/a/b", signed_for="s3"), Call(*SIGNED, "s3", "PutObject", "/bucket/a/b")),
        (request("GET", "/bucket/a"), Call("", "", "s3", "GetObject", "/bucket/a")),
        (
            request("POST", body=b"Action=AssumeRoleWithWebIdentity&WebIdentityToken=secret", **FORM),
            Call("", "", "sts", "AssumeRoleWithWebIdentity", "/"),
        ),
        # a presigned URL
        (
            request(
                "GET",
                "/bucket/a",
                QUERY_STRING="X-Amz-Credential=AKIDTEST%2F20260102%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Expires=60",
            ),
            Call(*SIGNED, "s3", "GetObject", "/bucket/a"),
        ),
        (request("GET", "/x", signed_for="no-such-service"), Call(*SIGNED, "no-such-service", "GET", "/x")),
        (request("GET", "/no/such/path", signed_for="eks"), Call(*SIGNED, "eks", "GET", "/no/such/path")),
    ],
)
def test_a_call_is_read_from_its_request(environ, expected):
    assert describe(environ) == expected


def test_the_body_can_be_read_again():
    body = b"Action=AssumeRoleWithWebIdentity&WebIdentityToken=secret"
    environ = request("POST", body=body, **FORM)
    describe(environ)
    assert environ["wsgi.input"].read() == body
