# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold before an instance gets backups: the ServiceAccount by which they are let into the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding
from ansible_collections.eks.redis.plugins.module_utils.topology import names

_KIND = "ServiceAccount"


def service_account(case: Case) -> Iterator[Finding]:
    """the ServiceAccount of backups"""
    instance = case.instance
    if not instance.flavour.backup.enabled:
        return
    name, made = names.backup_account(instance)
    what = kinds.reference(_KIND, instance.namespace, name)
    if made:
        live = case.lives.get(what)
        if live and not _is_of(live, instance.name):
            # an apply of ours would take the role away from one that the role workload_identity has made
            yield Finding(
                f"backup: {what} is there and not of this instance; name it with backup.serviceAccount: {name}, then "
                "it is used as it is"
            )
    elif name != "default" and instance.flavour.backup.service_account:
        live = case.api.get(_KIND, name, instance.namespace)
        if live is None:
            yield Finding(f"backup.serviceAccount: there is no {what}; create it first")
        elif _is_of(live, instance.name):
            yield Finding(
                f"backup.serviceAccount: {what} is the one that was made for this instance, and would be taken away; "
                "leave the field away"
            )


def _is_of(live: dict[str, Any], instance: str) -> bool:
    labels = live["metadata"].get("labels") or {}
    return compare.owned_fields(live) is not None and labels.get("app.kubernetes.io/instance") == instance
