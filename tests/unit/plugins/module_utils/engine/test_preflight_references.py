"""What the objects that a flavour names must hold."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import references


def findings(secret: dict[str, Any] | None, enabled: bool = True) -> list[str]:
    root = {"authentication": {"enabled": enabled, "existingSecret": {"name": "mine"}}}
    case: Any = SimpleNamespace(
        instance=resolve({}, root, name="cache", namespace="apps").instance,
        api=SimpleNamespace(get=lambda *_names: secret),
    )
    return [one.text for one in references(case)]


def holding(password: bytes) -> dict[str, Any]:
    return {"data": {"password": b64encode(password).decode()}}


def test_a_password_that_the_operator_can_carry_needs_no_word() -> None:
    assert findings(holding(b"correct-horse-battery")) == []


@pytest.mark.parametrize("password", [b"correct-horse\n", b"correct horse", b"", b"it's", b"wh?t", b"\xff\xfe"])
def test_a_password_that_redis_or_a_probe_would_misread_is_refused(password: bytes) -> None:
    assert findings(holding(password)) == [
        "authentication.existingSecret.key: what Secret apps/mine has under password is not a password the operator "
        "can carry; allowed: 1 to 512 printable ASCII characters without spaces, quotes and * ? [, and no line break "
        "at the end"
    ]


def test_a_secret_that_nobody_asks_for_need_not_be_there() -> None:
    assert findings(None) == ["authentication.existingSecret.name: there is no Secret apps/mine; create it first"]
    assert findings(None, enabled=False) == []
