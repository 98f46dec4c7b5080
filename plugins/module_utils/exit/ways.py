# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ways out there are, and what stands in the way of each. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.exit import engines, missing, parameters, sizing
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import REDIS, SECONDARY, Group
from ansible_collections.eks.redis.plugins.module_utils.exit.forecast import Forecast, live, snapshot

SNAPSHOT, LIVE = "snapshot", "live"
# what the copier sends to the source (data path sheet §4.3)
_SENT = (
    "auth",
    "client",
    "command",
    "dump",
    "exists",
    "info",
    "memory",
    "ping",
    "psubscribe",
    "pttl",
    "scan",
    "select",
)
_PAUSES = (6, 2)  # since this release writers can be held back (redis.io, CLIENT PAUSE)


@dataclass(frozen=True)
class Way:
    """blocked: why it is not possible; none when it is. needed: what must be done first. missing: what of that is known
    not to be done, with the command that does it."""

    name: str
    blocked: tuple[str, ...]
    needed: tuple[str, ...]
    missing: tuple[str, ...]
    forecast: Forecast

    @property
    def possible(self) -> bool:
        """Whether nothing stands in its way."""
        return not self.blocked


def ways(group: Group) -> tuple[Way, ...]:
    """Both of them."""
    shards = int(sizing.shards(group).value) if group.sharded else 1
    by_snapshot = snapshot(group, shards)
    by_events = live(group)
    unready = tuple(missing.unready(group))
    without = (*unready, *missing.events(group))
    return (
        Way(LIVE, tuple(_no_live(group, by_events)), tuple(_live_needs(group)), without, by_events),
        Way(SNAPSHOT, tuple(_no_snapshot(group)), tuple(_snapshot_needs(group)), unready, by_snapshot),
    )


def recommended(found: tuple[Way, ...]) -> str | None:
    """The one with the shorter freeze; None where there is none."""
    return next((way.name for way in found if way.possible), None)


def _both(group: Group) -> Iterator[str]:
    if engines.target(group.engine, group.version) is None:
        source = engines.name(group.engine, group.version)
        yield f"no Redis reads what {source} writes ({engines.source_rdb(group.engine, group.version)})"
    if group.global_datastore and group.global_datastore.role == SECONDARY:
        yield (
            f"it is a secondary of global datastore {group.global_datastore.id}: its writers are elsewhere; move from "
            "the primary, or take it off the datastore first"
        )

    if (group.largest(lambda load: load.json) or 0) > 0:
        yield "it is used for JSON documents (JsonBasedCmds), a type of ElastiCache's that no Redis image here reads"


def _no_live(group: Group, forecast: Forecast) -> Iterator[str]:
    yield from _both(group)
    if group.serverless:
        # CreateServerlessCache takes no parameter group
        yield "a serverless cache has no parameter group, so that notify-keyspace-events cannot be switched on"
    if held := _no_pause(group):
        yield held
    names = parameters.renamed(group.parameters)
    if hidden := [f"{name.upper()} is {names[name]}" for name in _SENT if name in names]:
        yield f"commands that the copy needs have other names: {', '.join(hidden)}"
    if not forecast.converges:
        yield f"it would not come to an end: {forecast.why}"


def _no_pause(group: Group) -> str:
    """ "" where writers can be held back."""
    if group.engine == REDIS and engines.major_minor(group.version) < _PAUSES:
        return f"{engines.name(group.engine, group.version)} cannot hold writers back, which Redis does since 6.2"
    return ""


def _live_needs(group: Group) -> Iterator[str]:
    if group.serverless:
        return
    if missing.no_events(group):
        given = f"it is '{group.value(missing.EVENTS)}'"
        own = group.parameters is not None and not group.parameters.group.startswith("default.")
        how = "" if own else "; default groups cannot be changed: give the group one of your own first"
        yield f"{missing.EVENTS} must hold A and E ({given}), a change takes effect at once{how}"
    if group.users:
        named = ", ".join(user.name for user in group.users)
        yield f"a user who may read all keys, SCAN, DUMP and PSUBSCRIBE; there are: {named}"
    elif group.auth_token:
        yield "the AUTH token"
    if group.tls:
        yield "the certificate authority of Amazon in the pod that copies, for TLS to the source"
    if group.security_groups:
        yield f"port {group.port} open from the EKS nodes in {', '.join(group.security_groups)}"


def _no_snapshot(group: Group) -> Iterator[str]:
    yield from _both(group)
    if group.data_tiering:
        # ElastiCache User Guide, "Exporting a backup"
        yield "AWS does not export snapshots of groups with data tiering"


def _snapshot_needs(group: Group) -> Iterator[str]:
    if group.status != missing.READY:
        yield f"status {missing.READY}; it is {group.status}"
    # ElastiCache User Guide, "Exporting a backup"
    service = f"{group.region}.elasticache-snapshot.amazonaws.com"
    action = "ExportServerlessCacheSnapshot" if group.serverless else "CopySnapshot"
    yield f"a bucket in {group.region} whose policy lets {service} write"
    yield f"elasticache:{action}, and s3:ListAllMyBuckets on *, for whoever exports"
    if group.kms_key:
        yield (
            "the export is encrypted by the bucket, not with the group's key: "
            "give the bucket a default key, or copy the file once more"
        )
    if held := _no_pause(group):
        yield f"{held}: stop them yourself, and use eks.redis.snapshot_export and eks.redis.restore"
    yield "writers that stand still from before the snapshot until clients are switched"
