# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What CloudWatch tells of caches. Sources: ElastiCache User Guide, "Metrics for Valkey and Redis OSS", "Host-Level
Metrics" and "Dimensions for ElastiCache Metrics"; CloudWatch API Reference, GetMetricData."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from statistics import fmean
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

_NAMESPACE = "AWS/ElastiCache"
_PERIOD = 3600  # seconds: the finest that is kept for as long as anybody may ask, 455 days
_AT_ONCE = 500  # queries in a call
_MINUTE = 60
# member of exit/facts.py's Load -> metric, and the seconds that one value counts over: they come once a minute
_METRICS: dict[str, tuple[str, int]] = {
    "bytes": ("BytesUsedForCache", 1),
    "items": ("CurrItems", 1),
    "writes": ("SetTypeCmds", _MINUTE),
    "reads": ("GetTypeCmds", _MINUTE),
    "network_in": ("NetworkBytesIn", _MINUTE),
    "network_out": ("NetworkBytesOut", _MINUTE),
    "evictions": ("Evictions", _MINUTE),
    "connections": ("CurrConnections", 1),
    "engine_cpu": ("EngineCPUUtilization", 1),
    "json": ("JsonBasedCmds", _MINUTE),
}
_SIZES = ("bytes", "items")
_TIER = "Tier"
_STATISTICS = ("Maximum", "Average")
Dimensions = Mapping[str, str]


class Node(NamedTuple):
    """shard: its id. sizes: the dimensions that its sizes are told with, to be added up: one, or one of each tier."""

    shard: str
    dimensions: Dimensions
    sizes: tuple[Dimensions, ...]


class _Query(NamedTuple):
    node: int
    figure: str
    statistic: str
    dimensions: Dimensions


def usage(aws: Aws, nodes: Sequence[Node], days: int, until: datetime) -> dict[str, Any]:
    """The facts ``usage``. until: the end of the time that is looked at, in UTC."""
    queries = [
        _Query(number, figure, statistic, dimensions)
        for number, each in enumerate(nodes)
        for figure in _METRICS
        for dimensions in (each.sizes if figure in _SIZES else (each.dimensions,))
        for statistic in _STATISTICS
    ]
    end = until.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    blocks = [queries[at : at + _AT_ONCE] for at in range(0, len(queries), _AT_ONCE)]
    answers = side_by_side(partial(_ask, aws, block, end - timedelta(days=days), end) for block in blocks)
    values = [(query, found) for answer in answers for query, found in answer]
    hours = max((len(found) for query, found in values if query.figure == "bytes"), default=0)
    shards: dict[str, dict[str, Any]] = {}
    for number, each in enumerate(nodes):
        told = [(query, found) for query, found in values if query.node == number]
        of_node = {figure: _figure([one for one in told if one[0].figure == figure]) for figure in _METRICS}
        before = shards.get(each.shard, of_node)
        shards[each.shard] = {figure: _higher(before[figure], of_node[figure]) for figure in _METRICS}
    return {"days": days, "hours": hours, "shards": shards}


def node(aws: Aws, shard: str, dimensions: Dimensions, *, tiered: bool) -> Node:
    """A node of a group. tiered: its size is told in parts, one of each tier."""
    if not tiered:
        return Node(shard, dimensions, (dimensions,))
    parts = [each for each in known(aws, dimensions) if _TIER in each]
    return Node(shard, dimensions, tuple(parts) or (dimensions,))


def serverless(aws: Aws, name: str) -> list[Node]:
    """A serverless cache. Its dimension is not in the guide: so it is looked for by its value."""
    return [Node("all", each, (each,)) for each in known(aws, {}) if list(each.values()) == [name]]


def known(aws: Aws, dimensions: Dimensions) -> list[Dimensions]:
    """All dimensions that a size is told with, of those that have these."""
    wanted = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    found = aws.pages(
        "cloudwatch",
        "list_metrics",
        "Metrics",
        Namespace=_NAMESPACE,
        MetricName=_METRICS["bytes"][0],
        **({"Dimensions": wanted} if wanted else {}),
    )
    told = (tuple((each["Name"], each["Value"]) for each in metric["Dimensions"]) for metric in found)
    return [dict(pairs) for pairs in dict.fromkeys(told)]


def _ask(aws: Aws, queries: Sequence[_Query], start: datetime, end: datetime) -> list[tuple[_Query, list[float]]]:
    """Each query with its values, one for each hour that has one."""
    asked = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": _NAMESPACE,
                    "MetricName": _METRICS[query.figure][0],
                    "Dimensions": [{"Name": name, "Value": value} for name, value in query.dimensions.items()],
                },
                "Period": _PERIOD,
                "Stat": query.statistic,
            },
        }
        for number, query in enumerate(queries)
    ]
    results = aws.pages(
        "cloudwatch", "get_metric_data", "MetricDataResults", MetricDataQueries=asked, StartTime=start, EndTime=end
    )
    values: list[list[float]] = [[] for _query in queries]
    for each in results:  # an answer of several pages tells of a query on more than one
        values[int(each["Id"][1:])] += each["Values"]
    return list(zip(queries, values, strict=True))


def _figure(told: Sequence[tuple[_Query, list[float]]]) -> dict[str, float | None]:
    """Of one node: the highest maximum, the mean of the averages, of tiers added up."""
    highest = [max(found) / _over(query) for query, found in told if query.statistic == "Maximum" and found]
    means = [fmean(found) / _over(query) for query, found in told if query.statistic == "Average" and found]
    return {"maximum": sum(highest) if highest else None, "average": sum(means) if means else None}


def _over(query: _Query) -> int:
    return _METRICS[query.figure][1]


def _higher(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> dict[str, float | None]:
    """Of the two nodes the one that has more, as a replica has the writes of its primary too."""
    pairs = {name: [value for value in (one[name], other[name]) if value is not None] for name in one}
    return {name: max(values, default=None) for name, values in pairs.items()}
