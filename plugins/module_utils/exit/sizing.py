# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory, disk and CPU a pod gets: by what the node held and what was used, with the arithmetic. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group

MAXMEMORY_PERCENT = 76  # of the memory limit; see topology/operator.py
_GROWTH = 1.5
_ENOUGH = 24  # hours; less has not seen a day's peak
_MEBI, _GIBI = 2**20, 2**30
_STEP = 64 * _MEBI
_LEAST = 256 * _MEBI
# what one shard of a serverless cache is made to hold: it loads in 72 s at 149 MB/s (peers sheet §3.3)
SHARD = 10 * _GIBI
SHARDS = range(3, 501)  # contract: deployment.config.numShards
_LEAST_DISK = 10  # GiB, the contract's default
# the busiest minute, and a quarter more; never less than what keeps PING prompt, never more than the one thread uses
_CPU_GROWTH, _LEAST_CPU, _MOST_CPU, _CPU_STEP = 1.25, 250, 1000, 50
CPU_LIMIT = "2"


@dataclass(frozen=True)
class Sized:
    """A quantity as the contract writes it, and where it comes from."""

    value: str
    origin: str


def shards(group: Group) -> Sized:
    """Of a cluster."""
    if group.serverless:
        wanted = _wanted(group.total(lambda load: load.bytes), group.memory.usable_bytes, _doubtful(group))
        count = min(max(ceil((wanted or 0) / SHARD), SHARDS.start), SHARDS.stop - 1)
        held = f"of {size(SHARD)} at most" if wanted else "the least that a cluster has"
        return Sized(str(count), f"serverless: AWS does not tell its shards; {held}")
    count = len(group.shards)
    if count < SHARDS.start:
        return Sized(str(SHARDS.start), f"{count} at ElastiCache; a Redis cluster needs {SHARDS.start} masters")
    return Sized(str(min(count, SHARDS.stop - 1)), "NodeGroups, as many")


def memory(group: Group, count: int) -> Sized | None:
    """The memory limit of a Redis pod; None where neither the node nor its use is known.

    count: of shards that there will be, 1 without cluster.
    """
    usable, largest = group.memory.usable_bytes, group.largest(lambda load: load.bytes)
    node = f"{group.node_type} holds {size(usable)} of data" if usable and group.node_type else ""
    if group.serverless or count != max(len(group.shards), 1):
        # AWS tells no shards, or there will be more: each gets its part of all
        total = group.total(lambda load: load.bytes)
        largest = total / count if total is not None else None
        whole = usable if group.serverless else (usable or 0) * max(len(group.shards), 1)
        usable = ceil(whole / count) if whole else None
        node = f"of {count} shards each has at most {size(usable)}" if usable else ""
    doubt = _doubtful(group)
    wanted = _wanted(largest, usable, doubt)
    if wanted is None or (group.data_tiering and largest is None):  # what memory holds is not all of the data
        return None
    limit = max(ceil(wanted * 100 / MAXMEMORY_PERCENT / _STEP) * _STEP, _LEAST)
    used = "its use is not known" if largest is None else f"at most {size(largest)} was used in {group.usage.days} days"
    used += f", and {doubt}" if doubt and largest is not None else ""
    facts = "; ".join(part for part in (node, used) if part)
    how = f"{size(wanted)} for data ({_words(largest, usable, doubt)}) is {MAXMEMORY_PERCENT} % of the limit"
    return Sized(_quantity(limit), f"{facts}; {how}")


def disk(limit: str) -> Sized:
    """The volume of a pod. limit: its memory limit."""
    gibi = ceil(_bytes(limit) * 2 / _GIBI)
    origin = "ElastiCache keeps no files; twice the memory limit: a snapshot, and the next one while it is written"
    return Sized(f"{max(gibi, _LEAST_DISK)}Gi", origin)


def cpu(group: Group) -> Sized | None:
    """The CPU request; None where the use is not known."""
    peak = group.largest(lambda load: load.engine_cpu)
    if peak is None:
        return None
    milli = ceil(peak * 10 * _CPU_GROWTH / _CPU_STEP) * _CPU_STEP
    milli = min(max(milli, _LEAST_CPU), _MOST_CPU)
    return Sized(f"{milli}m", f"EngineCPUUtilization: at most {peak:.0f} % of a core in {group.usage.days} days")


def _doubtful(group: Group) -> str:
    """Why what was used says nothing of what is needed; empty where it does."""
    if (group.largest(lambda load: load.evictions) or 0) > 0:
        return "it evicts keys"
    if group.usage.hours < _ENOUGH:
        return f"only {some(group.usage.hours, 'hour')} of it are known"
    return ""


def _wanted(used: float | None, usable: int | None, doubt: str) -> int | None:
    """Bytes of data that there is to be room for."""
    if used is None or _all_of(used, usable, doubt):
        return usable
    return ceil(used * _GROWTH)


def _words(used: float | None, usable: int | None, doubt: str) -> str:
    return "all that it holds" if used is None or _all_of(used, usable, doubt) else f"{_GROWTH:g} times what was used"


def _all_of(used: float, usable: int | None, doubt: str) -> bool:
    """Whether as much is wanted as there is; never where a part of the data was on disks: that is too little."""
    return usable is not None and used <= usable and (bool(doubt) or used * _GROWTH > usable)


def _quantity(octets: int) -> str:
    return f"{octets // _GIBI}Gi" if octets % _GIBI == 0 else f"{octets // _MEBI}Mi"


def _bytes(quantity: str) -> int:
    return int(quantity[:-2]) * (_GIBI if quantity.endswith("Gi") else _MEBI)
