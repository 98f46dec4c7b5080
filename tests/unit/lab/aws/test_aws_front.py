"""The stand-in as its clients meet it: over HTTP with boto3."""

from __future__ import annotations

import functools
import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import boto3
import pytest

from lab import aws, model
from lab.aws import seed
from lab.aws.server import make
from lab.model import Lab
from lab.ports import free_port
from lab.process import PACKAGES

CLUSTER = seed.Cluster("lab", "us-east-1", "1.34", "https://oidc.example/id/1")


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("aws") / "calls.jsonl"


@pytest.fixture(scope="module")
def url(log):
    server = make("127.0.0.1", 0, log, lambda: seed.cluster(CLUSTER))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def client(url):
    @functools.cache
    def client(service):
        keys = {"aws_access_key_id": "AKIDTEST", "aws_secret_access_key": "top-secret"}
        return boto3.client(service, endpoint_url=url, region_name="us-east-1", **keys)

    return client


def get(url, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
        return answer.read()


def test_health(url):
    assert get(f"{url}/lab/health") == b"ok\n"


def test_the_cluster_has_the_issuer_of_its_api_server(client):
    cluster = client("eks").describe_cluster(name="lab")["cluster"]
    assert cluster["identity"] == {"oidc": {"issuer": "https://oidc.example/id/1"}}
    assert (cluster["status"], cluster["version"]) == ("ACTIVE", "1.34")


def test_the_cluster_is_there_again_after_a_reset(client, url):
    client("s3").create_bucket(Bucket="short-lived")
    get(f"{url}/moto-api/reset", "POST")
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("eks").list_clusters()["clusters"] == ["lab"]


def test_encrypted_volumes_have_the_account_s_default_key(client):
    volume = client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True)
    default = client("kms").describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    assert volume["KmsKeyId"] == default


def test_calls_are_logged_without_their_content(client, log):
    s3 = client("s3")
    s3.create_bucket(Bucket="backups")
    s3.put_object(Bucket="backups", Key="a/b.rdb", Body=b"top-secret")
    assert s3.get_object(Bucket="backups", Key="a/b.rdb")["Body"].read() == b"top-secret"
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="backups", Key="missing")

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [{key: line[key] for key in ("operation", "resource", "status")} for line in lines[-4:]] == [
        {"operation": "CreateBucket", "resource": "/backups", "status": 200},
        {"operation": "PutObject", "resource": "/backups/a/b.rdb", "status": 200},
        {"operation": "GetObject", "resource": "/backups/a/b.rdb", "status": 200},
        {"operation": "GetObject", "resource": "/backups/missing", "status": 404},
    ]
    assert {(line["principal"], line["service"], line["region"]) for line in lines[-4:]} == {
        ("AKIDTEST", "s3", "us-east-1")
    }
    assert "top-secret" not in log.read_text()


@pytest.fixture
def named_url(tmp_path, monkeypatch):
    """The stand-in as the laboratory starts it, under the name that pods use, on a free port of this machine."""
    process = aws.process(Lab("t", model.FULL, tmp_path))
    (tmp_path / "t" / "log").mkdir(parents=True)
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(PACKAGES), **process.environment}
    running = subprocess.Popen([*process.command, "--host=127.0.0.1", f"--port={port}"], env=environment)
    url = f"http://{model.AWS_NAME}:{port}"
    lookup = socket.getaddrinfo
    here = {model.AWS_NAME: "127.0.0.1"}
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: lookup(here.get(host, host), *rest, **more))
    while not answers(f"{url}/lab/health"):
        assert running.poll() is None
        time.sleep(0.05)
    yield url
    running.terminate()
    running.wait()


def answers(url):
    try:
        return get(url) == b"ok\n"
    except urllib.error.URLError:
        return False


def test_the_laboratory_s_stand_in_works_by_name(named_url, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ENDPOINT_URL", named_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", model.REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "laboratory")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "laboratory")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="backups")
    s3.put_object(Bucket="backups", Key="a/b.rdb", Body=b"content")
    assert s3.get_object(Bucket="backups", Key="a/b.rdb")["Body"].read() == b"content"
    cluster = boto3.client("eks").describe_cluster(name=model.CLUSTER)["cluster"]
    assert cluster["identity"]["oidc"]["issuer"] == model.OIDC_ISSUER
    assert cluster["version"] == "1.34"
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert len(aws.log(Lab("t", model.FULL, tmp_path)).read_text().splitlines()) == 5
