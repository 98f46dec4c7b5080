"""What the objects that a flavour names must hold."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import references


def findings(password: bytes) -> list[str]:
    root = {"authentication": {"enabled": True, "existingSecret": {"name": "mine"}}}
    secret = {"data": {"password": b64encode(password).decode()}}
    case: Any = SimpleNamespace(
        instance=resolve({}, root, name="cache", namespace="apps").instance,
        api=SimpleNamespace(get=lambda *_names: secret),
    )
    return [one.text for one in references(case)]


def test_a_password_that_the_operator_can_carry_needs_no_word() -> None:
    assert findings(b"correct-horse-battery") == []


@pytest.mark.parametrize("password", [b"correct-horse\n", b"correct horse", b"", b"it's", b"wh?t", b"\xff\xfe"])
def test_a_password_that_redis_or_a_probe_would_misread_is_refused(password: bytes) -> None:
    assert findings(password) == [
        "authentication.existingSecret.key: what Secret apps/mine has under password is not a password the operator "
        "can carry; allowed: 1 to 512 printable ASCII characters without spaces, quotes and * ? [, and no line break "
        "at the end"
    ]
