# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Job of a live migration: the toolbox beside the instance, for as long as the cache is still the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import CACHE_PASSWORD, VARIABLE, Migration
from ansible_collections.eks.redis.plugins.module_utils.topology import jobs, names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import MIGRATION

ID = "eks.redis/exit"  # the annotation with the id of the exit
BACK = "eks.redis/back"  # the annotation that tells which way it copies: true for back to the cache
CA = "/cache/ca.crt"  # the file of migrating.Cache.ca, where there is one
# keys of the journal that are there while no other pod may begin, by whether it copies back; see _gate
SHUT = {False: "shut", True: "shut-back"}
_DAYS = 7 * 86400  # seconds that it stays to be looked at
# days pass, and nodes come and go; a pod that is killed for its memory is no better the next time
_TRIES = 5
_JOURNAL = {"name": "journal", "mountPath": "/journal", "readOnly": True}
# MiB: of the program, and of each of its processes, one a shard of the source (jobs/live); keys of up to 256 MiB are
# held twice for a moment
_PROGRAM, _WORKER, _LARGE = 192, 64, 768


@dataclass(frozen=True)
class Access:
    """How the Job gets into the cache. secret: "" for none; password, ca: keys of it, ca "" for none. shards: of the
    cache."""

    secret: str = ""
    password: str = names.PASSWORD_KEY
    ca: str = ""
    shards: int = 1


def job(
    instance: Instance, migration: Migration, access: Access, name: str, owner: Mapping[str, str]
) -> dict[str, Any]:
    """The Job. name: its own. owner: of the custom resource with which it goes, as ownerReferences have it.

    It has no deadline. What its program says is final; a pod that is lost is not, and the next one begins anew.
    """
    volumes, mounts = _certificates(access)
    container = jobs.toolbox(instance, "migrate", None, mounts=mounts, resources=_resources(access))
    container["env"] += [{"name": VARIABLE, "value": migration.as_json()}, *_password(access)]
    journal = {"name": names.migration(instance.name), "optional": True}
    pod = {
        **jobs.pod(
            instance,
            container,
            sidecars=[_gate(container, back=migration.back)],
            volumes=[*volumes, {"name": _JOURNAL["name"], "configMap": journal}],
        ),
        # it asks neither Kubernetes nor AWS
        "serviceAccountName": names.service_account(instance),
    }
    made = jobs.job(instance, MIGRATION, pod, seconds=None)
    policy = made["spec"]["podFailurePolicy"]
    final = {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1, 2]}}
    policy["rules"] = [*policy["rules"], final]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": instance.namespace,
            "labels": made["metadata"]["labels"],
            "annotations": {ID: migration.id, BACK: str(migration.back).lower()},
            "ownerReferences": [dict(owner)],
        },
        "spec": {**made["spec"], "backoffLimit": _TRIES, "ttlSecondsAfterFinished": _DAYS},
    }


def _gate(container: Mapping[str, Any], *, back: bool) -> dict[str, Any]:
    """Ends a pod that comes in the place of one that was lost during the cut over, or after it: the copy, begun anew,
    would put what was there then over what has been written since."""
    return {
        "name": "gate",
        "image": container["image"],
        "imagePullPolicy": container["imagePullPolicy"],
        "command": ["sh", "-c", f"test ! -e {_JOURNAL['mountPath']}/{SHUT[back]}"],
        "resources": container["resources"],
        "securityContext": container["securityContext"],
        "volumeMounts": [_JOURNAL],
    }


def _password(access: Access) -> list[dict[str, Any]]:
    if not access.secret:
        return []
    key = {"name": access.secret, "key": access.password}
    return [{"name": CACHE_PASSWORD, "valueFrom": {"secretKeyRef": key}}]


def _certificates(access: Access) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Volumes and mounts."""
    if not access.ca:
        return [], []
    folder, _slash, file = CA.rpartition("/")
    secret = {"secretName": access.secret, "items": [{"key": access.ca, "path": file}]}
    return [{"name": "cache", "secret": secret}], [{"name": "cache", "mountPath": folder, "readOnly": True}]


def _resources(access: Access) -> dict[str, Any]:
    workers = _PROGRAM + _WORKER * access.shards
    return {"requests": {"cpu": "100m", "memory": f"{workers}Mi"}, "limits": {"memory": f"{workers + _LARGE}Mi"}}
