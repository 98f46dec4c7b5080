# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of a password that comes from a store outside of the cluster, or came from one before."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding
from ansible_collections.eks.redis.plugins.module_utils.topology import names, secrets_manager

# by kind: the field that asks for it, and what brings it into a cluster
_ASKED = {
    secrets_manager.EXTERNAL: ("authentication.externalSecret", "External Secrets Operator 0.16 or newer"),
    secrets_manager.STORE: (
        "authentication.secretsStore",
        "the Secrets Store CSI driver 1.0 or newer, and its AWS provider",
    ),
}


def stores(case: Case) -> Iterator[Finding]:
    """the store of the password"""
    for kind in secrets_manager.wanted_kinds(case.instance):
        field, bringer = _ASKED[kind]
        row = kinds.kind(kind)
        if row.plural not in case.api.served(row.api):
            group = row.api.partition("/")[0]
            yield Finding(
                f"{field}: the cluster does not know {kind} ({row.api}), its CustomResourceDefinition "
                f"{row.plural}.{group} is missing or too old; install {bringer}"
            )
        elif kind == secrets_manager.EXTERNAL:
            yield from _store(case)


def _store(case: Case) -> Iterator[Finding]:
    given, where = case.instance.authentication.external_secret, case.instance.namespace
    live = case.api.get(given.store_kind, given.store, where)
    if live is None:
        what = kinds.reference(given.store_kind, where, given.store)
        yield Finding(f"authentication.externalSecret.store: there is no {what}; create it first")
        return
    for condition in (live.get("status") or {}).get("conditions") or ():
        if condition["type"] == "Ready" and condition["status"] != "True":
            what, why = kinds.reference_of(live), condition.get("message", "no reason given")
            yield Finding(f"authentication.externalSecret.store: {what} is not ready: {why}", fatal=False)


def owner(case: Case) -> Iterator[Finding]:
    """whose the Secret of the password is"""
    what = kinds.reference("Secret", case.instance.namespace, names.password(case.instance)[0])
    live = case.lives.get(what)  # there only where it is rendered
    owners = live["metadata"].get("ownerReferences") if live else None
    if owners:
        # as the Secrets Store CSI driver leaves it
        whose = " and ".join(f"{one['kind']} {one['name']}" for one in owners)
        yield Finding(
            f"authentication: {what} belongs to {whose}, and Kubernetes would delete the password with that; take it "
            f"over with: kubectl patch secret -n {case.instance.namespace} {names.password(case.instance)[0]} "
            """--type=json -p='[{"op": "remove", "path": "/metadata/ownerReferences"}]'"""
        )
