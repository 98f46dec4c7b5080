# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance of ``status`` on one screen. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.screen import aligned, wrapped
from ansible_collections.eks.redis.plugins.module_utils.engine.security_lines import lines
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some

Facts = dict[str, Any]
Paragraph = tuple[str, str]

_BACKUPS = {"backup": "backup", "restore-test": "tested"}
_PROGRAM = "filter eks.redis.client_snippet, or here with -e redis_client=python (node, java, go)"
_HEADER = ("POD", "ROLE", "READY", "NODE", "ZONE", "STATE")


def summary(instance: Facts) -> list[str]:
    """The lines for people."""
    above, below = (
        [line for paragraph in part for line in wrapped(*paragraph)] for part in (_state(instance), _bad(instance))
    )
    table = [_HEADER, *(_row(instance, pod) for pod in _ordered(instance))] if instance["pods"] else []
    return [_head(instance), *above, *aligned(table), *below]


def _head(instance: Facts) -> str:
    proven = "proven" if instance["proven"] else "not proven"
    version = f", Redis {instance['version']}" if instance["version"] else ""
    where = f"{instance['namespace']}/{instance['name']}"
    return f"{where}: {instance['mode']}, {instance['ready']} of {instance['desired']} ready, {proven}{version}"


def _state(instance: Facts) -> Iterator[Paragraph]:
    yield "image", instance["image"]
    for one in instance["endpoints"]:
        group = f" (master group {instance['master_group']})" if one["name"] == "sentinel" else ""
        yield "connect", f"{one['name']}://{one['host']}:{one['port']}{group}"
    yield "program", _PROGRAM
    for one in instance["services"]:
        if one["type"] == "LoadBalancer":
            hosts = ", ".join(f"{host}:{one['ports'][0]}" for host in one["external"])
            yield "outside", hosts or f"Service {one['name']} has no address yet"
    if instance["cluster"]:
        seen = instance["cluster"]
        yield "cluster", f"{seen['state']}, {some(len(seen['shards']), 'shard')}, {seen['slots_ok']} slots served"
    if instance["memory"]:
        yield "memory", _memory(instance["memory"])
        yield "data", f"{some(instance['keys'], 'key')}; {_persistence(instance['persistence'])}"
    if instance["volumes"]:
        yield "volumes", _volumes(instance["volumes"])
    for one in instance["backups"]:
        last = one["last_success"] or "none yet"
        running = ", one runs now" if one["running"] else ""
        yield _BACKUPS[one["kind"]], f"last success {last}{running}; {one['schedule']} (UTC)"
    for text in lines(instance["security"]):
        yield "security", text


def _bad(instance: Facts) -> Iterator[Paragraph]:
    if instance["problem"]:
        yield "problem", instance["problem"]
    for text in instance["warnings"]:
        if text != instance["problem"]:
            yield "warning", text
    for text in instance["security"]["warnings"]:
        if text not in instance["warnings"]:
            yield "open", text


def _memory(memory: Facts) -> str:
    limit = f" of {size(memory['maximum'])} ({memory['percentage']} %)" if memory["maximum"] else ", no limit"
    return f"{size(memory['used'])}{limit}, {memory['policy']}"


def _persistence(state: Facts) -> str:
    snapshot = f"last snapshot {state['last_snapshot']}" if state["last_snapshot"] else "no snapshot since the start"
    log = "on" if state["aof"] else "off"
    loading = ", loading" if state["loading"] else ""
    return f"{snapshot}, {state['changes_since_snapshot']} changes since; append-only file {log}{loading}"


def _volumes(volumes: Sequence[Facts]) -> str:
    """Volumes that are alike are counted."""
    alike = Counter((one["size"], one["storage_class"], one["phase"]) for one in volumes)
    return "; ".join(f"{count} x {size} {kind}, {phase}" for (size, kind, phase), count in alike.items())


def _ordered(instance: Facts) -> list[Facts]:
    """Replicas of a shard stand below their master."""
    pods = (pod for shard in _shards(instance) for pod in (shard["master"], *shard["replicas"]))
    rank = {pod: place for place, pod in enumerate(pods)}
    return sorted(instance["pods"], key=lambda pod: rank.get(pod["name"], len(rank)))


def _shards(instance: Facts) -> list[Facts]:
    return instance["cluster"]["shards"] if instance["cluster"] else []


def _row(instance: Facts, pod: Facts) -> tuple[str, ...]:
    restarts = f", {some(pod['restarts'], 'restart')}" if pod["restarts"] else ""
    node = (pod["node"] or "-").partition(".")[0]  # EKS names nodes by long host names
    ready = f"{'yes' if pod['ready'] else 'no'}{restarts}"
    return (pod["name"], pod["role"] or "-", ready, node, pod["zone"] or "-", _doing(instance, pod))


def _doing(instance: Facts, pod: Facts) -> str:
    if pod["error"]:
        return str(pod["error"])
    if pod["watches"]:
        seen = pod["watches"]
        quorum = seen["quorum"].partition(" ")[0]
        return f"{quorum}: {seen['master']}, {some(seen['replicas'], 'replica')}"
    if not pod["replication"]:
        return ""
    link = pod["replication"]
    if link["master"]:
        lag = f", {size(link['lag_bytes'])} behind" if link["lag_bytes"] is not None else ""
        return f"{link['link']}: {link['master']}{lag}"
    slots = next((one["ranges"] for one in _shards(instance) if one["master"] == pod["name"]), "")
    return some(link["replicas"], "replica") + (f", slots {slots}" if slots else "")
