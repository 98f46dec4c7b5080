# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a password that a Secret holds, in lines that tell nothing of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.patterns import TOKEN
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users, names


def of_instance(instance: Instance, held: bytes) -> Iterator[str]:
    """The instance's own password, unless that stands in the root: Redis begins with no other than TOKEN allows."""
    problems: list[str] = []
    # bytes that are no text become a character that TOKEN does not allow
    TOKEN.read(held.decode(errors="replace"), (), lambda _path, message: problems.append(message))
    if problems:
        secret, key = names.password(instance)
        yield (
            f"{_source(instance)}: what Secret {instance.namespace}/{secret} has under {key} is not {TOKEN.noun}; "
            f"allowed: {TOKEN.allowed}, and no line break at the end"
        )


def of_user(instance: Instance, user: acl_users.User, held: bytes) -> Iterator[str]:
    """An ACL user's: clients send it as the Secret has it, and Redis compares digests of that."""
    secret, key = user.password
    what = f"acl.users: the password of user {user.name}, key {key} of Secret {instance.namespace}/{secret},"
    try:
        text = held.decode()
    except UnicodeDecodeError:
        yield f"{what} is not text in UTF-8; allowed: any text without white space at its ends"
        return
    if not text.strip():
        yield f"{what} is empty; allowed: any text without white space at its ends"
    elif text != text.strip():
        yield f"{what} has white space at its ends, such as a line break, which clients would send too; take it away"


def _source(instance: Instance) -> str:
    """The field that names the Secret, or has it made."""
    given = instance.authentication
    if given.existing_secret.name:
        return "authentication.existingSecret.key"
    if given.generate:
        return "authentication.generate"
    return f"authentication.{'externalSecret' if given.external_secret.remote_key else 'secretsStore'}"
