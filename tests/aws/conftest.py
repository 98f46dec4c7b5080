"""Modules of the collection against the AWS stand-in: a real HTTP server in this process, an account for each test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from moto.server import ThreadedMotoServer

from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, perform

REGION = "us-east-1"
Run = Callable[..., "dict[str, Any]"]
_NUMBERS = itertools.count(100000000001)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class Account:
    """An AWS account of its own. keys: of its administrator, as modules take them."""

    def __init__(self, endpoint: str) -> None:
        self.number = str(next(_NUMBERS))
        self._endpoint = endpoint
        administrator = boto3.client(
            "sts", endpoint_url=endpoint, region_name=REGION, aws_access_key_id="lab", aws_secret_access_key="lab"
        )
        given = administrator.assume_role(RoleArn=f"arn:aws:iam::{self.number}:role/lab", RoleSessionName="test")
        given = given["Credentials"]
        self.options = {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "session_token": given["SessionToken"],
            "region": REGION,
            "endpoint_url": endpoint,
        }

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._endpoint,
            region_name=region,
            aws_access_key_id=self.options["access_key"],
            aws_secret_access_key=self.options["secret_key"],
            aws_session_token=self.options["session_token"],
        )


@pytest.fixture
def account(endpoint: str) -> Account:
    return Account(endpoint)


@pytest.fixture
def run(account: Account) -> Run:
    """Runs a module as Ansible does on the controller: ``run(module, check=False, option=value, …)``."""

    def run(module: ModuleType, *, check: bool = False, **given: Any) -> dict[str, Any]:
        spec = module.SPEC
        validator = ModuleArgumentSpecValidator(spec["argument_spec"], required_if=spec.get("required_if"))
        options = validator.validate({**account.options, **given})
        if options.error_messages:
            raise AssertionError(options.error_messages)
        return perform(Call(options.validated_parameters, check=check, diff=True), module.work)

    return run
