# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ACL user of jobs may do: what their commands to the instance are, and nothing else. Pure.

Who backs up reads everything, and who restores writes everything, so keys are not what it is kept from. What it cannot
do is what no job does: scripts, DEBUG, MONITOR, SHUTDOWN, FLUSHALL, modules, and to write keys but by RESTORE.
"""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.contract.acl import tokens

_KEYS = "~* &* -@all"
# redis-cli --rdb is a replica that asks for one copy; which pod it asks is found by INFO
_BACKUP = "+info +ping +replconf +sync"
# @read: values are compared, whatever their type
_RESTORE = "+@read +bgrewriteaof +bgsave +config|get +config|set +replicaof +select"
# writers are held back, and cut off; the way back is followed by its events
_MIGRATION = """
    +client|kill +client|list +client|pause +client|setname +client|unpause +command +function|dump +function|restore
    +psubscribe +restore +time +unlink +wait
"""
# shards are found, and everybody is kept from their keys while they are filled
_OF_A_CLUSTER = """
    +acl|getuser +acl|load +acl|setuser +acl|users +cluster|countkeysinslot +cluster|info +cluster|myid +cluster|nodes
    +cluster|slots +exec +multi
"""


def rules(*, clustered: bool, version: tuple[int, int]) -> str:
    """As ACL SETUSER takes them, of a release of Redis: none starts with a command that it does not know."""
    wanted = [_KEYS, _BACKUP, _RESTORE, _MIGRATION, *([_OF_A_CLUSTER] if clustered else [])]
    return " ".join(token.text for token in tokens(" ".join(wanted)) if token.since <= version)
