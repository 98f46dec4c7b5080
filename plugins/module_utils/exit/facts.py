# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What decides of a cache at ElastiCache, as data. Pure.

The names are those that module replication_group_info returns; facts may have been kept in a file in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import records
from ansible_collections.eks.redis.plugins.module_utils.exit.reading import FactsError, read

DISABLED, ENABLED, COMPATIBLE = "disabled", "enabled", "compatible"
REDIS, VALKEY = "redis", "valkey"
PREFERRED = "preferred"  # of TransitEncryptionMode: connections with TLS and without
SECONDARY = "SECONDARY"


@dataclass(frozen=True)
class Figure:
    """Over the time looked at; None where CloudWatch has no value."""

    maximum: float | None = None
    average: float | None = None


@dataclass(frozen=True)
class Load:
    """What CloudWatch tells of a shard, of its busiest node where several tell.

    Sizes in bytes; commands and network a second, the maximum in the busiest minute; evictions in keys a second;
    engine_cpu in percent of one core; json: commands of the JSON type a second.
    """

    bytes: Figure = field(default_factory=Figure)
    items: Figure = field(default_factory=Figure)
    writes: Figure = field(default_factory=Figure)
    reads: Figure = field(default_factory=Figure)
    network_in: Figure = field(default_factory=Figure)
    network_out: Figure = field(default_factory=Figure)
    evictions: Figure = field(default_factory=Figure)
    connections: Figure = field(default_factory=Figure)
    engine_cpu: Figure = field(default_factory=Figure)
    json: Figure = field(default_factory=Figure)


@dataclass(frozen=True)
class Usage:
    """days: how far back was looked. hours: of how many hours there are values. shards: by the shard's id."""

    days: int
    hours: int
    shards: Mapping[str, Load]


@dataclass(frozen=True)
class Shard:
    """slots: as AWS tells them, such as ``0-5460``; None with cluster mode disabled. zones: of its nodes."""

    id: str
    slots: str | None
    replicas: int
    zones: tuple[str, ...]


@dataclass(frozen=True)
class Parameter:
    """One whose value is not the default. takes_effect: ``immediate`` or ``requires-reboot``."""

    name: str
    value: str
    default: str | None
    type: str
    takes_effect: str


@dataclass(frozen=True)
class Parameters:
    """A parameter group. values: all of them, as they are in force."""

    group: str
    family: str
    changed: tuple[Parameter, ...]
    values: Mapping[str, str]


@dataclass(frozen=True)
class Memory:
    """node_bytes: ``maxmemory`` of the node type. usable_bytes: of it, what is not reserved. Serverless: its limit."""

    node_bytes: int | None = None
    usable_bytes: int | None = None


@dataclass(frozen=True)
class User:
    """Of RBAC. access: its access string. authentication: ``password``, ``no-password`` or ``iam``."""

    id: str
    name: str
    access: str
    authentication: str


@dataclass(frozen=True)
class Snapshots:
    """retention_days: 0 for none. window: in UTC, ``03:00-05:00``, of a serverless cache ``03:00``, or empty."""

    retention_days: int
    window: str


@dataclass(frozen=True)
class GlobalDatastore:
    """role: ``PRIMARY`` or ``SECONDARY``."""

    id: str
    role: str


@dataclass(frozen=True)
class Log:
    """A log that is delivered. type: ``slow-log`` or ``engine-log``."""

    type: str
    destination: str
    target: str


@dataclass(frozen=True)
class Group:
    """A replication group, or a serverless cache.

    tls: ``required``, ``preferred`` or None for none. kms_key: of the data at rest, None for AWS's own or none.
    durability: ``sync`` where a write is acknowledged when it cannot be lost, None where AWS does not say.
    endpoint: ``HOST:PORT`` that clients are given; nodes: likewise of each node, none of a serverless cache, and of a
    node that AWS does not tell it of. parameters, node_type: None of a serverless cache. shards: none of a serverless
    cache, AWS keeps them to itself.
    """

    id: str
    arn: str
    region: str
    status: str
    serverless: bool
    engine: str
    version: str
    node_type: str | None
    cluster_mode: str
    shards: tuple[Shard, ...]
    automatic_failover: bool
    multi_az: bool
    port: int
    tls: str | None
    auth_token: bool
    user_groups: tuple[str, ...]
    users: tuple[User, ...]
    at_rest: bool
    kms_key: str | None
    parameters: Parameters | None
    memory: Memory
    snapshots: Snapshots
    maintenance_window: str
    data_tiering: bool
    durability: str | None
    global_datastore: GlobalDatastore | None
    log_delivery: tuple[Log, ...]
    security_groups: tuple[str, ...]
    usage: Usage
    endpoint: str = ""
    nodes: tuple[str, ...] = ()

    @property
    def sharded(self) -> bool:
        """Whether clients of clusters are used: a serverless cache speaks as a cluster."""
        return self.serverless or self.cluster_mode != DISABLED

    @property
    def replicas(self) -> int:
        """Of the shard that has most."""
        return max((shard.replicas for shard in self.shards), default=0)

    @property
    def zones(self) -> tuple[str, ...]:
        """Of all nodes."""
        return tuple(sorted({zone for shard in self.shards for zone in shard.zones}))

    def value(self, parameter: str) -> str:
        """Of a parameter in force; empty where there is none of that name."""
        return self.parameters.values.get(parameter, "") if self.parameters else ""

    def loads(self, pick: Callable[[Load], Figure]) -> list[Figure]:
        """One figure of every shard that has it."""
        found = (pick(load) for load in self.usage.shards.values())
        return [figure for figure in found if figure.maximum is not None]

    def largest(self, pick: Callable[[Load], Figure]) -> float | None:
        """The highest value of any shard."""
        return max(_maxima(self.loads(pick)), default=None)

    def total(self, pick: Callable[[Load], Figure]) -> float | None:
        """The highest values of all shards together: no less than there ever was at one time."""
        figures = self.loads(pick)
        return sum(_maxima(figures)) if figures else None

    def as_dict(self) -> dict[str, Any]:
        """As the module returns it."""
        found: dict[str, Any] = records.plain(self)
        return found


def group(value: Any) -> Group:
    """From the module's result, or its member ``group``. Errors: FactsError."""
    found = value["group"] if isinstance(value, Mapping) and "group" in value else value
    if not isinstance(found, Mapping):
        raise FactsError("the input is not a result of eks.redis.replication_group_info")
    made = read(Group, found, "group")
    if made.engine not in (REDIS, VALKEY):
        raise FactsError(f"group.engine: {made.engine!r} is no engine to move from; allowed: {REDIS}, {VALKEY}")
    return made


def _maxima(figures: Iterable[Figure]) -> list[float]:
    return [figure.maximum for figure in figures if figure.maximum is not None]
