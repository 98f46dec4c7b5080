"""ACL rules as the contract takes them, and those of our own users: a real Redis takes them too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jobs.conftest import Start
from jobs.servers import Server, until

from ansible_collections.eks.redis.plugins.module_utils.contract.acl import Token, tokens
from ansible_collections.eks.redis.plugins.module_utils.contract.acl_commands import (
    CATEGORIES,
    COMMANDS,
    SUBCOMMANDS,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Refusal
from ansible_collections.eks.redis.plugins.module_utils.topology.acl_users import FILE, text, users

RELEASE = (7, 0)
PASSWORD = "correct-horse-battery"
ROOT = {"authentication": {"enabled": True, "authToken": PASSWORD}}
MODES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "standalone": ({}, {}),
    "sentinel": ({"deployment": {"mode": "sentinel"}}, {}),
    "cluster": ({"deployment": {"mode": "cluster"}}, {"clusterModeEnabled": True}),
}
# nobody means these, and Redis takes some of them
STRICTER = ("an empty selector", "a pattern without a text", "no selector")
ALL_OF_US = {"metrics": {"enabled": True}, "keeper": {"enabled": True}}

NAMES = st.sampled_from([*COMMANDS, *SUBCOMMANDS, "get|a", "get|", "get|a|b", "config|wibble", "wibble"])
DOTTED = st.sampled_from(["json.get", "get.", ".get", "config.get", "json.get|a", "get|a.b", "."])
GRANTS = st.builds("{}{}".format, st.sampled_from("+-"), NAMES | DOTTED)
WORDS = st.one_of(
    GRANTS,
    st.builds("{}@{}".format, st.sampled_from("+-"), st.sampled_from([*sorted(CATEGORIES), "read|get", "wibble", ""])),
    st.builds(
        "{}{}".format, st.sampled_from(["~", "&", "%R~", "%W~", "%RW~", "%~", "%"]), st.sampled_from(["*", "a", ""])
    ),
    st.sampled_from(["on", "off", "allkeys", "resetkeys", "allcommands", "nocommands", "allchannels", "resetchannels"]),
    st.sampled_from(["sanitize-payload", "skip-sanitize-payload", "(", ")", "()", "wibble", "+get(~a)"]),
)
SELECTORS = st.lists(WORDS, max_size=3).map(lambda words: f"({' '.join(words)})")
RULES = st.lists(WORDS | SELECTORS, min_size=1, max_size=5).map(" ".join)


@pytest.fixture
def server(start: Start) -> Server:
    return start("cache-0")


def test_commands_are_those_of_redis(server: Server) -> None:
    listed = server.ask("COMMAND", "LIST")
    assert isinstance(listed, list)
    names = {one.decode() for one in listed}
    known = {name for name, since in COMMANDS.items() if since <= RELEASE}
    assert known == {name for name in names if "|" not in name}
    assert {name for name, since in SUBCOMMANDS.items() if since <= RELEASE} == {name for name in names if "|" in name}


def test_categories_are_those_of_redis(server: Server) -> None:
    listed = server.ask("ACL", "CAT")
    assert isinstance(listed, list)
    assert {"all", *(one.decode() for one in listed)} == CATEGORIES


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RULES)
def test_rules_are_refused_only_where_redis_refuses_them(server: Server, rules: str) -> None:
    found = [token for token in tokens(rules) if is_refused(token)]
    if any(token.problem.startswith(STRICTER) for token in found):
        return
    assert bool(set_user(server, rules)) == bool(found)


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRANTS)
def test_commands_are_refused_only_where_redis_refuses_them(server: Server, rule: str) -> None:
    (token,) = tokens(rule)
    assert bool(set_user(server, rule)) == is_refused(token)


def is_refused(token: Token) -> bool:
    """Whether the contract refuses it for a Redis without modules."""
    return bool(token.problem or token.unknown or token.of_module or token.since > RELEASE)


def set_user(server: Server, rules: str) -> str:
    """What Redis says against it. It merges the words of a selector as it does in a file."""
    try:
        server.ask("ACL", "SETUSER", "somebody", "reset", *rules.split())
    except Refusal as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("mode", MODES)
def test_redis_starts_with_the_file(start: Start, tmp_path: Any, mode: str, restricted: bool) -> None:
    flavour, root = MODES[mode]
    secret = {"name": "application"}
    given = {"name": "app", "rules": "~app:* &app:* +@all -@admin (%R~all:* +get)", "passwordSecret": secret}
    acl = {"enabled": True, "restrictDefault": restricted, "users": [given]}
    made = resolve({**flavour, **ALL_OF_US, "acl": acl}, {**root, **ROOT}, name="cache", namespace="apps").accepted()
    passwords = {user.password: f"{user.name}-{PASSWORD}" for user in users(made)}
    file = tmp_path / FILE
    file.write_text(text(made, passwords.__getitem__))
    server = start(
        "cache-0",
        "--aclfile",
        str(file),
        *(("--cluster-enabled", "yes") if mode == "cluster" else ()),
        password=f"default-{PASSWORD}",
    )
    until(lambda: server.ask("PING") == b"PONG")
    listed = server.ask("ACL", "USERS")
    assert isinstance(listed, list)
    assert sorted(one.decode() for one in listed) == sorted(user.name for user in users(made))
