# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the source can be copied into the target, found out before anything is written, and what else there is to
know of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath import rdb
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Primary, Side

_OLDEST = (6, 2)  # CLIENT PAUSE … WRITE
_MOMENTS = (7, 0)  # PEXPIRETIME, functions
_EVENTS = frozenset("g$lshzxet")  # "A" stands for all of these
_SKEW = 100  # milliseconds; less may be the way to the servers and back


@dataclass(frozen=True)
class Known:
    """moments: whether the source tells when keys expire; functions: whether both sides have them. skew: milliseconds
    that the target's clock is ahead of the source's."""

    moments: bool
    functions: bool
    skew: int


def check(
    source: Side, primaries: Sequence[Primary], target: Side, masters: Sequence[Primary], *, copies: bool = True
) -> Known:
    """copies: key by key; else another way is found for the data. Errors: JobError with all that is in the way."""
    links = [source.link(one) for one in primaries], [target.link(one) for one in masters]
    infos = [[link.fields("INFO", "all") for link in some] for some in links]
    problems = [*_same(primaries, masters, source), *_pausing(source, infos[0][0])]
    if copies:
        problems += [
            *_reading(source, infos[0][0], target, infos[1][0]),
            *_databases(source, infos[0], target, masters),
            *_room(source, infos[0], target, infos[1]),
            *_events(links[0][0]),
        ]
    if problems:
        raise JobError("; ".join(problems))
    versions = [_version(info[0]) for info in infos]
    skew = _clock(links[1][0]) - _clock(links[0][0])
    for link in (*links[0], *links[1]):
        link.close()
    return Known(
        moments=versions[0] >= _MOMENTS,
        functions=min(versions) >= _MOMENTS,
        skew=skew if abs(skew) > _SKEW else 0,
    )


def _same(primaries: Sequence[Primary], masters: Sequence[Primary], source: Side) -> list[str]:
    both = {one.run for one in primaries} & {one.run for one in masters}
    return [f"source and target are the same Redis: {source.what}"] if both else []


def _pausing(source: Side, info: Mapping[str, str]) -> list[str]:
    if _version(info) < _OLDEST:
        return [
            f"{source.what} is Redis {info['redis_version']}: writes can be held back since 6.2 only: upgrade it "
            "first, or stop the writers yourself and move by snapshot_export and restore"
        ]
    return []


def _reading(source: Side, info: Mapping[str, str], target: Side, its: Mapping[str, str]) -> list[str]:
    problem = rdb.can_load(rdb.written_by(*_engine(info)), *_engine(its))
    return [f"{target.what} does not read what {source.what} writes: {problem}"] if problem else []


def _databases(source: Side, infos: Sequence[Mapping[str, str]], target: Side, masters: Sequence[Primary]) -> list[str]:
    sharded = masters[0].slots != EVERY or len(masters) > 1
    used = sorted({name for info in infos for name in info if name.startswith("db") and name[2:].isdigit()} - {"db0"})
    if not used or not sharded:
        return []
    numbers = ", ".join(name.removeprefix("db") for name in used)
    return [f"{source.what} has keys in database {numbers}: a cluster has database 0 only; move them to it first"]


def _room(
    source: Side, infos: Sequence[Mapping[str, str]], target: Side, its: Sequence[Mapping[str, str]]
) -> list[str]:
    needed = sum(int(info["used_memory_dataset"]) for info in infos)
    limits = [int(info["maxmemory"]) for info in its]
    if all(limits) and needed > sum(limits):
        return [f"{source.what} holds {needed} bytes of data, {target.what} has room for {sum(limits)} (maxmemory)"]
    return []


def _events(link: Link) -> list[str]:
    """Where it can be asked: ElastiCache has no CONFIG, there it shows when something is written (watch.py)."""
    try:
        found = link.ask("CONFIG", "GET", "notify-keyspace-events")
    except Refusal:
        return []
    letters = set(found[1].decode()) if found else set()
    if "E" in letters and ("A" in letters or letters >= _EVENTS):
        return []
    return [f"{link.what}: notify-keyspace-events is '{''.join(sorted(letters))}', it must hold A and E"]


def _engine(info: Mapping[str, str]) -> tuple[str, str]:
    return ("valkey", info["valkey_version"]) if "valkey_version" in info else ("redis", info["redis_version"])


def _version(info: Mapping[str, str]) -> tuple[int, int]:
    major, minor = info["redis_version"].split(".")[:2]
    return int(major), int(minor)


def _clock(link: Link) -> int:
    seconds, micros = link.ask("TIME")
    return int(seconds) * 1000 + int(micros) // 1000
