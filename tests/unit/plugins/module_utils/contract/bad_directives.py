"""Directives with which Redis would not start, or that do harm, and the line that says so."""

from __future__ import annotations

from typing import Any

_WRONG = "is not a value that Redis takes for it; allowed:"
_SWITCH = f"{_WRONG} yes, no"
_POSITIVE = f"{_WRONG} a whole number, 0 or more"
_SIZE = f"{_WRONG} a number of bytes, or one with kb, mb or gb"
_POLICIES = (
    "volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction"
)
_NAME = "must keep its name: the operator, Redis itself or this collection uses it"
_TWO_WORDS = 'must be a command and its new name, or Redis would not start; such as FLUSHALL ""'
_SOCKET = "cannot be set here: nothing else sees the pod's files; clients connect to port 6379"
_MODULE = "the default image holds no modules, Redis would not start; allowed with an image of your own"
_TOO_MANY = "is more than a master has replicas: every write is refused; allowed: 0 to"
_STALE = "no: a replica that has lost its master refuses PING too, so that its probe restarts it"

# the value of one directive, wrong in every mode: (directive, value, the message after the path)
VALUES: tuple[tuple[str, Any, str], ...] = (
    ("maxmemory-policy", "allkeys", f"'allkeys' {_WRONG} {_POLICIES}"),
    ("maxmemory-policy", "lru", f"'lru' {_WRONG} {_POLICIES}"),
    ("maxmemory-policy", "allkeys_lru", f"'allkeys_lru' {_WRONG} {_POLICIES}"),
    ("maxmemory-policy", "", f"'' {_WRONG} {_POLICIES}"),
    ("maxmemory-policy", True, f"'yes' {_WRONG} {_POLICIES}"),
    ("maxmemory-policy", "allkeys-lru volatile-lru", f"'allkeys-lru volatile-lru' {_WRONG} {_POLICIES}"),
    ("loglevel", "info", f"'info' {_WRONG} debug, verbose, notice, warning, nothing"),
    ("repl-diskless-load", "yes", f"'yes' {_WRONG} disabled, on-empty-db, swapdb"),
    ("sanitize-dump-payload", "maybe", f"'maybe' {_WRONG} no, yes, clients"),
    ("oom-score-adj", "true", f"'true' {_WRONG} no, yes, relative, absolute"),
    ("acl-pubsub-default", "all", f"'all' {_WRONG} allchannels, resetchannels"),
    ("enable-debug-command", "remote", f"'remote' {_WRONG} no, yes, local"),
    ("propagation-error-behavior", "stop", f"'stop' {_WRONG} ignore, panic, panic-on-replicas"),
    ("activerehashing", "true", f"'true' {_SWITCH}"),
    ("activerehashing", "on", f"'on' {_SWITCH}"),
    ("activerehashing", 1, f"'1' {_SWITCH}"),
    ("activerehashing", '"on"', f"'\"on\"' {_SWITCH}"),
    ("rdbcompression", "false", f"'false' {_SWITCH}"),
    ("rdbchecksum", "off", f"'off' {_SWITCH}"),
    ("lazyfree-lazy-eviction", "yess", f"'yess' {_SWITCH}"),
    ("lazyfree-lazy-user-flush", "async", f"'async' {_SWITCH}"),
    ("stop-writes-on-bgsave-error", "", f"'' {_SWITCH}"),
    ("dynamic-hz", 0, f"'0' {_SWITCH}"),
    ("io-threads-do-reads", "4", f"'4' {_SWITCH}"),
    ("repl-diskless-sync", "enabled", f"'enabled' {_SWITCH}"),
    ("timeout", "5s", f"'5s' {_POSITIVE}"),
    ("timeout", -1, f"'-1' {_POSITIVE}"),
    ("timeout", "", f"'' {_POSITIVE}"),
    ("timeout", "007", f"'007' {_POSITIVE}"),
    ("timeout", "+5", f"'+5' {_POSITIVE}"),
    ("timeout", 2**31, f"'2147483648' {_POSITIVE}"),
    ("timeout", True, f"'yes' {_POSITIVE}"),
    ("timeout", 1.5, f"'1.5' {_POSITIVE}"),
    ("timeout", "1 2", f"'1 2' {_POSITIVE}"),
    ("tcp-keepalive", "5m", f"'5m' {_POSITIVE}"),
    ("tcp-backlog", "many", f"'many' {_POSITIVE}"),
    ("hz", "10hz", f"'10hz' {_POSITIVE}"),
    ("slowlog-max-len", "-1", f"'-1' {_POSITIVE}"),
    ("slowlog-log-slower-than", "10ms", f"'10ms' {_WRONG} a whole number, -1 or more"),
    ("slowlog-log-slower-than", -2, f"'-2' {_WRONG} a whole number, -1 or more"),
    ("latency-monitor-threshold", "1e3", f"'1e3' {_POSITIVE}"),
    ("maxclients", 0, f"'0' {_WRONG} a whole number, 1 or more"),
    ("maxclients", "10k", f"'10k' {_WRONG} a whole number, 1 or more"),
    ("databases", 0, f"'0' {_WRONG} a whole number, 1 or more"),
    ("maxmemory-samples", 0, f"'0' {_WRONG} a whole number, 1 or more"),
    ("repl-timeout", 0, f"'0' {_WRONG} a whole number, 1 or more"),
    ("io-threads", 0, f"'0' {_WRONG} a whole number, 1 to 128"),
    ("io-threads", 129, f"'129' {_WRONG} a whole number, 1 to 128"),
    ("active-expire-effort", 11, f"'11' {_WRONG} a whole number, 1 to 10"),
    ("active-defrag-cycle-max", 100, f"'100' {_WRONG} a whole number, 1 to 99"),
    ("active-defrag-threshold-lower", "10%", f"'10%' {_WRONG} a whole number, 0 to 1000"),
    ("maxmemory-eviction-tenacity", 101, f"'101' {_WRONG} a whole number, 0 to 100"),
    ("maxmemory", "1Gi", f"'1Gi' {_SIZE}"),
    ("maxmemory", "1.5gb", f"'1.5gb' {_SIZE}"),
    ("maxmemory", "75%", f"'75%' {_SIZE}"),
    ("maxmemory", "-1", f"'-1' {_SIZE}"),
    ("maxmemory", "1tb", f"'1tb' {_SIZE}"),
    ("maxmemory", "1 gb", f"'1 gb' {_SIZE}"),
    ("maxmemory", 512, "512 is less than an empty Redis takes: every write is refused; allowed: 1mb or more"),
    ("maxmemory", "", f"'' {_SIZE}"),
    ("auto-aof-rewrite-min-size", "64MB!", f"'64MB!' {_SIZE}"),
    ("repl-backlog-size", 0, f"'0' {_SIZE}, 1 or more"),
    ("client-query-buffer-limit", "10kb", f"'10kb' {_SIZE}, 1048576 or more"),
    ("proto-max-bulk-len", "512Mi", f"'512Mi' {_SIZE}, 1048576 or more"),
    ("maxmemory-clients", "101%", f"'101%' {_WRONG} a size such as 100mb, or a percentage up to 100%"),
    ("notify-keyspace-events", "Ex!", f"'Ex!' {_WRONG} letters of AKEg$lshzxetmdn"),
    ("notify-keyspace-events", True, f"'yes' {_WRONG} letters of AKEg$lshzxetmdn"),
    (
        "client-output-buffer-limit",
        "normal 0 0",
        f"'normal 0 0' {_WRONG} class, hard limit, soft limit, soft seconds, such as normal 0 0 0",
    ),
    (
        "client-output-buffer-limit",
        "master 0 0 0",
        f"'master 0 0 0' {_WRONG} class, hard limit, soft limit, soft seconds, such as normal 0 0 0",
    ),
    ("oom-score-adj-values", "0 200", f"'0 200' {_WRONG} three numbers from -2000 to 2000"),
    ("shutdown-on-sigterm", "later", f"'later' {_WRONG} default, save, nosave, now, force"),
    (
        "latency-tracking-info-percentiles",
        "50 101",
        f"'50 101' {_WRONG} percentages up to 100, such as 50 99 99.9",
    ),
    ("unixsocket", "/data/redis.sock", _SOCKET),
    ("unixsocketperm", "700", _SOCKET),
    ("loadmodule", "/opt/search.so", _MODULE),
    ("enable-debug-command", True, "yes lets every client crash Redis; allowed: no, local"),
    ("enable-module-command", "yes", "yes lets every client run code of its own in the pod; allowed: no, local"),
    ("enable-protected-configs", "YES", "yes lets every client move the data away from its volume; allowed: no, local"),
    ("rename-command", "FLUSHALL", _TWO_WORDS),
    ("rename-command", "", _TWO_WORDS),
    ("rename-command", "CONFIG hidden-config", f"CONFIG {_NAME}"),
    ("rename-command", 'config ""', f"CONFIG {_NAME}"),
    ("rename-command", "'PING' x", f"PING {_NAME}"),
    ("rename-command", "ROLE x", f"ROLE {_NAME}"),
    ("rename-command", "CLIENT x", f"CLIENT {_NAME}"),
    ("rename-command", "PSYNC x", f"PSYNC {_NAME}"),
)

