# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pod of a shard a backup is taken from. Pure.

A replica, so that clients notice nothing; one that is healthy and close to its master, because the link of a replica
stays up for a while when its master hangs (data path sheet §1.5). Else the master, and the manifest says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.hosts import Group, Host, groups
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Source


@dataclass(frozen=True)
class Chosen:
    """lag: bytes behind the master, 0 of one itself. reason: why it is the master although there are replicas, else
    ""."""

    group: Group
    host: Host
    lag: int
    reason: str = ""


def choose(hosts: Sequence[Host], mode: str, limits: Source) -> list[Chosen]:
    """A source for each shard, in the order of their slots. Errors: as of hosts.groups."""
    silent = {host.pod: f"no answer ({host.error})" for host in hosts if host.error}
    return [_choose(group, limits, silent) for group in groups(hosts, mode)]


def moved(chosen: Sequence[Chosen], histories: Sequence[str], hosts: Sequence[Host], mode: str) -> str | None:
    """What has changed since, so that what was copied may not be what was meant; None where nothing has.

    histories: the replication ID in the RDB of each. A master that has had no replica for a while begins a new one with
    the copy itself. hosts: as they are after the copy.
    """
    try:
        now = groups(hosts, mode)
    except DatapathError as error:
        return str(error)
    if [(group.slots, group.master.pod) for group in now] != [
        (one.group.slots, one.group.master.pod) for one in chosen
    ]:
        return "a master has changed, or slots have moved, during the backup"
    by_pod = {host.pod: host for host in hosts}
    for one, history in zip(chosen, histories, strict=True):
        after = by_pod[one.host.pod]
        if after.error:
            return f"{after.pod} does not answer any more: {after.error}"
        if (after.role, after.replid) != (one.host.role, history):
            return f"{after.pod} has another role, or another history of writes, than during the backup"
        if after.role == "slave" and (problem := _unlinked(after.info)):
            return f"{after.pod}: {problem}"
    return None


def _choose(group: Group, limits: Source, silent: Mapping[str, str]) -> Chosen:
    """silent: pods that may be replicas of the group, and why they do not answer."""
    refusals = {replica.pod: _refusal(replica, group.master, limits) for replica in group.replicas}
    fit = [replica for replica in group.replicas if not refusals[replica.pod]]
    if fit:
        best = min(fit, key=lambda replica: _lag(replica, group.master))
        return Chosen(group, best, _lag(best, group.master))
    reasons = "; ".join(f"{pod}: {reason}" for pod, reason in {**refusals, **silent}.items())
    return Chosen(group, group.master, 0, f"no replica fits: {reasons}" if reasons else "")


def _refusal(replica: Host, master: Host, limits: Source) -> str:
    """Why a replica is no source, "" where it is one."""
    if problem := _unlinked(replica.info):
        return problem
    silence = int(replica.info.get("master_last_io_seconds_ago", -1))
    if not 0 <= silence <= limits.max_silence:
        return f"it has not heard of its master for {silence} seconds, {limits.max_silence} are allowed"
    if replica.replid != master.replid:
        return "it is in another history of writes than the master"
    lag = _lag(replica, master)
    return f"it is {lag} bytes behind the master, {limits.max_lag} are allowed" if lag > limits.max_lag else ""


def _unlinked(info: Mapping[str, str]) -> str:
    if info.get("loading") != "0":
        return "it is loading its data"
    if info.get("master_sync_in_progress") != "0":
        return "it is being filled by its master"
    return "" if info.get("master_link_status") == "up" else "its link to the master is down"


def _lag(replica: Host, master: Host) -> int:
    """It may have been asked a moment later than the master."""
    return max(0, master.offset - replica.offset)
