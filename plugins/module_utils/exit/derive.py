# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the facts of a cache at ElastiCache to a flavour and a root, each value with where it comes from. Pure.

Every row of the mapping is a function below. What has no place in a flavour is told with the reason why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.words import some
from ansible_collections.eks.redis.plugins.module_utils.exit import engines, parameters, sizing, windows
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import COMPATIBLE, PREFERRED, Group
from ansible_collections.eks.redis.plugins.module_utils.exit.no_place import no_place
from ansible_collections.eks.redis.plugins.module_utils.exit.rows import (
    CONFIG,
    FLAVOUR,
    NOTHING,
    ROOT,
    Dropped,
    Line,
    Rows,
    Wanted,
    document,
)

_REPLICAS = 5  # the most that the contract and ElastiCache (CreateReplicationGroup: 0 to 5) have
_ZONE = "topology.kubernetes.io/zone"
_DAYS = range(1, 366)  # contract: backup.retention


@dataclass(frozen=True)
class Derived:
    """flavour, root: as the contract takes them. lines: their values in order, with their origins."""

    lines: tuple[Line, ...]
    dropped: tuple[Dropped, ...]

    @property
    def flavour(self) -> dict[str, Any]:
        """As a document."""
        return document(self.lines, FLAVOUR)

    @property
    def root(self) -> dict[str, Any]:
        """As a document."""
        return document(self.lines, ROOT)


def derive(group: Group, wanted: Wanted = NOTHING) -> Derived:
    """What the group becomes. It always passes the contract's check: directives that it refuses are dropped."""
    rows = [row for rule in _RULES for row in rule(group, wanted)]
    lines = [row for row in rows if isinstance(row, Line)]
    dropped = [row for row in rows if isinstance(row, Dropped)]
    for path, reason in _refused(lines):
        lines = [line for line in lines if line.path != path]
        dropped.append(Dropped(f"parameter {path.partition('.')[2]}", reason))
    return Derived(tuple(lines), tuple(dropped))


def _refused(lines: list[Line]) -> list[tuple[str, str]]:
    """Directives that the contract refuses for this instance, such as more replicas to write to than there are."""
    found = resolve(document(lines, FLAVOUR), document(lines, ROOT), name="redis", namespace="redis")
    return [(each.path, each.message) for each in found.errors if each.path.startswith(f"{CONFIG}.")]


def mode(group: Group) -> str:
    """``cluster``, ``sentinel`` or ``standalone``."""
    if group.sharded:
        return "cluster"
    return "sentinel" if group.replicas and group.automatic_failover else "standalone"


def _mode(group: Group, _wanted: Wanted) -> Rows:
    found = mode(group)
    origin = f"cluster mode {group.cluster_mode}" if not group.serverless else "serverless: it speaks as a cluster"
    if found == "cluster":
        compatible = ", clients without cluster support must go" if group.cluster_mode == COMPATIBLE else ""
        yield Line(FLAVOUR, "deployment.mode", found, origin + compatible)
        yield Line(ROOT, "clusterModeEnabled", True, origin)
        return
    if found == "sentinel":
        origin += ", AutomaticFailover enabled"
    elif group.replicas:
        origin += ", AutomaticFailover disabled: nobody fails over; sentinel would"
    else:
        origin += ", no replicas"
    yield Line(FLAVOUR, "deployment.mode", found, origin)


def _replicas(group: Group, _wanted: Wanted) -> Rows:
    most = min(group.replicas, _REPLICAS)
    uneven = len({shard.replicas for shard in group.shards}) > 1
    origin = "members of a NodeGroup beside its primary" + (", of the one that has most" if uneven else "")
    found = mode(group)
    if found == "cluster":
        shards = sizing.shards(group)
        yield Line(FLAVOUR, "deployment.config.numShards", int(shards.value), shards.origin)
        if group.serverless:
            most, origin = 1, "serverless: AWS keeps the data more than once, and does not tell how often"
        yield Line(FLAVOUR, "deployment.config.replicasPerShard", most, origin)
    elif most:
        yield Line(FLAVOUR, "deployment.config.replica.count", most, origin)


def _count(group: Group) -> int:
    return int(sizing.shards(group).value) if group.sharded else 1


def _resources(group: Group, _wanted: Wanted) -> Rows:
    cpu, memory = sizing.cpu(group), sizing.memory(group, _count(group))
    if cpu:
        yield Line(FLAVOUR, "master.resources.requests.cpu", cpu.value, cpu.origin)
        origin = "one core for commands, one for the child that writes a snapshot"
        yield Line(FLAVOUR, "master.resources.limits.cpu", sizing.CPU_LIMIT, origin)
    if not memory:
        yield Dropped("memory", "neither that of the node nor its use is known: set master.resources")
        return
    whole = "as the limit, so that the node keeps it free"
    yield Line(FLAVOUR, "master.resources.requests.memory", memory.value, whole)
    yield Line(FLAVOUR, "master.resources.limits.memory", memory.value, memory.origin)
    disk = sizing.disk(memory.value)
    yield Line(FLAVOUR, "persistence.size", disk.value, disk.origin)


