"""Parameters and node types of ElastiCache.

Source: ElastiCache User Guide, "Redis OSS-specific parameters" and "Redis OSS node-type specific parameters". Not all
parameters there are: those of every kind.
"""

from __future__ import annotations

from typing import NamedTuple


class Parameter(NamedTuple):
    value: str
    type: str = "string"
    modifiable: bool = True
    change: str = "immediate"
    allowed: str = ""


YES_NO = "yes,no"
POLICIES = "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction"
PARAMETERS = {
    "activedefrag": Parameter("no", allowed=YES_NO),
    "activerehashing": Parameter("yes", change="requires-reboot", allowed=YES_NO),
    "appendfsync": Parameter("everysec", modifiable=False, allowed="always,everysec,no"),
    "appendonly": Parameter("no", modifiable=False, allowed=YES_NO),
    "client-output-buffer-limit-normal-hard-limit": Parameter("0", "integer", allowed="0-"),
    "client-output-buffer-limit-normal-soft-limit": Parameter("0", "integer", allowed="0-"),
    "client-output-buffer-limit-normal-soft-seconds": Parameter("0", "integer", allowed="0-"),
    "client-output-buffer-limit-pubsub-hard-limit": Parameter("33554432", "integer", allowed="0-"),
    "client-output-buffer-limit-pubsub-soft-limit": Parameter("8388608", "integer", allowed="0-"),
    "client-output-buffer-limit-pubsub-soft-seconds": Parameter("60", "integer", allowed="0-"),
    "close-on-replica-write": Parameter("yes", allowed=YES_NO),
    "cluster-enabled": Parameter("no", change="requires-reboot", allowed=YES_NO),
    "cluster-require-full-coverage": Parameter("no", allowed=YES_NO),
    "databases": Parameter("16", "integer", change="requires-reboot", allowed="1-1200000"),
    "hash-max-listpack-entries": Parameter("512", "integer", allowed="0-"),
    "lazyfree-lazy-eviction": Parameter("no", allowed=YES_NO),
    "lazyfree-lazy-expire": Parameter("no", allowed=YES_NO),
    "lazyfree-lazy-server-del": Parameter("no", allowed=YES_NO),
    "maxclients": Parameter("65000", "integer", modifiable=False, allowed="1-65000"),
    "maxmemory-policy": Parameter("volatile-lru", allowed=POLICIES),
    "maxmemory-samples": Parameter("3", "integer", allowed="1-"),
    "min-replicas-max-lag": Parameter("10", "integer", allowed="0-"),
    "min-replicas-to-write": Parameter("0", "integer", allowed="0-"),
    "notify-keyspace-events": Parameter(""),
    "rename-commands": Parameter(""),
    "repl-backlog-size": Parameter("1048576", "integer", allowed="16384-"),
    "reserved-memory-percent": Parameter("25", "integer", allowed="0-100"),
    "slowlog-log-slower-than": Parameter("10000", "integer", allowed="-1-"),
    "slowlog-max-len": Parameter("128", "integer", allowed="0-"),
    "tcp-keepalive": Parameter("300", "integer", allowed="0-"),
    "timeout": Parameter("0", "integer", allowed="0,20-"),
}
FAMILIES = ("redis6.x", "redis7", "valkey7", "valkey8", "valkey9")
ON = ".cluster.on"  # of the default group of a family for clusters
MAXMEMORY = {
    "cache.t3.micro": 536870912,
    "cache.t4g.micro": 536870912,
    "cache.t4g.medium": 3317862236,
    "cache.m6g.large": 6854542746,
    "cache.r5.large": 14037181030,
    "cache.r6g.large": 14037181030,
    "cache.r6g.xlarge": 28261849702,
    "cache.r6gd.xlarge": 28261849702,
}
# what a version is given in full, the first being that of a group that does not ask for one
VERSIONS = {
    "redis": ("7.1.0", "7.0.7", "6.2.6"),
    "valkey": ("8.0.1", "9.0.0", "7.2.6"),
}


def family(engine: str, version: str) -> str:
    major = version.split(".")[0]
    return "redis6.x" if (engine, major) == ("redis", "6") else f"{engine}{major}"


def full(engine: str, version: str | None) -> str:
    known = VERSIONS[engine]
    return next((each for each in known if version and each.startswith(version)), version or known[0])