# what the mode decides: (mode, what else the flavour has, directive, value, the message after the path)
BY_MODE: tuple[tuple[str, dict[str, Any], str, Any, str], ...] = (
    ("standalone", {}, "min-replicas-to-write", 1, f"1 {_TOO_MANY} 0"),
    ("standalone", {"replicaCount": 1}, "min-replicas-to-write", 2, f"2 {_TOO_MANY} 1"),
    ("sentinel", {"replicaCount": 2}, "min-replicas-to-write", 3, f"3 {_TOO_MANY} 2"),
    ("sentinel", {"replicaCount": 2}, "min-slaves-to-write", "3", f"3 {_TOO_MANY} 2"),
    ("cluster", {}, "min-replicas-to-write", 2, f"2 {_TOO_MANY} 1"),
    ("cluster", {"cluster": {"replicasPerShard": 0}}, "min-replicas-to-write", 1, f"1 {_TOO_MANY} 0"),
    ("sentinel", {}, "replica-priority", 0, "0 forbids every failover, because all pods get it; allowed: 1 or more"),
    ("sentinel", {}, "slave-priority", "0", "0 forbids every failover, because all pods get it; allowed: 1 or more"),
    (
        "sentinel",
        {},
        "replica-announced",
        False,
        "no forbids every failover, because the sentinels see no replica; allowed: yes",
    ),
    ("sentinel", {}, "replica-serve-stale-data", "no", _STALE),
    ("sentinel", {}, "slave-serve-stale-data", False, _STALE),
    ("cluster", {}, "replica-serve-stale-data", False, _STALE),
    ("standalone", {"replicaCount": 1}, "replica-serve-stale-data", "No", _STALE),
    ("cluster", {}, "rename-command", 'FLUSHALL ""', f"FLUSHALL {_NAME}"),
    ("cluster", {}, "rename-command", "cluster x", f"CLUSTER {_NAME}"),
    ("sentinel", {}, "rename-command", "replicaof x", f"REPLICAOF {_NAME}"),
    ("cluster", {}, "cluster-enabled", "no", "cannot be set here: use deployment.mode"),
    ("sentinel", {}, "replicaof", "10.0.0.1 6379", "cannot be set here: the operator decides who replicates from whom"),
    ("cluster", {}, "cluster-announce-ip", "10.0.0.1", "cannot be set here: the operator writes it"),
    ("cluster", {}, "cluster-require-full-coverage", "maybe", f"'maybe' {_SWITCH}"),
    ("cluster", {}, "cluster-node-timeout", "15s", f"'15s' {_POSITIVE}"),
)