def _append_only(group: Group, _wanted: Wanted) -> Rows:
    if group.value("appendonly") == "yes":
        yield Line(FLAVOUR, "persistence.aof.enabled", True, "parameter appendonly")
        if group.value("appendfsync") in ("always", "everysec", "no"):
            yield Line(FLAVOUR, "persistence.aof.fsyncPolicy", group.value("appendfsync"), "parameter appendfsync")


def _zones(group: Group, _wanted: Wanted) -> Rows:
    pods = _count(group) * (1 + (1 if group.serverless else min(group.replicas, _REPLICAS)))
    several = len(group.zones) > 1
    if pods == 1 or not (group.multi_az or several):
        return
    # Multi-AZ promises that a replica is in another zone; nodes that happen to be in several promise nothing
    strict = group.multi_az and not group.serverless
    constraint = {
        "maxSkew": 1,
        "topologyKey": _ZONE,
        "whenUnsatisfiable": "DoNotSchedule" if strict else "ScheduleAnyway",
    }
    where = f", nodes in {', '.join(group.zones)}" if group.zones else ""
    origin = f"MultiAZ {'enabled' if group.multi_az else 'disabled'}{where}"
    yield Line(FLAVOUR, "topologySpreadConstraints", [constraint], origin)


def _backup(group: Group, wanted: Wanted) -> Rows:
    days = group.snapshots.retention_days
    if not days:
        yield Dropped("snapshots", "SnapshotRetentionLimit is 0, there are none: set backup to have them")
        return
    reason = "" if wanted.bucket else "; name a bucket to have them"
    origin = f"automatic snapshots are kept {some(days, 'day')}{reason}"
    yield Line(FLAVOUR, "backup.enabled", bool(wanted.bucket), origin)
    if wanted.bucket:
        yield Line(FLAVOUR, "backup.s3Bucket", wanted.bucket, "the bucket that was named")
        yield Line(FLAVOUR, "backup.s3Region", group.region, "the region of the group")
    if every := windows.schedule(group.snapshots.window):
        yield Line(FLAVOUR, "backup.schedule", every, f"begin of the snapshot window {group.snapshots.window} UTC")
    yield Line(FLAVOUR, "backup.retention", min(days, _DAYS.stop - 1), "SnapshotRetentionLimit")


def _config(group: Group, _wanted: Wanted) -> Rows:
    release = engines.target(group.engine, group.version)
    if not (group.parameters and release):
        return
    found = parameters.carried(group.parameters, release, cluster=group.sharded)
    for name, value in found.directives.items():
        yield Line(FLAVOUR, f"{CONFIG}.{name}", value, found.origins[name])
    for name, reason in found.dropped.items():
        yield Dropped(f"parameter {name}", reason)


def _version(group: Group, _wanted: Wanted) -> Rows:
    release = engines.target(group.engine, group.version)
    source = engines.name(group.engine, group.version)
    if release:
        written = engines.source_rdb(group.engine, group.version)
        yield Line(ROOT, "version", release, f"{source}, of which Redis {release} reads the data ({written})")
    else:
        yield Dropped(f"engine {source}", "no Redis reads what it writes")


def _password(group: Group, wanted: Wanted) -> Rows:
    open_to_all = all(user.authentication == "no-password" for user in group.users)
    if not (group.auth_token or (group.users and not open_to_all)):
        return
    why = "AuthTokenEnabled" if group.auth_token else f"user group {', '.join(group.user_groups)}"
    yield Line(ROOT, "authentication.enabled", True, why)
    secret = wanted.secret or f"{group.id}-token"
    origin = "AWS does not give a token away: make this Secret, with the token under the key password"
    yield Line(ROOT, "authentication.existingSecret.name", secret, origin)


def _transit(group: Group, _wanted: Wanted) -> Rows:
    if not group.tls:
        return
    why = f"TransitEncryptionEnabled, mode {group.tls}"
    if group.tls == PREFERRED:
        why += ": an instance takes connections with TLS, or with false those without, and never both"
    signed = "a CA of the instance's own signs, unless existingSecret or issuer name another"
    yield Line(ROOT, "transitEncryption.enabled", True, f"{why}; {signed}")


_RULES: tuple[Callable[[Group, Wanted], Rows], ...] = (
    _version,
    _password,
    _transit,
    _mode,
    _replicas,
    _resources,
    _append_only,
    _zones,
    _backup,
    _config,
    no_place,
)
