"""docs/aws-permissions.md: what it says of a module is all that the module needs, and nothing that it does not."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

import policy_page
import pytest
import yaml
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from audit import Audited
from conftest import CLUSTER, Account, Run
from lives import LIVES
from policy_page import policies

from ansible_collections.eks.redis.plugins.module_utils.aws.eks import roles, waiters
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import waiters as snapshot_waiters
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, perform
from ansible_collections.eks.redis.plugins.modules import compliance_info
from lab.aws.stand_in import StandIn

CALLED = yaml.safe_load(policy_page.PAGE.with_suffix(".yml").read_text("utf-8"))["modules"]
LONGEST = 6144  # characters of a managed policy, white space not counted (IAM User Guide, "IAM and AWS STS quotas")
AUDIT = "compliance_info"  # the one that reads Kubernetes, too
SETS = "backup_info"  # and the one that may, see test_aws_backups.py
# the way out of ElastiCache is no part of the prerequisites, and nor are passwords
APART = {"replication_group_info", "snapshot_export", "auth_secret", "auth_secret_info"}
WRITERS = sorted(name for name, calls in CALLED.items() if "make" in calls)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in (waiters, snapshot_waiters):
        monkeypatch.setattr(each, "_PAUSES", (0.05,))
    monkeypatch.setattr(roles, "_PAUSE", 0.05)


def someone(account: Account, name: str, *granted: str, bucket: str = "") -> dict[str, Any]:
    """Options of a module: somebody who has these policies of the page, and no others."""
    places = {
        "REGION": account.region,
        "CLUSTER": CLUSTER,
        "BUCKET": bucket or f"eks-redis-bucket-{account.number}",
        "COPIES": f"eks-redis-copies-{account.number}",
    }
    return policy_page.someone(account.client, name, list(granted), **places)


@pytest.mark.parametrize("name", sorted(LIVES))
def test_a_module_lives_on_its_policies_and_calls_all_of_its_row(name: str, run: Run, account: Account) -> None:
    module, runs = LIVES[name]
    granted = policies(name)
    looker = someone(account, "looker", granted["Look only"])
    maker = someone(account, "maker", *granted.values())
    called: dict[bool, set[str]] = {True: set(), False: set()}
    for options in runs(account, run):
        results = []
        for check, who in ((True, looker), (False, maker)):
            before = len(account.calls())
            results.append(run(module, check=check, **options, **who))
            assert not results[-1].get("failed"), results[-1]["msg"]
            called[check] |= {f"{call['service']}:{call['operation']}" for call in account.calls()[before:]}
        predicted, done = results
        assert predicted.get("change") == done.get("change")
        assert done["changed"] == (name in WRITERS)
    assert sorted(called[True]) == CALLED[name]["look"]
    assert sorted(called[False] - called[True]) == CALLED[name].get("make", [])


def test_an_audit_lives_on_its_policy_and_calls_all_of_its_row(
    run: Run, aws: StandIn, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    called = set()
    for method in ("irsa", "pod_identity"):
        one = account if method == "irsa" else Account(aws)
        audited = Audited(partial(run, **one.options), one, aws.signer, method)
        monkeypatch.setattr(Call, "connect", lambda _call, told=audited.kubernetes: told)
        looker = someone(one, "looker", policies(AUDIT)["Look only"], bucket=audited.bucket)
        options = {**audited.options, "aws": {**one.options, **looker}}
        given = ModuleArgumentSpecValidator(compliance_info.SPEC["argument_spec"]).validate(options)
        result = perform(Call(given.validated_parameters, check=True, diff=False), compliance_info.work)
        assert result.get("failures") == [], result
        calls = [call for call in one.calls() if call["role"].endswith(":role/looker")]
        called |= {f"{call['service']}:{call['operation']}" for call in calls}
    assert sorted(called) == CALLED[AUDIT]["look"]


@pytest.mark.parametrize("name", WRITERS)
def test_who_may_only_look_is_told_what_is_missing(name: str, run: Run, account: Account) -> None:
    module, runs = LIVES[name]
    granted = policies(name)
    looker = someone(account, "looker", granted["Look only"])
    options = next(runs(account, run))
    before = len(account.writes())
    result = run(module, **options, **looker)
    found = re.fullmatch(
        r"(\S+) on (\S+): \S+ may not do this; a policy with this statement grants it: (.*)", result["msg"]
    )
    assert found, result["msg"]
    action, resource, statement = found.groups()
    assert json.loads(statement) == {"Effect": "Allow", "Action": action, "Resource": resource}
    assert action in {each for one in json.loads(granted["Make"])["Statement"] for each in one["Action"]}
    assert len(account.writes()) > before


def test_every_module_that_calls_aws_has_its_row() -> None:
    assert sorted([*LIVES, AUDIT, SETS]) == sorted(CALLED)


@pytest.mark.parametrize("part", ["prerequisites", *sorted(CALLED)])
def test_iam_takes_each_as_one_managed_policy(part: str) -> None:
    for policy in policies(part).values():
        assert len(re.sub(r"\s", "", policy)) <= LONGEST


def test_the_policies_of_the_playbook_are_those_of_its_parts() -> None:
    whole = policies("prerequisites")
    for name in LIVES.keys() - APART:
        for title, policy in policies(name).items():
            for statement in json.loads(policy)["Statement"]:
                assert set(statement["Action"]) <= allowed(whole["Look only"]) | allowed(whole[title]), name


def allowed(policy: str) -> set[str]:
    return {action for statement in json.loads(policy)["Statement"] for action in statement["Action"]}
