"""The ServiceAccount of backups: made, or there already, and never taken from somebody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight_backup import service_account

from ..topology.made import instance, merged

BACKED = {"backup": {"enabled": True, "s3Bucket": "backups"}}
NAMED = merged(BACKED, {"backup": {"serviceAccount": "cache-backup"}})
WHAT = "ServiceAccount apps/cache-backup"


def account(manager: str = kinds.MANAGER, **labels: str) -> dict[str, Any]:
    entry = {"manager": manager, "operation": "Apply", "fieldsV1": {}}
    found = {f"app.kubernetes.io/{key.replace('_', '-')}": value for key, value in labels.items()}
    return {"metadata": {"name": "cache-backup", "labels": found, "managedFields": [entry]}}


OURS = account(instance="cache", managed_by="eks.redis")
# what module service_account makes
OF_ITS_OWN = account(managed_by="eks.redis")


def findings(flavour: dict[str, Any], live: dict[str, Any] | None) -> list[str]:
    asked: list[str] = []

    def get(kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        asked.append(name)
        return live

    made = instance(flavour)
    lives = {WHAT: live}
    found = list(service_account(SimpleNamespace(instance=made, lives=lives, api=SimpleNamespace(get=get))))
    assert all(one.fatal for one in found)
    # the one that is rendered has been read already
    assert asked in ([], [made.flavour.backup.service_account])
    return [one.text for one in found]


@pytest.mark.parametrize("live", [None, OURS])
def test_one_that_is_to_come_or_is_of_this_instance(live) -> None:
    assert findings(BACKED, live) == []


@pytest.mark.parametrize(
    "live",
    [OF_ITS_OWN, account(instance="other"), account("eksctl"), account("kubectl", instance="cache"), {"metadata": {}}],
)
def test_one_of_somebody_else_is_left_alone(live) -> None:
    assert findings(BACKED, live) == [
        f"backup: {WHAT} is there and not of this instance; name it with backup.serviceAccount: cache-backup, then it "
        "is used as it is"
    ]


@pytest.mark.parametrize("live", [OF_ITS_OWN, account("eksctl")])
def test_one_that_is_named_is_used_as_it_is(live) -> None:
    assert findings(NAMED, live) == []


def test_one_that_is_named_and_not_there() -> None:
    assert findings(NAMED, None) == [f"backup.serviceAccount: there is no {WHAT}; create it first"]


def test_one_that_is_named_and_would_be_taken_away() -> None:
    assert findings(NAMED, OURS) == [
        f"backup.serviceAccount: {WHAT} is the one that was made for this instance, and would be taken away; leave the "
        "field away"
    ]


@pytest.mark.parametrize(
    "flavour",
    [
        {},
        {"backup": {"enabled": False, "serviceAccount": "gone"}},
        merged(BACKED, {"backup": {"serviceAccount": "default"}}),
        # the check of serviceAccount finds it
        {**BACKED, "serviceAccount": "gone"},
    ],
)
def test_nothing_to_look_for(flavour) -> None:
    assert findings(flavour, None) == []
