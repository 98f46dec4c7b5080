# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing the Service of applications to where it is asked for, outside of a live migration, which does so itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine import apply, compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.door import Door, Seen
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, together
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_journal import Journal
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import HEADS, layout_of
from ansible_collections.eks.redis.plugins.module_utils.topology import door
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import as_selector
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT, Layout

Object = dict[str, Any]
# EKS has CoreDNS keep answers for 30 seconds (its Corefile: cache 30)
_DNS = "for up to 30 seconds some still resolve the Service to where it led before"
SEED = (
    "clients of a cluster ask the Service for its nodes only when they start: restart the applications, or they stay "
    "with the nodes that they know"
)


def bring(api: Api, given: Mapping[str, Any], *, check: bool, with_diff: bool) -> Object:
    """A module's result. given: the options of module client_service, the addresses as Address."""
    namespace, name, service = given["namespace"], given["name"], given["service"]
    if service in door.taken(name):
        raise EngineError(
            f"service: {service!r} is a name of the instance's own Services, or will be; choose one that says what the "
            "applications use it for"
        )
    entry = Journal(api, namespace, name).read()
    if entry and entry.service == service and entry.applications != given["state"]:
        raise EngineError(
            f"the exit of instance {namespace}/{name} is {entry.state} since {entry.since}, and "
            "eks.redis.migration alone switches its Service; end that first"
        )
    opened = Door(api, namespace, service, check=check)
    seen = opened.see()
    if given["state"] == "absent":
        return {**apply.result(opened.remove(), with_diff=with_diff), "leads_to": "", "where": "nothing"}
    steps = _to_cache if given["state"] == door.CACHE else _to_instance
    changes, lines = steps(api, opened, seen, given)
    outcome = apply.result(changes, with_diff=with_diff)
    now = opened.see()
    where = given["state"] if check else now.where
    told = [f"{kinds.reference('Service', namespace, service)} leads to {where}"]
    outcome["summary"] += [*told, *(lines if outcome["changed"] else ())]
    return {**outcome, "leads_to": given["state"], "where": where}


def _to_cache(api: Api, opened: Door, seen: Seen, given: Mapping[str, Any]) -> tuple[list[apply.Change], list[str]]:
    addresses: list[Address] = given["addresses"]
    if problems := door.problems(addresses):
        raise together(problems)
    if seen.leads_to == door.INSTANCE and not given["force"]:
        raise EngineError(
            f"Service {given['namespace']}/{given['service']} leads to the instance already: what has been written "
            "there since is not in the cache; lead it back with force: true, or with eks.redis.migration, which copies "
            "that back first"
        )
    if not door.is_address(addresses[0].host):
        return opened.name(addresses[0]), [_DNS] if seen.service else []
    return opened.pin(door.CACHE, addresses, addresses[0].port), [_DNS] if seen.follows else []


def _to_instance(api: Api, opened: Door, seen: Seen, given: Mapping[str, Any]) -> tuple[list[apply.Change], list[str]]:
    plan = _plan(api, given["namespace"], given["name"])
    changes = opened.select(plan.primary, _ready(api, plan), seen.port or REDIS_PORT)
    lines = ["connections that are open stay where they are until they end", *([_DNS] if seen.follows else [])]
    return changes, [*lines, *([SEED] if plan.mode == "cluster" else [])]


def _plan(api: Api, namespace: str, name: str) -> Layout:
    lives = [live for live in api.map(lambda kind: api.get(kind, name, namespace), kinds.CUSTOM_RESOURCES) if live]
    ours = {live["kind"]: live for live in lives if compare.owned_fields(live) is not None}
    if not any(kind in HEADS for kind in ours):
        raise EngineError(f"there is no instance {namespace}/{name} in the cluster at {api.session.server}")
    return layout_of(ours)


def _ready(api: Api, plan: Layout) -> list[Address]:
    """Of the pods that take writes, as Kubernetes knows them."""
    selector = as_selector(plan.primary)
    pods = [pod for pod in api.list("Pod", plan.namespace, labelSelector=selector) if is_ready(pod)]
    found = [Address(pod["status"]["podIP"], REDIS_PORT) for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    if not found:
        raise EngineError(f"no pod that takes writes is ready ({selector}); see what instance_info says of it")
    return found
