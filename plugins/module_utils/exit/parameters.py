# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters of ElastiCache as directives of redis.conf, or the reason why one is none. Pure.

Source of names and defaults: ElastiCache User Guide, "Redis OSS-specific parameters".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ansible_collections.eks.redis.plugins.module_utils.contract.directive_values import wrong
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import DIRECTIVES, MANAGED
from ansible_collections.eks.redis.plugins.module_utils.exit import engines
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Parameters

# those that say how much memory data may take, or what the group is: they are in the memory and the mode already
ELSEWHERE = {
    "reserved-memory-percent": "master.resources.limits.memory",
    "reserved-memory": "master.resources.limits.memory",
    "maxmemory": "master.resources.limits.memory",
    "cluster-enabled": "deployment.mode",
    "appendonly": "persistence.aof.enabled",
    "appendfsync": "persistence.aof.fsyncPolicy",
}
_REPLICA_WRITE = "ElastiCache's own; a write to a replica is answered with READONLY here, and the connection stays"
_CHAINING = "ElastiCache's own; the operator decides who replicates from whom"
_OWN = {
    "close-on-replica-write": _REPLICA_WRITE,
    "close-on-slave-write": _REPLICA_WRITE,
    "replica-allow-chaining": _CHAINING,
    "slave-allow-chaining": _CHAINING,
}
# parts of client-output-buffer-limit: hard limit, soft limit, soft seconds; the defaults are those of the guide
_BUFFER, _PARTS = "client-output-buffer-limit", ("hard-limit", "soft-limit", "soft-seconds")
_BUFFERS = {"normal": ("0", "0", "0"), "pubsub": ("33554432", "8388608", "60")}
_RENAMED = "rename-commands"
# what Redis itself has where ElastiCache has another default that applications notice (redis.conf of Redis 7.0)
_OF_REDIS = {
    "maxmemory-policy": "noeviction",
    "maxclients": "10000",
    "cluster-require-full-coverage": "yes",
    "lazyfree-lazy-eviction": "no",
    "lazyfree-lazy-expire": "no",
    "lazyfree-lazy-server-del": "no",
    "lazyfree-lazy-user-del": "no",
}


@dataclass(frozen=True)
class Carried:
    """directives: with their values. origins, dropped: a line for each directive, and each parameter that is none."""

    directives: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)


def carried(parameters: Parameters, release: str, *, cluster: bool) -> Carried:
    """What becomes of the parameters. release: of Redis, where they go to."""
    found = Carried()
    for each in parameters.changed:
        if each.name in ELSEWHERE or _buffer(each.name):
            continue
        default = "" if each.default is None else f", default {each.default or 'empty'}"
        _carry(found, each.name, each.value, f"parameter group {parameters.group}{default}", release, cluster)
    for name, line in _buffers(parameters):
        _carry(found, name, line, f"parameter group {parameters.group}", release, cluster)
    for name, own in _OF_REDIS.items():
        value = parameters.values.get(name, "")
        known = {**found.directives, **found.dropped}
        if value and value != own and name not in known and not _reason(name, value, release, cluster):
            _carry(found, name, value, f"ElastiCache's default; that of Redis is {own}", release, cluster)
    return found


def renamed(parameters: Parameters | None) -> dict[str, str]:
    """Commands that have another name, by their own, in lower case."""
    words = parameters.values.get(_RENAMED, "").lower().split() if parameters else []
    return dict(zip(words[::2], words[1::2], strict=False))


def _carry(found: Carried, name: str, value: str, origin: str, release: str, cluster: bool) -> None:
    reason = _reason(name, value, release, cluster)
    if reason:
        found.dropped[name] = reason
        return
    if name == _RENAMED:
        name = "rename-command"
    found.directives[name], found.origins[name] = value, origin


def _reason(name: str, value: str, release: str, cluster: bool) -> str | None:
    """Why it is no directive."""
    if name in _OWN:
        return _OWN[name]
    if name == _RENAMED:
        return None if len(value.split()) == 2 else "additionalConfig holds one rename-command; this has several"
    if name in MANAGED:
        return MANAGED[name]
    if name not in DIRECTIVES:
        return f"no directive of Redis {release}"
    since = DIRECTIVES[name]
    if since > engines.major_minor(release):
        return f"needs Redis {since[0]}.{since[1]}; this will be {release}"
    if name == "databases" and cluster:
        return "a cluster has database 0 alone"
    if name.startswith("cluster-") and not cluster:
        return "it is for clusters"
    return wrong(name, value)


def _buffer(name: str) -> tuple[str, int] | None:
    """``client-output-buffer-limit-pubsub-soft-limit`` -> ("pubsub", 1)."""
    for kind in _BUFFERS:
        for number, part in enumerate(_PARTS):
            if name == f"{_BUFFER}-{kind}-{part}":
                return kind, number
    return None


def _buffers(parameters: Parameters) -> Iterator[tuple[str, str]]:
    """One directive for all parts that were changed."""
    changed = {_buffer(each.name): each.value for each in parameters.changed if _buffer(each.name)}
    kinds = [kind for kind in _BUFFERS if any(key and key[0] == kind for key in changed)]
    if kinds:
        yield (
            _BUFFER,
            " ".join(
                f"{kind} {' '.join(changed.get((kind, at), _BUFFERS[kind][at]) for at in range(len(_PARTS)))}"
                for kind in kinds
            ),
        )
