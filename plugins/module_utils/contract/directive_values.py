# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values with which Redis starts, for directives of redis.conf whose values are words, numbers or sizes.

One wrong value and no pod comes up. Source: the answers of Redis 7.0.15 to wrong values; `nothing` as a loglevel is
of 7.2. What is not listed here takes any text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown

_INT32, _UINT32, _INT64 = 2**31 - 1, 2**32 - 1, 2**63 - 1
_UNITS = {"": 1, "b": 1, "k": 10**3, "kb": 2**10, "m": 10**6, "mb": 2**20, "g": 10**9, "gb": 2**30}
_NUMBER = re.compile(r"0|-?[1-9]\d{0,18}", re.ASCII)
_SIZE = re.compile(r"(\d{1,19})([a-z]*)", re.ASCII)

_SWITCHES = """
    activedefrag activerehashing always-show-logo aof-disable-auto-gc aof-load-truncated aof-rewrite-incremental-fsync
    aof-timestamp-enabled aof-use-rdb-preamble cluster-allow-pubsubshard-when-down cluster-allow-reads-when-down
    cluster-allow-replica-migration cluster-replica-no-failover cluster-require-full-coverage cluster-slave-no-failover
    crash-log-enabled crash-memcheck-enabled disable-thp dynamic-hz hide-user-data-from-log io-threads-do-reads
    jemalloc-bg-thread latency-tracking lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del
    lazyfree-lazy-user-del lazyfree-lazy-user-flush no-appendfsync-on-rewrite rdb-del-sync-files
    rdb-save-incremental-fsync rdbchecksum rdbcompression repl-disable-tcp-nodelay repl-diskless-sync replica-announced
    replica-ignore-disk-write-errors replica-ignore-maxmemory replica-lazy-flush replica-read-only
    replica-serve-stale-data set-proc-title slave-ignore-maxmemory slave-lazy-flush slave-read-only
    slave-serve-stale-data stop-writes-on-bgsave-error syslog-enabled tls-prefer-server-ciphers tls-session-caching
    use-exit-on-panic
"""
_CHOICES = {
    "acl-pubsub-default": "allchannels resetchannels",
    "cluster-preferred-endpoint-type": "ip hostname unknown-endpoint",
    "enable-debug-command": "no yes local",
    "enable-module-command": "no yes local",
    "enable-protected-configs": "no yes local",
    "loglevel": "debug verbose notice warning nothing",
    "maxmemory-policy": "volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random "
    "noeviction",
    "oom-score-adj": "no yes relative absolute",
    "propagation-error-behavior": "ignore panic panic-on-replicas",
    "repl-diskless-load": "disabled on-empty-db swapdb",
    "sanitize-dump-payload": "no yes clients",
    "syslog-facility": "user local0 local1 local2 local3 local4 local5 local6 local7",
    "tls-auth-clients": "no yes optional",
}
_NUMBERS = {
    (0, _INT32): """
        auto-aof-rewrite-percentage cluster-migration-barrier cluster-replica-validity-factor
        cluster-slave-validity-factor hz lfu-decay-time lfu-log-factor list-compress-depth min-replicas-max-lag
        min-replicas-to-write min-slaves-max-lag min-slaves-to-write repl-diskless-sync-delay
        repl-diskless-sync-max-replicas replica-priority shutdown-timeout slave-priority tcp-backlog tcp-keepalive
        timeout tls-session-cache-size tls-session-cache-timeout
    """,
    (1, _INT32): "databases maxmemory-samples repl-ping-replica-period repl-ping-slave-period repl-timeout",
    (0, _INT64): """
        acllog-max-len busy-reply-threshold cluster-node-timeout hash-max-listpack-entries hash-max-ziplist-entries
        latency-monitor-threshold lua-time-limit repl-backlog-ttl set-max-intset-entries slowlog-max-len
        stream-node-max-entries tracking-table-max-keys zset-max-listpack-entries zset-max-ziplist-entries
    """,
    (1, _INT64): "active-defrag-max-scan-fields",
    (-1, _INT64): "slowlog-log-slower-than",
    (-(2**31), _INT32): "list-max-listpack-size list-max-ziplist-size",
    (1, _UINT32): "maxclients",
    (0, _UINT32): "socket-mark-id",
    (1, 99): "active-defrag-cycle-max active-defrag-cycle-min",
    (0, 1000): "active-defrag-threshold-lower active-defrag-threshold-upper",
    (1, 10): "active-expire-effort",
    (1, 128): "io-threads",
    (0, 100): "maxmemory-eviction-tenacity",
    (1024, _INT32): "loading-process-events-interval-bytes",
}
_SIZES = {
    0: """
        auto-aof-rewrite-min-size cluster-link-sendbuf-limit hash-max-listpack-value hash-max-ziplist-value
        hll-sparse-max-bytes maxmemory stream-node-max-bytes zset-max-listpack-value zset-max-ziplist-value
    """,
    1: "active-defrag-ignore-bytes repl-backlog-size",
    2**20: "client-query-buffer-limit proto-max-bulk-len",
}
_MEMORY = r"\d+(?:b|kb?|mb?|gb?)?"
_PERCENTAGE = r"(?:\d{1,2}(?:\.\d+)?|100(?:\.0+)?)"
_PROTOCOL = r"TLSv1(?:\.[1-3])?"
_PATTERNS = {
    "client-output-buffer-limit": (
        rf"(?:(?:normal|replica|slave|pubsub) {_MEMORY} {_MEMORY} \d+ ?)+",
        "class, hard limit, soft limit, soft seconds, such as normal 0 0 0",
    ),
    "latency-tracking-info-percentiles": (
        rf"(?:{_PERCENTAGE}(?: +{_PERCENTAGE})*)?",
        "percentages up to 100, such as 50 99 99.9",
    ),
    "maxmemory-clients": (rf"{_MEMORY}|(?:\d\d?|100)%", "a size such as 100mb, or a percentage up to 100%"),
    "notify-keyspace-events": (r"(?-i:[Ag$lshzxeKEtmdn]*)", "letters of AKEg$lshzxetmdn"),
    "oom-score-adj-values": (r"-?\d{1,4} -?\d{1,4} -?\d{1,4}", "three numbers from -2000 to 2000"),
    "shutdown-on-sigint": (
        r"(?:default|save|nosave|now|force)(?: (?:now|force))*",
        "default, save, nosave, now, force",
    ),
    "shutdown-on-sigterm": (
        r"(?:default|save|nosave|now|force)(?: (?:now|force))*",
        "default, save, nosave, now, force",
    ),
    "tls-protocols": (
        rf"(?:{_PROTOCOL}(?: {_PROTOCOL})*)?",
        "TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, with one blank between them",
    ),
}


