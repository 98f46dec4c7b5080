"""The kinds of acl.users, and what is said of users; what Redis itself says of rules is asked in tests/jobs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from ansible_collections.eks.redis.plugins.module_utils.contract.acl import RULES, tokens

from .ruled import TOKEN, lines, read
from .strategies import ACL_RULES

AUTH = {"authentication": {"enabled": True, "authToken": TOKEN}}
PLAIN = [("resetkeys", (6, 0)), ("-@all", (6, 0))]
NO_CLIENT = "acl.restrictDefault: true without acl.users: no client can read or write data"


def user(rules: str, name: str = "app") -> dict[str, Any]:
    return {"name": name, "rules": rules, "passwordSecret": {"name": "app"}}


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ("on ~app:* +@read", [("on", (6, 0)), ("~app:*", (6, 0)), ("+@read", (6, 0))]),
        ("&app:* allchannels", [("&app:*", (6, 2)), ("allchannels", (6, 2))]),
        ("%R~a %RW~b", [("%R~a", (7, 0)), ("%RW~b", (7, 0))]),
        ("( ~a  +get )", [("( ~a  +get )", (7, 0)), ("~a", (6, 0)), ("+get", (6, 0))]),
        ("~* resetkeys ~a", [("~*", (6, 0)), ("resetkeys", (6, 0)), ("~a", (6, 0))]),
        ("resetkeys -@all resetchannels +get", [*PLAIN, ("resetchannels", (6, 2)), ("+get", (6, 0))]),
        # each selector has keys of its own
        ("~* (~a +get)", [("~*", (6, 0)), ("(~a +get)", (7, 0)), ("~a", (6, 0)), ("+get", (6, 0))]),
        ("+CONFIG|GET -config|set", [("+CONFIG|GET", (6, 0)), ("-config|set", (7, 0))]),
        ("+select|0 +Waitaof", [("+select|0", (6, 0)), ("+Waitaof", (7, 2))]),
        ("+client|no-touch", [("+client|no-touch", (7, 2))]),
        ("+json.get +@all", [("+json.get", (6, 0)), ("+@all", (6, 0))]),
    ],
)
def test_rules_one_by_one(rules: str, found: list[tuple[str, tuple[int, int]]]) -> None:
    assert [(token.text, token.since, token.problem) for token in tokens(rules)] == [(*each, "") for each in found]


def accepted(text: Any) -> tuple[Any, list[str]]:
    found: list[str] = []
    return RULES.read(text, (), lambda _path, message: found.append(message)), found


@given(ACL_RULES)
def test_rules_that_are_taken_are_kept_but_for_spaces(text: str) -> None:
    value, found = accepted(f"  {text.replace(' ', '   ')} ")
    assert (value, found) == (text, [])


def test_every_wrong_rule_has_a_line_of_its_own() -> None:
    _value, found = accepted(f"+get| >{TOKEN} ~ +set")
    assert found == [
        "'+get|' is an argument without a text",
        "<hidden> is about the password, which passwordSecret gives",
        "'~' is a pattern without a text",
    ]


@pytest.mark.parametrize(
    ("acl", "told"),
    [
        ({"enabled": True}, []),
        ({"enabled": True, "restrictDefault": True}, [NO_CLIENT]),
        ({"enabled": True, "restrictDefault": True, "users": [user("~app:* +@read")]}, []),
        ({"users": [user("~app:* +@read")]}, ["acl.users: has no effect while acl.enabled is false"]),
        ({"restrictDefault": True}, ["acl.restrictDefault: has no effect while acl.enabled is false"]),
        ({"enabled": False, "restrictDefault": True, "users": [user("~app:* +@read")]}, []),
        *(
            (
                {"enabled": True, "users": [user("~app:* +get"), user(rules, "all")]},
                ["acl.users[1].rules: allow all commands: this user can stop, reconfigure and empty Redis"],
            )
            for rules in ("~* +@all", "~app:* allcommands", "~* +@ALL -@read", "~* +@all -@Dangerous +@all")
        ),
        *(
            ({"enabled": True, "users": [user(rules)]}, [])
            for rules in (
                "~* +@all -@dangerous",
                "~* allcommands -@admin",
                "~* +@all -@DANGEROUS",
                "~* +@all -@all +get",
            )
        ),
    ],
)
def test_what_is_said_of_users(acl: dict[str, Any], told: list[str]) -> None:
    resolution = read({"acl": acl}, AUTH)
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == told


@pytest.mark.parametrize(
    ("rule", "what"), [("+hgetex", "command"), ("-@json", "category"), ("+acl|mend", "subcommand")]
)
def test_what_a_newer_redis_may_know_is_left_to_it(rule: str, what: str) -> None:
    resolution = read({"acl": {"enabled": True, "users": [user(f"~app:* {rule}")]}}, {**AUTH, "version": "8.0.3"})
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == [
        f"acl.users[0].rules: '{rule}' is no {what} of Redis up to 7.4; "
        "pods of version 8.0.3 start only if theirs has it"
    ]


MODULE = "'+json.get' is a command of a module; pods start only if their image loads one that has it"
OF_OWN = {"image": "registry/redis:7.0.15"}


@pytest.mark.parametrize(
    ("flavour", "version", "told"),
    [
        ({}, "8.0.3", [f"acl.users[0].rules: {MODULE}"]),
        (OF_OWN, "7.0.15", [f"acl.users[0].rules: {MODULE}"]),
        # who loads it knows
        ({**OF_OWN, "additionalConfig": {"loadmodule": "/opt/json.so"}}, "7.0.15", []),
    ],
)
def test_commands_of_modules_are_left_to_who_may_have_them(
    flavour: dict[str, Any], version: str, told: list[str]
) -> None:
    acl = {"enabled": True, "users": [user("~app:* +json.get")]}
    resolution = read({**flavour, "acl": acl}, {**AUTH, "version": version})
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == told


def test_commands_of_modules_stop_nothing_while_there_is_no_file() -> None:
    acl = {"enabled": False, "users": [user("~app:* +json.get")]}
    assert read({"acl": acl}, AUTH).instance is not None


def test_a_user_is_kept_as_it_was_given() -> None:
    instance = read({"acl": {"enabled": True, "users": [user(" ~app:*   +@read ")]}}, AUTH).instance
    assert instance is not None
    assert instance.flavour.acl.users == (user("~app:* +@read"),)


def test_a_secret_of_the_user_may_be_called_like_one_that_the_instance_does_not_have() -> None:
    users = {"acl": {"enabled": True, "users": [{**user("~app:* +@read"), "passwordSecret": {"name": "cache-auth"}}]}}
    existing = {"authentication": {"enabled": True, "existingSecret": {"name": "mine"}}}
    assert lines(read(users, existing).errors) == []
