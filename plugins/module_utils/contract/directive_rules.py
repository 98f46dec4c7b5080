# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for additionalConfig: directives that Redis does not know or would not start with, and those that do harm."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.directive_values import plain, size, wrong
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import (
    DIRECTIVES,
    MANAGED,
    USED_COMMANDS,
    USED_IN_CLUSTER,
    USED_WITH_USERS,
    is_tls,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import nearest
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule

_CONFIG = "additionalConfig"
# From this release on modules bring directives of their own, so that the list is not complete
_OPEN_ENDED = (8, 0)
# Redis has an old and a new name for many directives
_WRITE_QUORUM = ("min-replicas-to-write", "min-slaves-to-write")
_PRIORITY = ("replica-priority", "slave-priority")
_STALE = ("replica-serve-stale-data", "slave-serve-stale-data")
_READ_ONLY = ("replica-read-only", "slave-read-only")
_NO_FAILOVER = ("cluster-replica-no-failover", "cluster-slave-no-failover")
_EMPTY = 2**20
_PING = ("repl-ping-replica-period", "repl-ping-slave-period")
# what every client may do once it is set to yes
_FOR_ALL = {
    "enable-debug-command": "crash Redis",
    "enable-module-command": "run code of its own in the pod",
    "enable-protected-configs": "move the data away from its volume",
}


def release(version: str) -> tuple[int, int]:
    """(major, minor) of a Redis version."""
    major, minor, *_rest = [*version.split("."), "0"]
    return int(major), int(minor)


def _set(facts: Facts, *names: str) -> Iterator[tuple[str, str]]:
    """Path and value, without quotes, of those of the directives that are set."""
    for name in names:
        if name in facts["additionalConfig"]:
            yield f"additionalConfig.{name}", plain(facts["additionalConfig"][name]).lower()


def _unknown(facts: Facts) -> Iterator[Finding]:
    running = release(facts["version"])
    for name in facts["additionalConfig"]:
        path = f"additionalConfig.{name}"
        since = DIRECTIVES.get(name)
        meant = nearest(name, DIRECTIVES)
        if since and since > running:
            yield path, f"needs Redis {since[0]}.{since[1]}; version is {facts['version']}"
        elif not since and meant:
            managed = f" It cannot be set here: {MANAGED[meant]}" if meant in MANAGED else ""
            yield path, f"unknown redis.conf directive; did you mean {meant}?{managed}"
        elif not since and running < _OPEN_ENDED:
            yield path, f"unknown redis.conf directive; Redis {facts['version']} would not start"


def _values(facts: Facts) -> Iterator[Finding]:
    yield from _wrong(facts, tls=False)


def _tls_values(facts: Facts) -> Iterator[Finding]:
    # without TLS they are not handed to Redis
    if facts["transitEncryption.enabled"]:
        yield from _wrong(facts, tls=True)


def _wrong(facts: Facts, tls: bool) -> Iterator[Finding]:
    for name, text in facts["additionalConfig"].items():
        problem = wrong(name, text) if release(facts["version"]) < _OPEN_ENDED and is_tls(name) is tls else None
        if problem:
            yield f"additionalConfig.{name}", problem


def _used(facts: Facts) -> frozenset[str]:
    used = USED_IN_CLUSTER if facts.mode == "cluster" else USED_COMMANDS
    return used | USED_WITH_USERS if facts["acl.enabled"] else used


def _renamed(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, "rename-command"):
        words = text.split()
        if len(words) != 2:
            yield path, 'must be a command and its new name, or Redis would not start; such as FLUSHALL ""'
        elif plain(words[0]) in _used(facts):
            yield (
                path,
                f"{plain(words[0]).upper()} must keep its name: the operator, Redis itself or this collection uses it",
            )


def _for_all(facts: Facts) -> Iterator[Finding]:
    for name, what in _FOR_ALL.items():
        for path, text in _set(facts, name):
            if text == "yes":
                yield path, f"yes lets every client {what}; allowed: no, local"


def _modules(facts: Facts) -> Iterator[Finding]:
    for path, _text in _set(facts, "loadmodule"):
        if "image" not in facts.given and release(facts["version"]) < _OPEN_ENDED:
            yield path, "the default image holds no modules, Redis would not start; allowed with an image of your own"


def _write_quorum(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, *_WRITE_QUORUM):
        if text.isdecimal() and int(text) > facts.replicas:
            most = facts.replicas
            yield path, f"{text} is more than a master has replicas: every write is refused; allowed: 0 to {most}"


def _no_replica_may_lead(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, *_PRIORITY):
        if text == "0" and facts.mode == "sentinel":
            yield path, "0 forbids every failover, because all pods get it; allowed: 1 or more"
    for path, text in _set(facts, "replica-announced"):
        if text == "no" and facts.mode == "sentinel":
            yield path, "no forbids every failover, because the sentinels see no replica; allowed: yes"


def _stale(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, *_STALE):
        if text == "no" and facts.replicas:
            yield path, "no: a replica that has lost its master refuses PING too, so that its probe restarts it"


def _no_memory(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, "maxmemory"):
        if 0 < (size(text) or 0) < _EMPTY:
            yield path, f"{text} is less than an empty Redis takes: every write is refused; allowed: 1mb or more"


def _maxmemory(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, "maxmemory"):
        octets, limit = size(text), min(facts.memory_limits, key=amount)
        if octets is not None and (octets == 0 or octets >= amount(limit)):
            what = "means no limit" if octets == 0 else "is too much"
            yield path, f"{text} {what}; the container is killed at its memory limit, {limit}"


def _unlisted(facts: Facts) -> Iterator[Finding]:
    if release(facts["version"]) >= _OPEN_ENDED:
        for name in sorted(facts["additionalConfig"].keys() - DIRECTIVES.keys()):
            message = "is not a directive known here; if Redis does not know it, it will not start"
            yield f"additionalConfig.{name}", message


def _other_mode(facts: Facts) -> Iterator[Finding]:
    for name in facts["additionalConfig"]:
        path = f"additionalConfig.{name}"
        if name.startswith("cluster-") and facts.mode != "cluster":
            yield path, f"has no effect in mode {facts.mode}; it belongs to mode cluster"
    for path, text in _set(facts, "databases"):
        if facts.mode == "cluster" and text != "1":
            yield path, f"{text} has no effect in mode cluster: there is only database 0"


def _all_alike(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, *_PRIORITY):
        if text != "0" or facts.mode != "sentinel":
            yield path, f"{text} has no effect: all pods get it, so that no replica is preferred"


def _no_failover(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, *_NO_FAILOVER):
        if text == "yes" and facts.mode == "cluster":
            yield path, "yes: no replica ever takes over a shard, because all pods get it"


def _last_replica(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, *_WRITE_QUORUM):
        if text != "0" and text == str(facts.replicas):
            yield path, f"{text} is all replicas of a master: writes stop while one of them restarts"


def _silence(facts: Facts) -> Iterator[Finding]:
    given = {path: int(text) for path, text in _set(facts, "repl-timeout", *_PING) if text.isdecimal()}
    timeout = given.get(f"{_CONFIG}.repl-timeout", 60)
    period = next((number for path, number in given.items() if path.endswith("-period")), 10)
    if facts.replicas and given and timeout <= period:
        reason = f"a replica gives up its master after {timeout} s of silence, and hears of it every {period} s"
        path, *_others = given
        yield path, f"{reason}: while nobody writes, it starts over and over"


def _unsaved(facts: Facts) -> Iterator[Finding]:
    saved = facts["persistence.enabled"] and facts["persistence.rdb.enabled"] and not facts["persistence.aof.enabled"]
    for path, text in _set(facts, "shutdown-on-sigterm"):
        if saved and "nosave" in text.split():
            yield path, "nosave: a pod that stops forgets what has changed since its last snapshot"


def _writable_replicas(facts: Facts) -> Iterator[Finding]:
    for path, text in _set(facts, *_READ_ONLY):
        if text == "no" and facts.replicas:
            yield path, "no: what is written to a replica is lost when it synchronises"


DIRECTIVE_REFUSALS: tuple[Rule, ...] = (
    Rule((_CONFIG, "version"), _unknown),
    Rule((_CONFIG, "version"), _values),
    Rule((_CONFIG, "version", "transitEncryption.enabled"), _tls_values),
    Rule((_CONFIG, "deployment.mode", "acl.enabled"), _renamed),
    Rule((_CONFIG,), _for_all),
    Rule((_CONFIG,), _no_memory),
    Rule((_CONFIG, "version", "image"), _modules),
    Rule((_CONFIG, "deployment"), _write_quorum),
    Rule((_CONFIG, "deployment.mode"), _no_replica_may_lead),
    Rule((_CONFIG, "deployment"), _stale),
)
DIRECTIVE_ADVICE: tuple[Rule, ...] = (
    Rule((_CONFIG, "deployment", "master"), _maxmemory),
    Rule((_CONFIG, "version"), _unlisted),
    Rule((_CONFIG, "deployment.mode"), _other_mode),
    Rule((_CONFIG, "deployment.mode"), _all_alike),
    Rule((_CONFIG, "deployment.mode"), _no_failover),
    Rule((_CONFIG, "deployment"), _last_replica),
    Rule((_CONFIG, "deployment"), _silence),
    Rule((_CONFIG, "persistence"), _unsaved),
    Rule((_CONFIG, "deployment"), _writable_replicas),
)
