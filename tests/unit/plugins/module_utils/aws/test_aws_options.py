"""The AWS options are those of amazon.aws, are documented, and give the credentials people expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import botocore.loaders
import pytest
import yaml
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from ansible_collections.eks.redis.plugins.doc_fragments.aws import ModuleDocFragment
from ansible_collections.eks.redis.plugins.module_utils.aws import regions, session
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.options import OPTIONS
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

NONE = dict.fromkeys(OPTIONS)
ENVIRONMENT = ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of whoever runs the tests."""
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def kind(option: dict[str, Any]) -> tuple[Any, ...]:
    return (
        option.get("type", "str"),
        tuple(option.get("aliases", ())),
        option.get("default"),
        option.get("no_log", False),
    )


def test_they_are_those_of_amazon_aws() -> None:
    theirs = aws_argument_spec()
    del theirs["debug_botocore_endpoint_logs"]  # of no use to people
    assert {name: kind(option) for name, option in OPTIONS.items()} == {
        name: kind(option) for name, option in theirs.items()
    }


def test_they_are_documented_also_where_they_stand_below_another() -> None:
    inside = yaml.safe_load(ModuleDocFragment.INSIDE)["options"]["aws"]["suboptions"]
    for documented in (yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"], inside):
        assert {name: kind(option)[:3] for name, option in documented.items()} == {
            name: kind(option)[:3] for name, option in OPTIONS.items()
        }


@pytest.mark.parametrize("variable", ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])
def test_the_environment_of_awx_is_enough(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv(variable, "token")
    found = Aws(NONE)._session.get_credentials()
    assert (found.access_key, found.secret_key, found.token) == ("key", "secret", "token")


def test_a_profile_gives_region_and_role(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "[profile prod]\nregion = eu-central-1\nrole_arn = arn:aws:iam::123456789012:role/deploy\n"
        "source_profile = base\n[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "nowhere")  # the option is stronger
    aws = Aws({**NONE, "profile": "prod"})
    assert aws.region == "eu-central-1"
    assert aws._session.get_credentials().method == "assume-role"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"profile": "prod", "access_key": "a", "secret_key": "b"},
            "option profile and options access_key, secret_key, session_token exclude each other",
        ),
        ({"access_key": "a"}, "options access_key and secret_key: one without the other is no credential"),
        ({}, "no AWS region: name one with the option region (playbooks: aws_region) or AWS_REGION"),
        ({"profile": "nowhere"}, "AWS profile: The config profile (nowhere) could not be found"),
        ({"region": "us-esat-1"}, "region 'us-esat-1' is no name of an AWS region; did you mean us-east-1?"),
        ({"region": "us-east-1a"}, "region 'us-east-1a' is no name of an AWS region; did you mean us-east-1?"),
        ({"region": "us east 1"}, "region 'us east 1' is no name of an AWS region; did you mean us-east-1?"),
        ({"region": "?"}, "region '?' is no name of an AWS region; such as us-east-1"),
    ],
)
def test_what_contradicts_itself_is_said(given: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        Aws({**NONE, **given}).region  # noqa: B018 – reading it connects
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"aws_config": {"retry": 1}},
            "option aws_config: Got unexpected keyword argument 'retry'; it takes what botocore's Config does",
        ),
        ({"endpoint_url": "nowhere"}, "option endpoint_url, or AWS_ENDPOINT_URL: Invalid endpoint: nowhere"),
    ],
)
def test_what_no_client_can_be_made_of_is_said(given: dict[str, Any], message: str) -> None:
    with pytest.raises(AwsError) as refused:
        Aws({**NONE, "region": "us-east-1", "access_key": "a", "secret_key": "b", **given}).identity  # noqa: B018
    assert str(refused.value) == message


def test_all_regions_that_boto3_knows_are_names_of_regions() -> None:
    known = boto3.session.Session()
    every = [one for each in known.get_available_partitions() for one in known.get_available_regions("eks", each)]
    assert len(every) > 20 and [one for one in every if regions.problem(one, list)] == []


def test_reads_side_by_side_keep_their_order_and_raise_the_first_error() -> None:
    assert side_by_side(lambda one=one: one for one in range(20)) == list(range(20))

    def wrong(text: str) -> None:
        raise AwsError(text)

    with pytest.raises(AwsError, match="^one$"):
        side_by_side((lambda: None, lambda: wrong("one"), lambda: wrong("two")))


def test_what_clients_are_made_of_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    session.prepare()

    def read(*_asked: Any) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(botocore.loaders.JSONFileLoader, "load_file", read)
    aws = Aws({**NONE, "region": "us-east-1", "access_key": "a", "secret_key": "b"})
    for service in ("sts", "eks", "iam", "kms", "s3"):
        assert aws._client(service, None)


@pytest.mark.parametrize(
    ("name", "value"), [("AWS_PROFILE", "nowhere"), ("AWS_ENDPOINT_URL", "nowhere"), ("AWS_RETRY_MODE", "never")]
)
def test_an_environment_that_is_wrong_does_not_stop_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    session.prepare()
