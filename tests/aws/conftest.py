"""Modules of the collection against the AWS stand-in: a real HTTP server in this process, an account for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, perform
from lab.aws.stand_in import StandIn, stand_in

Run = Callable[..., "dict[str, Any]"]
CLUSTER = "prod"
ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF"


# each call looks through all accounts, and each test through all calls: those of other files need not be among them
@pytest.fixture(scope="module")
def aws() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


class Account:
    """An AWS account of its own, with an EKS cluster ``prod``. options: its administrator, as modules take it."""

    def __init__(self, aws: StandIn) -> None:
        made = aws.account(cluster={"name": CLUSTER, "version": "1.34", "issuer": ISSUER})
        self.number, self.region = made.id, made.region
        self.client, self.calls, self.fail, self.addon = made.client, made.calls, made.fail, made.addon
        self.plane, self.no_plane, self.snapshots = made.plane, made.no_plane, made.snapshots
        self.options = {
            "access_key": made.keys["aws_access_key_id"],
            "secret_key": made.keys["aws_secret_access_key"],
            "region": made.region,
            "endpoint_url": aws.endpoint,
        }

    def writes(self) -> list[str]:
        """The operations that changed something, or tried to, as ``iam:CreateRole``."""
        return [f"{call['service']}:{call['operation']}" for call in self.calls() if call["mutates"]]


@pytest.fixture
def account(aws: StandIn) -> Account:
    return Account(aws)


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
