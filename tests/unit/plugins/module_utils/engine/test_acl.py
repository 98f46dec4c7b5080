"""Which commands make the users of a pod those of a file, and when pods restart instead."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.acl import (
    is_another_log_in,
    orders,
    restart_pods,
    tell_pods,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import CHANGED, UNCHANGED, Change
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

FILE = """
user default on #d ~* &* +@all
user app on #a ~app:* +@read
user eks-redis-backup on #b ~* +psync
"""


def test_each_user_changes_as_a_whole_and_who_gives_the_orders_comes_last() -> None:
    assert orders(FILE.strip(), ["default", "app"]) == [
        "ACL SETUSER app reset on #a ~app:* +@read",
        "ACL SETUSER eks-redis-backup reset on #b ~* +psync",
        "ACL SETUSER default reset on #d ~* &* +@all",
    ]


def test_a_user_that_is_in_no_file_goes() -> None:
    assert "ACL DELUSER old" in orders(FILE.strip(), ["default", "old", "app"])
    assert not [one for one in orders(FILE.strip(), ["default"]) if one.startswith("ACL DELUSER")]


ANOTHER = FILE.replace("#d ", "#e ")


@pytest.mark.parametrize(
    ("before", "after", "another"),
    [
        (FILE, FILE, False),
        (FILE, ANOTHER, True),
        # other rights, other users
        (FILE, FILE.replace("~* &* +@all", "resetkeys +ping"), False),
        (FILE, FILE.replace("#a ", "#e "), False),
        # nothing to compare
        ("", FILE, False),
        (FILE, "user default on nopass ~* +@all", False),
        (FILE, "user default2 on #e ~* +@all", False),
    ],
)
def test_when_the_user_default_has_another_password(before: str, after: str, another: bool) -> None:
    assert is_another_log_in(before, after) is another


def _secret(text: str) -> dict[str, Any]:
    data = {"user.acl": b64encode(text.encode()).decode()}
    return {"kind": "Secret", "metadata": {"name": "cache-acl", "namespace": "apps"}, "data": data}


def _changes(flavour: dict[str, Any], file: str, rolled: bool) -> tuple[Layout, list[Change]]:
    """Of the file, and of the custom resource, whose pods restart or not."""
    instance = resolve(flavour, {}, name="cache", namespace="apps").accepted()
    plan = layout(instance)
    after = next(one for one in manifests(instance) if one["kind"] == plan.redis[0].kind)
    before = {**after, "spec": {**after["spec"], "priorityClassName": "low"}} if rolled else after
    resource = Change(CHANGED if rolled else UNCHANGED, before, after)
    return plan, [Change(CHANGED, _secret(FILE), _secret(file)), resource]


SENTINEL = {"deployment": {"mode": "sentinel"}}
# of those that are there, the last one is not of the instance any more
THERE = ("cache-0", "cache-1", "cache-2", "cache-sentinel-0", "cache-3")


@pytest.mark.parametrize(
    ("flavour", "file", "rolled", "restarted"),
    [
        ({}, ANOTHER, False, ["cache-0"]),
        (SENTINEL, ANOTHER, False, ["cache-0", "cache-1", "cache-2", "cache-sentinel-0"]),
        # the operator does it
        ({}, ANOTHER, True, []),
        # told instead
        ({}, FILE.replace("~app:*", "~*"), False, []),
        ({}, FILE, False, []),
    ],
)
def test_pods_restart_only_for_another_password_of_default(
    flavour: dict[str, Any], file: str, rolled: bool, restarted: list[str]
) -> None:
    plan, changes = _changes(flavour, file, rolled)
    deleted: list[tuple[str, str, str]] = []
    api: Any = SimpleNamespace(delete=lambda *what: deleted.append(what))
    seen: Any = SimpleNamespace(pods=dict.fromkeys(THERE))
    done = restart_pods(api, plan, seen, changes)
    assert deleted == [("Pod", pod, "apps") for pod in restarted]
    assert done == ([f"Pod {', '.join(restarted)} restarted with another password"] if restarted else [])


@pytest.mark.parametrize(("file", "told"), [(ANOTHER, 0), (FILE.replace("#a ", "#e "), 1)])
def test_running_pods_are_told_of_all_but_another_password_of_default(file: str, told: int) -> None:
    plan, changes = _changes({}, file, rolled=False)
    asked: list[list[str]] = []
    api: Any = SimpleNamespace(map=lambda _function, pods: asked.append(pods))
    seen: Any = SimpleNamespace(ready_pods=lambda _plan: ["cache-0"])
    done = tell_pods(api, plan, seen, changes)
    assert asked == [["cache-0"]] * told
    assert done == ["ACL users changed in 1 running pod, without a restart"] * told
