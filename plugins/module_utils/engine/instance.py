# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance, made as its flavour says, and proven to work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.engine import (
    acl,
    kinds,
    preflight,
    preflight_backup,
    preflight_certificate,
    preflight_network,
    preflight_nodes,
    preflight_password,
    preflight_pause,
    preflight_secrets,
    preflight_storage,
    prune,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import (
    Change,
    Lives,
    apply,
    read,
    result,
    settled,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.credentials import Credentials
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.transition import Transition
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.certificates import AUTHORITY
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

# who writes nothing needs no namespace that takes objects, and no operator for it
_CHECKS_OF_A_WRITE = (preflight.namespace, preflight.crds, preflight.operator, preflight_network.policies)
# pods come or restart only where a custom resource is written
_CHECKS_OF_PODS = (preflight_nodes.nodes,)
_CHECKS_OF_WHAT_IS = (
    preflight_pause.paused,
    preflight.references,
    preflight_backup.service_account,
    preflight_certificate.certificate,
    preflight_certificate.issuer,
    preflight_certificate.transit,
    preflight_secrets.stores,
    preflight_secrets.owner,
    preflight_network.clients,
    preflight_network.load_balancers,
    preflight.monitoring,
    preflight.mode,
    preflight.neighbours,
    preflight_password.password,
    preflight.labels,
    preflight_storage.storage_class,
    preflight_storage.volumes,
    preflight_storage.leftovers,
)


def present(
    api: Api, instance: Instance, *, check: bool, with_diff: bool, force: bool, timeout: float | None
) -> dict[str, Any]:
    """Applies the instance, prunes what it no longer has, waits (``timeout`` None: does not); a module's result."""
    plan = layout(instance)
    rendered = _with_secrets(manifests(instance), Credentials(api, instance, plan).made())
    seen = Snapshot(api, instance.namespace, instance.name)
    lives = read(api, rendered, seen.services.values())
    wanted = {kinds.reference_of(one): one for one in rendered}
    case = preflight.Case(api, instance, plan, wanted, lives, seen, check, force)
    warnings = preflight.preflight(case, _checks(rendered, lives))
    surplus = prune.surplus(api, instance.namespace, instance.name, rendered, lives)
    transition = Transition(api, plan, seen, force=force, timeout=timeout)

    def prepare(changes: Sequence[Change]) -> dict[str, Any]:
        # before the ConfigMap that lists them is written: who is cut off here finds them once more
        prune.delete(api, surplus)
        transition.done += acl.tell_pods(api, plan, seen, changes)
        return transition.prepare(changes)

    changes = apply(api, rendered, lives, check=check, force=force, prepare=prepare)
    outcome = result([*changes, *surplus], with_diff=with_diff)
    if not check:
        try:
            transition.done += acl.restart_pods(api, plan, seen, changes)
            transition.go(changes)
        except EngineError as error:
            error.result = {**outcome, "summary": [*outcome["summary"], *transition.done]}
            raise
    return {
        **outcome,
        "summary": [*outcome["summary"], *transition.done, *_how_to_connect(instance, plan)],
        "warnings": [*warnings, *transition.warnings],
        "flavour": instance.as_dict(),
        "endpoints": [{"name": one.name, "host": one.host, "port": one.port} for one in plan.endpoints],
        "services": list(plan.services),
        "pods": list(plan.pods),
    }


def _with_secrets(rendered: list[dict[str, Any]], made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Behind the namespace that they are in, before everything that reads them."""
    namespace, *rest = rendered
    return [namespace, *made, *rest]


def _checks(rendered: Sequence[dict[str, Any]], lives: Lives) -> tuple[preflight.Check, ...]:
    resources = [manifest for manifest in rendered if manifest["kind"] in kinds.CUSTOM_RESOURCES]
    of_a_write = () if settled(rendered, lives) else _CHECKS_OF_A_WRITE
    of_pods = () if settled(resources, lives) else _CHECKS_OF_PODS
    return (*of_a_write, *_CHECKS_OF_WHAT_IS, *of_pods)


def _how_to_connect(instance: Instance, plan: Layout) -> list[str]:
    lines = [f"connect: {one.name}://{one.host}:{one.port}" for one in plan.endpoints]
    if instance.authentication.enabled:
        secret, key = names.password(instance)
        lines.append(f"password: key {key} of Secret {instance.namespace}/{secret}")
    if plan.tls:
        lines.append(f"TLS: who signs is key {AUTHORITY} of Secret {instance.namespace}/{names.certificate(instance)}")
    return lines