@dataclass(frozen=True)
class Values:
    """What a directive takes, in words and as a test of its text."""

    allowed: str
    accepts: Callable[[str], object]


def size(text: str) -> int | None:
    """Bytes of a size as redis.conf has it, such as 100mb; None when it is none."""
    match = _SIZE.fullmatch(text.lower())
    return int(match[1]) * _UNITS[match[2]] if match and match[2] in _UNITS else None


def _choice(words: str) -> Values:
    known = words.split()
    return Values(", ".join(known), lambda text: text.lower() in known)


def _number(low: int, high: int) -> Values:
    allowed = f"a whole number, {low} or more" if high >= _INT32 else f"a whole number, {low} to {high}"
    return Values(allowed, lambda text: _NUMBER.fullmatch(text) and low <= int(text) <= high)


def _size(low: int) -> Values:
    allowed = "a number of bytes, or one with kb, mb or gb" + (f", {low} or more" if low else "")
    return Values(allowed, lambda text: low <= (-1 if (octets := size(text)) is None else octets) <= _INT64)


def _pattern(pattern: str, allowed: str) -> Values:
    compiled = re.compile(pattern, re.ASCII | re.IGNORECASE)
    return Values(allowed, compiled.fullmatch)


# directive -> the values it takes
VALUES: dict[str, Values] = {
    **dict.fromkeys(_SWITCHES.split(), _choice("yes no")),
    **{name: _choice(words) for name, words in _CHOICES.items()},
    **{name: _number(low, high) for (low, high), names in _NUMBERS.items() for name in names.split()},
    **{name: _size(low) for low, names in _SIZES.items() for name in names.split()},
    **{name: _pattern(*pattern) for name, pattern in _PATTERNS.items()},
}


def plain(text: str) -> str:
    """A value without the quotes around it, as Redis reads it."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def wrong(name: str, text: str) -> str | None:
    """What is wrong with a directive's value; None when Redis takes it, or nobody knows."""
    values = VALUES.get(name)
    if values is None or values.accepts(plain(text)):
        return None
    return f"{shown(text)} is not a value that Redis takes for it; allowed: {values.allowed}"
