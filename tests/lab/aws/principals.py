"""Policy documents as services take them in: JSON, and naming principals that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lab.aws.request import backend

IAM = re.compile(r"arn:aws:iam::(\d{12}):(root|role/(.+)|user/(.+))")
ACCOUNT = re.compile(r"\d{12}")
SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com")


class Malformed(Exception):
    """What is wrong with a policy, in IAM's words."""


def parse(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError:
        raise Malformed("This policy contains invalid Json") from None
    if not isinstance(document, dict) or not isinstance(document.get("Statement"), list | dict):
        raise Malformed("Syntax errors in policy.")
    return document


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def unknown(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(kind, name) of principals that no account has."""
    for statement in statements(document):
        given = statement.get("Principal", {})
        if given == "*":
            continue
        for kind, names in given.items():
            for name in [names] if isinstance(names, str) else names:
                if not _exists(kind, name):
                    yield kind, name


def _exists(kind: str, name: str) -> bool:
    if kind == "Service":
        return bool(SERVICE.fullmatch(name))
    if kind != "AWS" or name == "*" or ACCOUNT.fullmatch(name):
        return True
    arn = IAM.fullmatch(name)
    if not arn:
        return False
    account, resource, role, user = arn.groups()
    iam = backend("iam", account, "aws")
    known = iam.roles.values() if role else iam.users.values() if user else ()
    return resource == "root" or name in {each.arn for each in known}
