"""What is wrong with a password that a Secret holds."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.credentials import Credentials
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

GOOD = b"correct-horse-battery"
GENERATED: dict[str, Any] = {"generate": True}
MINE: dict[str, Any] = {"existingSecret": {"name": "mine"}}
STORED: dict[str, Any] = {"externalSecret": {"remoteKey": "cache", "store": "aws"}}
MOUNTED: dict[str, Any] = {"secretsStore": {"objectName": "cache", "podIdentity": True}}
USER = {"name": "app", "rules": "~app:* +@read", "passwordSecret": {"name": "app", "key": "word"}}
ACL = {"acl": {"enabled": True, "users": [USER]}, "keeper": {"enabled": True}}


def told(authentication: dict[str, Any], flavour: dict[str, Any], **secrets: dict[str, bytes]) -> list[str]:
    """What is wrong with the Secrets, ``-`` in their names written as ``_``."""
    root = {"authentication": {"enabled": True, **authentication}}
    instance = resolve(flavour, root, name="cache", namespace="apps").accepted()
    lives = {
        name.replace("_", "-"): {
            "metadata": {},
            "data": {key: b64encode(value).decode() for key, value in data.items()},
        }
        for name, data in secrets.items()
    }
    api: Any = SimpleNamespace(
        get=lambda _kind, name, _namespace: lives.get(name),
        map=lambda function, items: list(map(function, items)),
    )
    try:
        Credentials(api, instance, layout(instance)).made()
    except EngineError as error:
        return str(error).splitlines()
    return []


def uncarried(field: str, secret: str) -> str:
    return (
        f"{field}: what Secret apps/{secret} has under password is not a password the operator can carry; allowed: 1 "
        "to 512 printable ASCII characters without spaces, quotes and * ? [, and no line break at the end"
    )


@pytest.mark.parametrize("held", [b"my pass word\n", b"correct-horse\n", b" ", b"\n", b"wh?t", b"\xff\xfe"])
def test_what_is_there_in_place_of_a_generated_one_must_be_carried(held: bytes) -> None:
    line = uncarried("authentication.generate", "cache-auth")
    assert told(GENERATED, {}, cache_auth={"password": held}) == [line]
    assert told(GENERATED, ACL, cache_auth={"password": held}, app={"word": GOOD}) == [line]


def test_a_generated_one_that_is_good_or_not_there_yet_needs_no_word() -> None:
    assert told(GENERATED, {}) == []
    assert told(GENERATED, {}, cache_auth={"password": b""}) == []
    assert told(GENERATED, {}, cache_auth={"password": GOOD}) == []


@pytest.mark.parametrize(
    ("given", "field", "secret"),
    [
        (MINE, "authentication.existingSecret.key", "mine"),
        (STORED, "authentication.externalSecret", "cache-auth"),
        (MOUNTED, "authentication.secretsStore", "cache-auth"),
    ],
)
def test_the_password_of_default_is_the_instances_own(given: dict[str, Any], field: str, secret: str) -> None:
    name = secret.replace("-", "_")
    assert told(given, ACL, app={"word": GOOD}, **{name: {"password": GOOD}}) == []
    for held in (b"correct-horse\n", b"", b"\xff"):
        assert told(given, ACL, app={"word": GOOD}, **{name: {"password": held}}) == [uncarried(field, secret)]


USERS = "acl.users: the password of user app, key word of Secret apps/app,"
ANY = "allowed: any text without white space at its ends"
ENDS = "has white space at its ends, such as a line break, which clients would send too; take it away"


@pytest.mark.parametrize(
    ("held", "line"),
    [
        (b"it's a secret, isn't it?", None),
        ("pässword".encode(), None),
        (b"", f"{USERS} is empty; {ANY}"),
        (b" \n", f"{USERS} is empty; {ANY}"),
        (b"\xff\xfe", f"{USERS} is not text in UTF-8; {ANY}"),
        *((held, f"{USERS} {ENDS}") for held in (b"secret\n", b" secret", b"secret\t")),
    ],
)
def test_the_password_of_a_user_is_what_clients_send(held: bytes, line: str | None) -> None:
    assert told({"authToken": GOOD.decode()}, ACL, app={"word": held}) == ([line] if line else [])


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert told(MINE, ACL, mine={"password": b"a b"}, app={"word": b"x\n"}, cache_logins={"keeper": b"k\n"}) == [
        uncarried("authentication.existingSecret.key", "mine"),
        f"{USERS} {ENDS}",
        f"acl.users: the password of user eks-redis-keeper, key keeper of Secret apps/cache-logins, {ENDS}",
    ]
