# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of volumes: most of what a claim says can never be changed, and the operator says nothing of it.

A refused change stops the operator's whole work on the instance (operator sheet §4.6), so it is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import octets
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding
from ansible_collections.eks.redis.plugins.module_utils.engine.volumes import left_over

_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def storage_class(case: Case) -> Iterator[Finding]:
    """the StorageClass"""
    persistence = case.instance.flavour.persistence
    if not persistence.enabled or all(_statefulset(case, one.statefulset) for one in case.layout.redis):
        return  # volumes that are there need no class any more
    classes = case.api.list("StorageClass")
    names = ", ".join(sorted(map(_name, classes))) or "none"
    if persistence.storage_class and persistence.storage_class not in map(_name, classes):
        yield Finding(
            f"persistence.storageClass: there is no StorageClass {persistence.storage_class}; there are: {names}",
            fatal=not case.check,
        )
    elif not persistence.storage_class and not any(map(_is_default, classes)):
        yield Finding(
            "persistence.storageClass: it is empty and the cluster has no default StorageClass; "
            f"name one or mark one as default; there are: {names}",
            fatal=not case.check,
        )


def volumes(case: Case) -> Iterator[Finding]:
    """the volumes"""
    persistence, where = case.instance.flavour.persistence, case.instance.namespace
    for workload in case.layout.redis:
        statefulset = _statefulset(case, workload.statefulset)
        if statefulset and _has_data_volume(statefulset) != persistence.enabled:
            now = "without" if persistence.enabled else "with"
            yield Finding(
                f"persistence.enabled: instance {where}/{case.instance.name} was made {now} volumes, and that cannot "
                f"be changed; set it to {str(not persistence.enabled).lower()}, or deploy under another name"
            )
        elif persistence.enabled:
            for name in workload.claims:
                claim = case.seen.claims.get(name)
                if claim:
                    yield from _claim(case, claim)


def leftovers(case: Case) -> Iterator[Finding]:
    """volumes of an earlier, larger cluster"""
    names = left_over(case.layout, case.seen)
    if names and not case.force:
        where = case.instance.namespace
        yield Finding(
            f"deployment.config: the cluster is to grow, and PersistentVolumeClaims {', '.join(names)} in namespace "
            f"{where} are left from when it was larger; what is on them is out of date and keeps the new pods from "
            "joining; delete them, or let redis_force=true (force: true) do it"
        )


def _has_data_volume(statefulset: dict[str, Any]) -> bool:
    """A cluster's pods have a volume for nodes.conf in any case; that of the data is named as the StatefulSet."""
    templates = statefulset["spec"].get("volumeClaimTemplates") or ()
    return statefulset["metadata"]["name"] in map(_name, templates)


def _claim(case: Case, claim: dict[str, Any]) -> Iterator[Finding]:
    persistence = case.instance.flavour.persistence
    what = f"PersistentVolumeClaim {case.instance.namespace}/{_name(claim)}"
    has_class = claim["spec"].get("storageClassName")
    if persistence.storage_class and has_class and persistence.storage_class != has_class:
        yield Finding(
            f"persistence.storageClass: {what} is of class {has_class}, and that cannot be changed to "
            f"{persistence.storage_class}; keep {has_class}, or deploy under another name"
        )
    has = claim["spec"]["resources"]["requests"]["storage"]
    size, wanted = octets(has), octets(persistence.size)
    if size is None or wanted is None or wanted == size:
        return
    if wanted < size:
        yield Finding(
            f"persistence.size: {what} has {has}, and a volume cannot shrink to {persistence.size}; "
            f"keep {has}, or deploy under another name"
        )
    elif not _grows(case.api, has_class):
        yield Finding(
            f"persistence.size: {what} has {has}, and StorageClass {has_class} does not let a volume grow to "
            f"{persistence.size}; keep {has}, or set allowVolumeExpansion: true on the class"
        )


def _grows(api: Api, storage_class: str | None) -> bool:
    live = api.get("StorageClass", storage_class) if storage_class else None
    return bool(live and live.get("allowVolumeExpansion"))


def _statefulset(case: Case, name: str) -> dict[str, Any] | None:
    return case.seen.statefulsets.get(name)


def _is_default(storage_class: dict[str, Any]) -> bool:
    return (storage_class["metadata"].get("annotations") or {}).get(_DEFAULT_CLASS) == "true"


def _name(live: dict[str, Any]) -> str:
    return live["metadata"]["name"]
