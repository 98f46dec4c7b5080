# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What additionalConfig may hold: the directives of redis.conf, and those that belong to other fields.

Redis does not start on a directive it does not know, so a misspelt one is found here and not in a crash loop.
Source: the configuration tables (src/config.c) of Redis 6.0.20, 6.2.16, 7.0.15, 7.2.6 and 7.4.1.
"""

from __future__ import annotations

_SINCE = {
    "6.0": """
        aclfile acllog-max-len active-defrag-cycle-max active-defrag-cycle-min active-defrag-ignore-bytes
        active-defrag-max-scan-fields active-defrag-threshold-lower active-defrag-threshold-upper
        active-expire-effort activedefrag activerehashing always-show-logo aof-load-truncated
        aof-rewrite-incremental-fsync aof-use-rdb-preamble appendfilename appendfsync appendonly
        auto-aof-rewrite-min-size auto-aof-rewrite-percentage bind client-output-buffer-limit
        client-query-buffer-limit cluster-allow-reads-when-down cluster-announce-bus-port cluster-announce-ip
        cluster-announce-port cluster-config-file cluster-enabled cluster-migration-barrier cluster-node-timeout
        cluster-replica-no-failover cluster-replica-validity-factor cluster-require-full-coverage
        cluster-slave-no-failover cluster-slave-validity-factor daemonize databases dbfilename dir dynamic-hz
        hash-max-ziplist-entries hash-max-ziplist-value hll-sparse-max-bytes hz ignore-warnings include
        io-threads io-threads-do-reads jemalloc-bg-thread latency-monitor-threshold lazyfree-lazy-eviction
        lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del lfu-decay-time lfu-log-factor
        list-compress-depth list-max-ziplist-entries list-max-ziplist-size list-max-ziplist-value loadmodule
        logfile loglevel lua-replicate-commands lua-time-limit masterauth masteruser maxclients maxmemory
        maxmemory-policy maxmemory-samples min-replicas-max-lag min-replicas-to-write min-slaves-max-lag
        min-slaves-to-write no-appendfsync-on-rewrite notify-keyspace-events oom-score-adj oom-score-adj-values
        pidfile port protected-mode proto-max-bulk-len rdb-del-sync-files rdb-save-incremental-fsync rdbchecksum
        rdbcompression rename-command repl-backlog-size repl-backlog-ttl repl-disable-tcp-nodelay
        repl-diskless-load repl-diskless-sync repl-diskless-sync-delay repl-ping-replica-period
        repl-ping-slave-period repl-timeout replica-announce-ip replica-announce-port replica-ignore-maxmemory
        replica-lazy-flush replica-priority replica-read-only replica-serve-stale-data replicaof requirepass
        save set-max-intset-entries slave-announce-ip slave-announce-port slave-ignore-maxmemory
        slave-lazy-flush slave-priority slave-read-only slave-serve-stale-data slaveof slowlog-log-slower-than
        slowlog-max-len stop-writes-on-bgsave-error stream-node-max-bytes stream-node-max-entries supervised
        syslog-enabled syslog-facility syslog-ident tcp-backlog tcp-keepalive timeout tls-auth-clients
        tls-ca-cert-dir tls-ca-cert-file tls-cert-file tls-ciphers tls-ciphersuites tls-cluster
        tls-dh-params-file tls-key-file tls-port tls-prefer-server-ciphers tls-protocols tls-replication
        tls-session-cache-size tls-session-cache-timeout tls-session-caching tracking-table-max-keys unixsocket
        unixsocketperm user zset-max-ziplist-entries zset-max-ziplist-value
    """,
    "6.2": """
        acl-pubsub-default cluster-allow-replica-migration cluster-announce-tls-port crash-log-enabled
        crash-memcheck-enabled disable-thp lazyfree-lazy-user-flush maxmemory-eviction-tenacity
        proc-title-template replica-announced sanitize-dump-payload set-proc-title tls-client-cert-file
        tls-client-key-file tls-client-key-file-pass tls-key-file-pass use-exit-on-panic
    """,
    "7.0": """
        aof-disable-auto-gc aof-timestamp-enabled appenddirname bind-source-addr busy-reply-threshold
        cluster-allow-pubsubshard-when-down cluster-announce-hostname cluster-link-sendbuf-limit cluster-port
        cluster-preferred-endpoint-type enable-debug-command enable-module-command enable-protected-configs
        hash-max-listpack-entries hash-max-listpack-value latency-tracking latency-tracking-info-percentiles
        list-max-listpack-size loading-process-events-interval-bytes maxmemory-clients
        propagation-error-behavior repl-diskless-sync-max-replicas replica-ignore-disk-write-errors
        shutdown-on-sigint shutdown-on-sigterm shutdown-timeout socket-mark-id zset-max-listpack-entries
        zset-max-listpack-value
    """,
    "7.2": """
        cluster-announce-human-nodename cluster-ping-interval locale-collate set-max-listpack-entries
        set-max-listpack-value
    """,
    "7.4": """
        hide-user-data-from-log max-new-connections-per-cycle max-new-tls-connections-per-cycle
    """,
}

# directive -> first minor release that knows it
DIRECTIVES: dict[str, tuple[int, int]] = {
    name: (int(release[0]), int(release[2])) for release, names in _SINCE.items() for name in names.split()
}

# directive -> what to use instead; the collection or the operator writes these
MANAGED: dict[str, str] = {
    "appendonly": "use persistence.aof.enabled",
    "appendfsync": "use persistence.aof.fsyncPolicy",
    "appendfilename": "it must stay appendonly.aof, or an operator upgrade would start Redis empty",
    "appenddirname": "it must stay the default, or an operator upgrade would start Redis empty",
    "save": "use persistence.rdb.enabled and persistence.rdb.saveInterval",
    "dir": "it is the pod's volume",
    "dbfilename": "backup and restore count on dump.rdb",
    "requirepass": "use authentication.authToken or authentication.existingSecret of the root",
    "masterauth": "use authentication.authToken or authentication.existingSecret of the root",
    "masteruser": "replication authenticates as the user default",
    "aclfile": "use acl.users",
    "user": "use acl.users",
    "protected-mode": "use authentication.enabled of the root",
    "bind": "the pod listens on all of its addresses; use networkPolicy to limit who connects",
    "bind-source-addr": "the pod has one address",
    "daemonize": "Redis runs in the foreground of its container",
    "supervised": "Redis runs in the foreground of its container",
    "pidfile": "Redis runs in the foreground of its container",
    "logfile": "Redis logs to its container's output",
    "include": "the operator writes the files of the container",
    "replicaof": "the operator decides who replicates from whom",
    "slaveof": "the operator decides who replicates from whom",
    "replica-announce-ip": "the operator and Sentinel connect by pod IP",
    "slave-announce-ip": "the operator and Sentinel connect by pod IP",
    "replica-announce-port": "the port is 6379",
    "slave-announce-port": "the port is 6379",
    "cluster-enabled": "use deployment.mode",
    "cluster-config-file": "the operator decides where it lives",
    "cluster-announce-ip": "the operator writes it",
    "cluster-announce-port": "the operator writes it",
    "cluster-announce-bus-port": "the operator writes it",
    "cluster-announce-tls-port": "the operator writes it",
    "cluster-announce-hostname": "the operator writes it",
    "cluster-port": "the bus port is 16379",
    "unixsocket": "nothing else sees the pod's files; clients connect to port 6379",
    "unixsocketperm": "nothing else sees the pod's files; clients connect to port 6379",
}

_USED = """
    asking auth bgrewriteaof bgsave client cluster config dbsize dump eval exec failover hello info lastsave migrate
    multi ping psubscribe psync publish readonly replconf replicaof restore restore-asking role save select shutdown
    slaveof subscribe sync wait
