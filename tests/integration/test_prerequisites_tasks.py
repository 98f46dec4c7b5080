"""How many modules the playbook prerequisites runs when there is nothing to do: each costs Ansible a process."""

from __future__ import annotations

from collections.abc import Callable

import modules_run
import pytest
import runs
from cluster import Cluster

MOST = 12
OPERATOR = 1  # eks.redis.operator_info, which ends its part where an operator runs; here there are no nodes for one


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("identity", ["irsa", "pod_identity"])
def test_a_run_that_changes_nothing_is_of_few_modules(
    empty: Cluster,
    deploy: Callable[..., runs.Play],
    monkeypatch: pytest.MonkeyPatch,
    identity: str,
) -> None:
    given = {"eks_cluster_name": "prod", "operator_enabled": False, "eks_identity": identity}
    for name, value in modules_run.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    made = deploy("prerequisites", cluster=empty, **given)
    assert made.code == 0, made.output
    again = deploy("prerequisites", cluster=empty, **given)
    assert again.code == 0 and again.recap["changed"] == 0, again.output
    ran = modules_run.told(again.output)
    assert {"eks.redis.kms_key", "eks.redis.backup_bucket", "eks.redis.service_account"} < set(ran)
    assert len(ran) + OPERATOR <= MOST, ran
