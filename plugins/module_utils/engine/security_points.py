# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is open in how an instance is guarded, one line each with what to do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import balancers
from ansible_collections.eks.redis.plugins.module_utils.engine.security_facts import users_without
from ansible_collections.eks.redis.plugins.module_utils.engine.words import some
from ansible_collections.eks.redis.plugins.module_utils.topology.acl_users import DEFAULT
from ansible_collections.eks.redis.plugins.module_utils.topology.storage_class import DRIVER

Facts = Mapping[str, Any]

_SOON = timedelta(days=30)
_RENEWALS = {
    "own": "deploy again, which renews it",
    "cert-manager": "cert-manager has not renewed it; kubectl describe certificate --namespace {namespace} {secret} "
    "may say why",
    "given": "renew it in Secret {namespace}/{secret}",
}


def urgent(namespace: str, facts: Facts) -> Iterator[str]:
    """What does harm by itself, some day or now. facts: of ``security_facts.security``."""
    yield from _ending(namespace, facts["in_transit"]["certificate"])
    yield from _keeper(namespace, facts)


def points(namespace: str, facts: Facts) -> Iterator[str]:
    """All of them, what is urgent first."""
    yield from urgent(namespace, facts)
    for find in _FINDERS:
        yield from find(namespace, facts)


def _ending(namespace: str, certificate: Facts | None) -> Iterator[str]:
    """A certificate that lives shortly is renewed late: of it a third of its life counts."""
    if not certificate or certificate["days_left"] is None:
        return
    begins, ends = (datetime.fromisoformat(certificate[key]) for key in ("begins", "ends"))
    if certificate["days_left"] >= min(_SOON, (ends - begins) / 3).days:
        return
    left = certificate["days_left"]
    when = f"ends in {some(left, 'day')}, at" if left >= 0 else "has ended at"
    todo = _RENEWALS[certificate["signer"]].format(namespace=namespace, secret=certificate["secret"])
    yield f"the certificate in Secret {certificate['secret']} {when} {certificate['ends']}: {todo}"


def _keeper(namespace: str, facts: Facts) -> Iterator[str]:
    found = facts["keeper"]
    if found and found["ready"] < found["desired"]:
        job = (
            "pods may show an old certificate" if facts["in_transit"]["tls"] else "Services may follow a failover late"
        )
        yield (
            f"Deployment {found['name']}: {found['ready']} of {some(found['desired'], 'pod')} ready, so {job}: kubectl "
            f"logs --namespace {namespace} deployment/{found['name']} says why"
        )


def _volumes(_namespace: str, facts: Facts) -> Iterator[str]:
    for one in facts["at_rest"]:
        if one["encrypted"] is False:
            yield f"StorageClass {one['storage_class']} asks for no encryption: {_ANOTHER}"
        elif one["encrypted"] is None and one["provisioner"] == DRIVER:
            yield f"StorageClass {one['storage_class']} does not say whether it encrypts: {_ANOTHER}"


_ANOTHER = "role eks.redis.storage_class makes one that does, for new volumes"


def _plain(_namespace: str, facts: Facts) -> Iterator[str]:
    if not facts["in_transit"]["tls"]:
        yield "connections are not encrypted: set transitEncryption.enabled"


def _logins(_namespace: str, facts: Facts) -> Iterator[str]:
    given = facts["authentication"]
    if not given["password"]:
        yield "Redis asks for no password: set authentication.enabled"


def _users(_namespace: str, facts: Facts) -> Iterator[str]:
    given, users = facts["authentication"], facts["users"] or ()
    open_to_all = [one for one in users_without(users, "password") if given["password"] or one != DEFAULT]
    if open_to_all:
        yield f"Redis asks user {', '.join(open_to_all)} for no password: give them one in acl.users"
    if given["acl"] and any(one["name"] == DEFAULT and one["on"] and one["everything"] for one in users):
        yield f"user {DEFAULT} may do everything: set acl.restrictDefault"


def _network(_namespace: str, facts: Facts) -> Iterator[str]:
    for one in facts["network"]["exposed"]:
        if one["scheme"] == balancers.OUTSIDE and not one["source_ranges"]:
            yield (
                f"Service {one['name']} lets the whole internet in: set service.loadBalancerSourceRanges, or the "
                f'annotation {balancers.INTERNAL}: "true" without {balancers.SCHEME}'
            )
    for name in facts["network"]["everybody"]:
        yield (
            f"NetworkPolicy {name} lets everybody in: narrow networkPolicy.allowedCidrs, or what somebody else wrote "
            "there"
        )
    if facts["network"]["policies"] == []:
        yield "every pod of the cluster may connect: set networkPolicy.enabled and allowedNamespaces"


def _pods(namespace: str, facts: Facts) -> Iterator[str]:
    found = facts["pods"]
    for one in found["lacking"]:
        yield (
            f"Pod {one['pod']} container {one['container']} is not as Pod Security restricted has it ({one['check']}): "
            f"{_CURES.get(one['check'], 'deploy again')}"
        )
    if found["token"]:
        yield "the pods hold a token for the Kubernetes API and need none: set createServiceAccount"
    # pods that lack something, or that nobody has seen, might not be admitted any more
    if found["level"] not in (None, "restricted") and found["non_root"] and not found["lacking"]:
        level = found["level"] or "no level"
        yield (
            f"the namespace enforces {level} of Pod Security: kubectl label --overwrite namespace {namespace} "
            "pod-security.kubernetes.io/enforce=restricted"
        )


# what comes of the flavour, so that another deploy of it would not help
_CURES = {"non_root": "set securityContext.runAsNonRoot: true, and a securityContext.runAsUser that is not 0"}
_FINDERS: tuple[Callable[[str, Facts], Iterator[str]], ...] = (_plain, _logins, _users, _network, _volumes, _pods)