"""
# What must keep its name: the operator, its probes, Redis towards its master, Sentinel, and this collection send it
USED_COMMANDS = frozenset(_USED.split())
# In a cluster the operator also empties a node with it that must join again (operator sheet §4.5)
USED_IN_CLUSTER = USED_COMMANDS | {"flushall"}
# With acl.enabled this collection tells pods of changed users with it
USED_WITH_USERS = frozenset({"acl"})


_TLS_TUNING = """
    tls-auth-clients tls-ciphers tls-ciphersuites tls-prefer-server-ciphers tls-protocols tls-session-cache-size
    tls-session-cache-timeout tls-session-caching
"""
# how TLS is spoken: protocols, ciphers, sessions, and whether clients may show a certificate
TLS_TUNING = frozenset(_TLS_TUNING.split())
# what users' files set beside tls-port, as the operator sets it: it means transitEncryption.enabled
TLS_AS_IS = {
    "port": ("0",),
    "tls-port": ("6379",),
    "tls-cert-file": ("/tls/tls.crt",),
    "tls-key-file": ("/tls/tls.key",),
    "tls-ca-cert-file": ("/tls/ca.crt",),
    "tls-replication": ("yes",),
    "tls-cluster": ("yes",),
}


_TEXTS = """
    cluster-announce-human-nodename locale-collate proc-title-template syslog-ident tls-ciphers tls-ciphersuites
    tls-protocols
"""
# of one argument, a text: blanks in it need quotes around all of it
TEXTS = frozenset(_TEXTS.split())


def is_tls(name: str) -> bool:
    """Whether a directive says how Redis listens: transitEncryption decides that."""
    return name == "port" or name.startswith("tls-")
