# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ACL file: the user default, those of the flavour, and one of least rights for each program of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from ansible_collections.eks.redis.plugins.module_utils.contract import acl
from ansible_collections.eks.redis.plugins.module_utils.contract.directive_rules import release
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.datapath import keeping, rights
from ansible_collections.eks.redis.plugins.module_utils.topology import names

FILE = "user.acl"
DEFAULT = acl.DEFAULT
EXPORTER, BACKUP, KEEPER = (f"{acl.OWN_PREFIX}{what}" for what in ("exporter", "backup", "keeper"))

_EVERYTHING = "~* &* +@all"
# What is left of the user default: what the operator, redis-cli --cluster in its hands, replication, the sentinels,
# probes and our own engine say to Redis (operator sheet §3.5, §3.7, §4; Redis documentation, "Sentinel", on ACLs)
_ADMIN = """
    acl auth bgsave client cluster command config dbsize discard exec failover hello info lastsave latency multi ping
    psubscribe psync publish punsubscribe replconf replicaof role save script|kill select shutdown slaveof slowlog
    subscribe unsubscribe wait
"""
# slots move with their keys, and a node that rejoins is emptied (operator sheet §4.5)
_ADMIN_OF_A_CLUSTER = "asking flushall migrate readonly readwrite restore restore-asking"
# what redis_exporter asks by default
_EXPORTER_RULES = (
    "resetkeys resetchannels -@all +ping +info +config|get +client|setname +client|list +cluster|info +latency|latest "
    "+latency|histogram +slowlog|get +slowlog|len +select +command +auth +hello"
)


@dataclass(frozen=True)
class User:
    """A line of the file. password: name and key of the Secret that holds it."""

    name: str
    rules: str
    password: tuple[str, str]


def users(instance: Instance) -> list[User]:
    """All users of the instance, default first, whose password is the instance's own."""
    # Redis 6.2, and acl-pubsub-default, give a new user all channels, after which no pattern of one is taken
    given = (
        User(one["name"], f"resetchannels {one['rules']}", (secret["name"], secret.get("key", names.PASSWORD_KEY)))
        for one in instance.flavour.acl.users
        for secret in [one["passwordSecret"]]
    )
    ours = (User(f"{acl.OWN_PREFIX}{key}", rules, (names.logins(instance), key)) for key, rules in logins(instance))
    return [User(DEFAULT, _default(instance), names.password(instance)), *given, *ours]


def logins(instance: Instance) -> Iterator[tuple[str, str]]:
    """Our own users that the instance needs: the key of their password, and their rules."""
    if instance.flavour.metrics.enabled:
        yield "exporter", _EXPORTER_RULES
    clustered = instance.flavour.deployment.mode == "cluster"
    yield "backup", rights.rules(clustered=clustered, version=release(instance.version))
    if instance.flavour.keeper.enabled:
        yield "keeper", keeping.COMMANDS


def text(instance: Instance, password: Callable[[tuple[str, str]], str]) -> str:
    """The file. Passwords stand in it as digests only: who reads it can log in as nobody."""
    lines = []
    for user in users(instance):
        login = f"#{sha256(password(user.password).encode()).hexdigest()}"
        lines.append(f"user {user.name} on {login} {user.rules}\n")
    return "".join(lines)


def _default(instance: Instance) -> str:
    if not instance.flavour.acl.restrict_default:
        return _EVERYTHING
    cluster = instance.flavour.deployment.mode == "cluster"
    commands = [*_ADMIN.split(), *(_ADMIN_OF_A_CLUSTER.split() if cluster else ())]
    # keys only where commands move them
    return f"{'~*' if cluster else 'resetkeys'} &* -@all {' '.join(f'+{command}' for command in sorted(commands))}"
