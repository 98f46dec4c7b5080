"""What ElastiCache keeps from its users.

Source: ElastiCache User Guide, "Supported and restricted Valkey and Redis OSS commands". There a restricted command is
an unknown one. So it is here, where it can be: replicas follow by PSYNC under its own name, and CLUSTER and ACL are
restricted in part; those are denied to users instead, which they see as NOPERM.
"""

from __future__ import annotations

# the plane needs them itself, under a name that nobody guesses
HIDDEN = ("bgrewriteaof", "bgsave", "config", "debug", "replicaof", "save", "slaveof")
GONE = ("migrate", "shutdown")
DENIED = ("psync", "sync")
# of each, what is left; Redis 6.2 cannot take away single ones
ALLOWED = {
    "acl": ("cat", "genpass", "getuser", "help", "list", "log", "users", "whoami"),
    "cluster": (
        "count-failure-reports",
        "countkeysinslot",
        "getkeysinslot",
        "help",
        "info",
        "keyslot",
        "myid",
        "nodes",
        "replicas",
        "slaves",
        "slots",
    ),
}
# 7.0 knows it, and 6.2 nothing of it
SINCE = {"7.0": {"cluster": ("shards",)}}


def hidden(secret: str, command: str) -> str:
    """The name of one of HIDDEN."""
    return f"{command}-{secret}"


def renames(secret: str) -> list[str]:
    """Lines of redis.conf."""
    kept = [f"rename-command {command} {hidden(secret, command)}" for command in HIDDEN]
    return kept + [f'rename-command {command} ""' for command in GONE]


def rules(engine: str) -> str:
    """Of ACL, for everybody but the plane."""
    words = ["~*", "&*", "+@all", *(f"-{command}" for command in DENIED)]
    for command, subcommands in ALLOWED.items():
        newer = SINCE.get(engine, {}).get(command, ())
        words += [f"-{command}", *(f"+{command}|{each}" for each in (*subcommands, *newer))]
    return " ".join(words)
