# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement of a cache at ElastiCache: as data, and on one screen for people. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from operator import attrgetter
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some, span
from ansible_collections.eks.redis.plugins.module_utils.exit import engines
from ansible_collections.eks.redis.plugins.module_utils.exit.breaks import breaks
from ansible_collections.eks.redis.plugins.module_utils.exit.derive import derive
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group
from ansible_collections.eks.redis.plugins.module_utils.exit.ways import Way, recommended, ways

_WORDS = (
    ("bytes", "{} of memory in the largest shard", size),
    ("items", "{} keys in the largest shard", "{:.0f}".format),
    ("writes", "{} writes/s", "{:.0f}".format),
    ("reads", "{} reads/s", "{:.0f}".format),
    ("network_in", "{}/s in", size),
    ("network_out", "{}/s out", size),
    ("connections", "{} connections", "{:.0f}".format),
    ("evictions", "{} evictions/s", "{:.1f}".format),
)


def report(group: Group) -> dict[str, Any]:
    """``{maps, dropped, breaks, ways, recommended, summary}``, as module replication_group_info returns them."""
    derived, found = derive(group), ways(group)
    told = {
        "maps": [
            {"document": line.document, "path": line.path, "value": line.value, "origin": line.origin}
            for line in derived.lines
        ],
        "dropped": [asdict(each) for each in derived.dropped],
        "breaks": breaks(group),
        "ways": {way.name: _way(way) for way in found},
        "recommended": recommended(found),
    }
    return {**told, "summary": [" ".join(line.split()) for line in _lines(group, told, found)]}


def what(group: Group) -> str:
    """What it is called."""
    return f"{'serverless cache' if group.serverless else 'replication group'} {group.id} in {group.region}"


def seconds(number: float | None) -> str:
    """For people; tenths below ten."""
    if number is None:
        return "not known"
    return f"{number:.1f} s" if number < 10 else span(number)


def _way(way: Way) -> dict[str, Any]:
    forecast = way.forecast
    return {
        "possible": way.possible,
        "blocked": list(way.blocked),
        "needed": list(way.needed),
        "missing": list(way.missing),
        "seconds": forecast.seconds,
        "freeze_seconds": forecast.freeze,
        "freeze_keys": forecast.keys,
        "steps": [asdict(step) for step in forecast.steps],
    }


def _lines(group: Group, told: dict[str, Any], found: tuple[Way, ...]) -> Iterator[str]:
    yield f"{what(group)}: {', '.join(_facts(group))}"
    used = ", ".join(_used(group)) or "CloudWatch has no values"
    yield f"used in {some(group.usage.days, 'day')}, at most: {used}"
    best = next((way for way in found if way.name == told["recommended"]), None)
    freeze = f"the way {best.name}, freeze {seconds(best.forecast.freeze)}" if best else "none, see below"
    yield f"recommended: {freeze}"
    for each in group.parameters.changed if group.parameters else ():
        yield f"parameter {each.name}: {each.value or 'empty'}, default {each.default or 'empty'} ({each.type})"
    for line in told["maps"]:
        value = line["value"] if isinstance(line["value"], str) else json.dumps(line["value"])
        yield f"maps: {line['path']}: {value} ({line['origin']})"
    for each in told["dropped"]:
        yield f"does not map: {each['what']}: {each['reason']}"
    for line in told["breaks"]:
        yield f"clients notice: {line}"
    for way in found:
        yield from _of_way(way)


def _facts(group: Group) -> Iterator[str]:
    yield engines.name(group.engine, group.version)
    if group.node_type:
        yield group.node_type
    yield "serverless" if group.serverless else f"cluster mode {group.cluster_mode}"
    if group.shards:
        yield f"{some(len(group.shards), 'shard')} with {some(group.replicas, 'replica')}"
    if group.zones:
        yield f"in {', '.join(group.zones)}"
    yield f"TLS {group.tls or 'off'}"
    users = f"users of {', '.join(group.user_groups)}" if group.user_groups else "no password"
    yield "AUTH token" if group.auth_token else users
    if group.memory.usable_bytes:
        yield f"{size(group.memory.usable_bytes)} for data{' in all' if group.serverless else ' in a node'}"
    yield group.status


def _used(group: Group) -> Iterator[str]:
    for name, words, shown in _WORDS:
        largest = group.largest(attrgetter(name))
        if largest is not None:
            yield words.format(shown(largest))


def _of_way(way: Way) -> Iterator[str]:
    if not way.possible:
        for reason in way.blocked:
            yield f"way {way.name}: not possible: {reason}"
        return
    forecast = way.forecast
    keys = f", {forecast.keys} keys" if forecast.keys is not None else ""
    yield (
        f"way {way.name}: possible; freeze, in which nobody may write: {seconds(forecast.freeze)}{keys}, and what "
        f"clients take to connect; in all: {seconds(forecast.seconds)}"
    )
    for step in forecast.steps:
        frozen = " of the freeze" if step.frozen else ""
        yield f"way {way.name}: {step.name}: {seconds(step.seconds)}{frozen} ({step.how})"
    for need in way.needed:
        yield f"way {way.name} needs: {need}"
