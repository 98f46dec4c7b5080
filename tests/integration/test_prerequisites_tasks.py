"""How many modules the playbook prerequisites runs when there is nothing to do: each costs Ansible a process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import runs
from callbacks import module_tasks
from cluster import Cluster

MOST = 12
OPERATOR = 1  # eks.redis.operator_info, which ends its part where an operator runs; here there are no nodes for one
MADE = (
    "/apis/storage.k8s.io/v1/storageclasses/gp3",
    "/apis/storage.k8s.io/v1/storageclasses/gp3-encrypted",
    "/api/v1/namespaces/redis",
)


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("identity", ["irsa", "pod_identity"])
def test_a_run_that_changes_nothing_is_of_few_modules(
    empty: Cluster,
    deploy: Callable[..., runs.Play],
    monkeypatch: pytest.MonkeyPatch,
    identity: str,
) -> None:
    given = {"eks_cluster_name": "prod", "operator_enabled": False, "eks_identity": identity}
    for name, value in module_tasks.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    try:
        made = deploy("prerequisites", cluster=empty, **given)
        assert made.code == 0, made.output
        again = deploy("prerequisites", cluster=empty, **given)
    finally:
        for path in MADE:
            empty.delete(path)
    assert again.code == 0 and again.recap["changed"] == 0, again.output
    ran = module_tasks.told(again.output)
    assert {"eks.redis.kms_key", "eks.redis.backup_bucket", "eks.redis.service_account"} < set(ran)
    assert len(ran) + OPERATOR <= MOST, ran
