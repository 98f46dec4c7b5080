# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the volumes an instance claims to those that a cloud made for it."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import selector


def claims(api: Api, namespace: str, name: str) -> list[dict[str, Any]]:
    """``{claim, phase, size, storage_class, volume, driver, handle}`` of each claim of an instance, by name.

    volume: name of the PersistentVolume, driver: of its CSI driver, handle: what the driver calls the volume; each None
    while there is none.
    """
    found = api.list("PersistentVolumeClaim", namespace, labelSelector=selector(name))
    return api.map(lambda claim: _claim(api, claim), sorted(found, key=lambda one: str(one["metadata"]["name"])))


def _claim(api: Api, claim: dict[str, Any]) -> dict[str, Any]:
    spec, status = claim["spec"], claim.get("status") or {}
    volume = api.get("PersistentVolume", spec["volumeName"]) if spec.get("volumeName") else None
    source = ((volume or {}).get("spec") or {}).get("csi") or {}
    return {
        "claim": claim["metadata"]["name"],
        "phase": status.get("phase", "Pending"),
        "size": (status.get("capacity") or {}).get("storage"),
        "storage_class": spec.get("storageClassName"),
        "volume": spec.get("volumeName"),
        "driver": source.get("driver"),
        "handle": source.get("volumeHandle"),
    }
