# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a way needs of a cache, and AWS says that it is not so; with the command that makes it so. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group

READY = "available"
EVENTS = "notify-keyspace-events"
# "A" stands for all of these, and "E" says that events are published by the name of the event (redis.conf)
_EVERY = frozenset("g$lshzxet")
_DEFAULT = "default."  # CreateCacheParameterGroup: groups of AWS's own begin so, and nobody can change them


def unready(group: Group) -> Iterator[str]:
    """Nothing can be asked of a cache that AWS is at work on."""
    if group.status != READY:
        kind = "serverless cache" if group.serverless else "replication group"
        yield f"{kind} {group.id} is {group.status}: wait until it is {READY}"


def no_events(group: Group) -> bool:
    """Whether the live way would not hear of all changes."""
    letters = set(group.value(EVENTS))
    return "E" not in letters or not ("A" in letters or letters >= _EVERY)


def events(group: Group) -> Iterator[str]:
    """The commands that have it publish events. None of a serverless cache, for which there are none."""
    if group.parameters is None or not no_events(group):
        return
    given, name = group.value(EVENTS), group.parameters.group
    wanted = "".join(sorted({*given, "A", "E"} - _EVERY))
    if not name.startswith(_DEFAULT):
        yield f"{EVENTS} is '{given}', it must hold A and E: {_modify(group, name, wanted)}"
        return
    own = f"{group.id}-exit"
    # a group of one's own has cluster mode disabled at first
    more = ("cluster-enabled", "yes") if group.sharded else ()
    yield (
        f"{EVENTS} is '{given}', it must hold A and E; {name} is a group of AWS's own, which cannot be changed: aws "
        f"elasticache create-cache-parameter-group --region {group.region} --cache-parameter-group-name {own} "
        f"--cache-parameter-group-family {group.parameters.family} --description exit; "
        f"{_modify(group, own, wanted, *more)}; aws elasticache modify-replication-group --region {group.region} "
        f"--replication-group-id {group.id} --cache-parameter-group-name {own} --apply-immediately"
    )


def _modify(group: Group, name: str, wanted: str, *more: str) -> str:
    """more: another parameter, and its value."""
    pairs = ((EVENTS, wanted), *zip(more[::2], more[1::2], strict=True))
    values = " ".join(f"ParameterName={key},ParameterValue={value}" for key, value in pairs)
    return (
        f"aws elasticache modify-cache-parameter-group --region {group.region} --cache-parameter-group-name {name} "
        f"--parameter-name-values {values}"
    )
