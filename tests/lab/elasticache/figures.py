"""What ElastiCache tells CloudWatch of its nodes, which the stand-in's do not by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

NAMESPACE = "AWS/ElastiCache"
HOURS = 48  # less than a day of them does not count
_AT_ONCE = 500  # values in a call
# of a node, as it tells them each minute
FIGURES: Mapping[str, float] = {
    "BytesUsedForCache": 100e6,
    "CurrItems": 20_000,
    "SetTypeCmds": 6_000,
    "GetTypeCmds": 24_000,
    "NetworkBytesIn": 3e6,
    "NetworkBytesOut": 12e6,
    "CurrConnections": 20,
    "EngineCPUUtilization": 5,
    "Evictions": 0,
}


def put(cloudwatch: Any, nodes: Iterable[str], now: datetime) -> None:
    """Values of each hour up to now. cloudwatch: a client of boto3. nodes: names of cache clusters."""
    data = [
        {
            "MetricName": name,
            "Dimensions": [{"Name": "CacheClusterId", "Value": node}, {"Name": "CacheNodeId", "Value": "0001"}],
            "Timestamp": now - timedelta(hours=hour),
            "Value": value,
        }
        for node in nodes
        for name, value in FIGURES.items()
        for hour in range(HOURS)
    ]
    for at in range(0, len(data), _AT_ONCE):
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[at : at + _AT_ONCE])
