"""The ACL file; that a real Redis starts with it is seen in tests/jobs."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.acl import tokens
from ansible_collections.eks.redis.plugins.module_utils.topology.acl_users import logins, text, users

from .made import PASSWORD, merged, shaped
from .traps import every_shape

ALL_OF_US = {"metrics": {"enabled": True}, "keeper": {"enabled": True}}
APP = {"name": "app", "rules": "~app:* +@read", "passwordSecret": {"name": "application"}}
OTHER = {"name": "other", "rules": "&news:*", "passwordSecret": {"name": "others", "key": "pw"}}


def made(shape: str, acl: dict[str, Any] | None = None, flavour: dict[str, Any] | None = None) -> Any:
    return shaped(shape, merged({"acl": {"enabled": True, **(acl or {})}}, flavour or {}), PASSWORD)


def lines(instance: Any) -> dict[str, str]:
    """The rules of each user in the file, all of whose passwords are "secret"."""
    digest = sha256(b"secret").hexdigest()
    found = {}
    for line in text(instance, lambda _password: "secret").splitlines():
        matched = re.fullmatch(f"user (\\S+) on #{digest} (.+)", line)
        assert matched, line
        name, rules = matched.groups()
        found[name] = rules
    return found


@every_shape
def test_default_is_first_and_logs_in_by_the_instances_password(shape: str) -> None:
    first = users(made(shape))[0]
    assert (first.name, first.password) == ("default", ("cache-auth", "password"))
    assert first.rules == "~* &* +@all"


def test_whose_passwords_are_where() -> None:
    found = users(made("sentinel", {"users": [APP, OTHER]}, ALL_OF_US))
    assert {user.name: user.password for user in found} == {
        "default": ("cache-auth", "password"),
        "app": ("application", "password"),
        "other": ("others", "pw"),
        "eks-redis-exporter": ("cache-logins", "exporter"),
        "eks-redis-backup": ("cache-logins", "backup"),
        "eks-redis-keeper": ("cache-logins", "keeper"),
    }


@pytest.mark.parametrize(
    ("flavour", "keys"),
    [
        ({}, ["backup"]),
        ({"metrics": {"enabled": True}}, ["exporter", "backup"]),
        ({"keeper": {"enabled": True}}, ["backup", "keeper"]),
        (ALL_OF_US, ["exporter", "backup", "keeper"]),
    ],
)
def test_only_programs_that_are_there_have_users(flavour: dict[str, Any], keys: list[str]) -> None:
    assert [key for key, _rules in logins(made("standalone", None, flavour))] == keys


def test_passwords_are_in_it_as_digests_only() -> None:
    instance = made("standalone", {"users": [APP]}, ALL_OF_US)
    found = text(instance, lambda password: "-".join(("plain", *password)))
    assert "plain" not in found
    assert sha256(b"plain-application-password").hexdigest() in found
    assert found.count("\n") == len(users(instance))
    assert found.endswith("\n")


def test_a_new_user_begins_without_channels_in_every_release() -> None:
    found = lines(made("standalone", {"users": [APP, OTHER]}))
    assert found["app"] == "resetchannels ~app:* +@read"
    assert found["other"] == "resetchannels &news:*"


@every_shape
@pytest.mark.parametrize("restricted", [True, False])
def test_every_rule_is_one_that_redis_takes(shape: str, restricted: bool) -> None:
    instance = made(shape, {"restrictDefault": restricted, "users": [APP, OTHER]}, ALL_OF_US)
    for rules in lines(instance).values():
        assert not [token for token in tokens(rules) if token.problem or token.since > (7, 0)]


@every_shape
def test_a_restricted_default_reads_and_writes_no_data(shape: str) -> None:
    found = lines(made(shape, {"restrictDefault": True, "users": [APP]}))["default"].split()
    assert found[:3] == ["~*" if shape == "cluster" else "resetkeys", "&*", "-@all"]
    assert not {f"+{name}" for name in ("get", "set", "scan", "keys", "dump", "eval", "debug", "monitor")} & {*found}
    assert not [rule for rule in found if rule.startswith("+@")]
    assert {"+psync", "+replconf", "+replicaof", "+ping", "+info", "+shutdown", "+config"} <= {*found}
    # slots move with their keys
    assert ("+migrate" in found) == ("+restore" in found) == (shape == "cluster")


def test_the_exporter_and_the_keeper_see_no_keys() -> None:
    found = lines(made("cluster", {}, ALL_OF_US))
    for name in ("eks-redis-exporter", "eks-redis-keeper"):
        rules = found[name].split()
        assert rules[:3] == ["resetkeys", "resetchannels", "-@all"]
        assert "~*" not in rules
