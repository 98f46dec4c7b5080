# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is against a live migration, found out before anything is created.

What only the source can tell, its program finds out (jobs/live/check.py), before it writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, jobs, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_target import Target
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_check import held
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_journal import journals
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import MIGRATION
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import Access

Object = dict[str, Any]


def problems(target: Target, access: Access, needed: int, *, copies: bool) -> Iterator[str]:
    """A line each. needed: bytes of data that come, 0 where nobody knows. copies: key by key; what comes another way is
    asked by that whether it may replace what is there."""
    view = target.view
    if view.unasked:
        yield f"Redis could not be asked: {view.unasked}"
        return
    if doubt := unproven(view.plan, view.state):
        yield f"the instance is not well: {doubt}; see to that first"
    if copies and (keys := held(view.state)):
        yield f"the instance holds {some(keys, 'key')}: a migration goes into an empty one"
    yield from _memory(target, needed)
    yield from _busy(target)
    yield from secret(target.api, target.namespace, access)
    yield from _network(target)


def secret(api: Api, namespace: str, access: Access) -> Iterator[str]:
    """What of the Secret of the cache is missing."""
    if not access.secret:
        return
    what = kinds.reference("Secret", namespace, access.secret)
    live = api.get("Secret", access.secret, namespace)
    if live is None:
        yield f"there is no {what} with the password of the cache"
        return
    for key in filter(None, (access.password, access.ca)):
        if not (live.get("data") or {}).get(key):
            there = ", ".join(sorted(live.get("data") or {})) or "none"
            yield f"{what} has no key {key}, or nothing in it; its keys: {there}"


def allowed(*writes: Callable[[], object]) -> Iterator[str]:
    """What the API server has against them. writes: dry runs."""
    for write in writes:
        try:
            write()
        except ApiError as error:
            yield str(error)


def _memory(target: Target, needed: int) -> Iterator[str]:
    allowed_bytes = [int(member.info.get("maxmemory", 0)) for member in target.view.state.masters]
    if all(allowed_bytes) and needed > sum(allowed_bytes):
        yield f"{size(needed)} do not fit into the {size(sum(allowed_bytes))} of memory that the masters may use"


def _busy(target: Target) -> Iterator[str]:
    running = jobs.running(target.api, target.cron_job) if target.cron_job else []
    if running:
        yield f"a backup of the instance is running: {kinds.reference_of(running[0])}; wait for its end"
    if journals(target.api, target.namespace, target.name):
        yield "a restore of the instance is not complete; complete it, or roll it back"


def _network(target: Target) -> Iterator[str]:
    """The NetworkPolicy of an instance that was deployed by a release before this."""
    try:
        live = target.api.get("NetworkPolicy", target.name, target.namespace)
    except EngineError:
        return  # who may not look at it finds out by the Job, which reaches nobody
    if live is None or compare.owned_fields(live) is None:
        return
    peers = [peer for rule in live["spec"].get("ingress") or () for peer in rule.get("from") or ()]
    labels = [(peer.get("podSelector") or {}).get("matchLabels") or {} for peer in peers]
    if not any(one.get("app.kubernetes.io/component") == MIGRATION for one in labels):
        yield f"{kinds.reference_of(live)} does not let the Job of a migration in: deploy the instance once more"
