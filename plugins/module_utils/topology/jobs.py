# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod of the toolbox as an instance needs it: identity, settings, limits, and no more rights than restricted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import (
    CA_FILE,
    CA_VARIABLE,
    PASSWORD_VARIABLE,
    USER_VARIABLE,
    VARIABLE,
    Settings,
)
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users, names, pods
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import job_labels

PROGRAM = ("python3", "-m", "ansible_collections.eks.redis.plugins.module_utils.jobs")
CONTAINER = "toolbox"
RETRIES = 2
# what moves pods around must not begin a backup anew for it (Karpenter; Cluster Autoscaler)
_STAYS = {"karpenter.sh/do-not-disrupt": "true", "cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
_TMP = {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}
_FOLDER, _FILE = CA_FILE.rsplit("/", 1)
_CA = {"name": "ca", "mountPath": _FOLDER, "readOnly": True}


def job(instance: Instance, component: str, pod: Mapping[str, Any], *, seconds: int | None) -> dict[str, Any]:
    """metadata and spec of a Job, as a CronJob's template has them. seconds: for all of its tries; None for as long as
    it takes."""
    return {
        "metadata": {"labels": job_labels(instance, component)},
        "spec": {
            "backoffLimit": RETRIES,
            **({} if seconds is None else {"activeDeadlineSeconds": seconds}),
            # a node that is drained is no failure of what ran on it
            "podFailurePolicy": {
                "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
            },
            "template": {
                "metadata": {"labels": job_labels(instance, component), "annotations": _STAYS},
                "spec": {**pod, "restartPolicy": "Never"},
            },
        },
    }


def pod(
    instance: Instance,
    container: Mapping[str, Any],
    *,
    sidecars: Sequence[dict[str, Any]] = (),
    volumes: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """spec of a pod. container: see ``toolbox``. sidecars: they start before it and end after it."""
    flavour = instance.flavour
    spec: dict[str, Any] = {
        **pods.placement(instance),
        "serviceAccountName": names.backup_account(instance)[0],
        # it asks AWS, and nothing of Kubernetes
        "automountServiceAccountToken": False,
        # a namespace with hundreds of Services would give it as many variables
        "enableServiceLinks": False,
        "securityContext": pods.pod_security(flavour),
        "containers": [dict(container)],
        "volumes": [_TMP, *([_authority(instance)] if _CA in container["volumeMounts"] else ()), *volumes],
    }
    if sidecars:
        spec["initContainers"] = list(sidecars)
    if flavour.image_pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in flavour.image_pull_secrets]
    return spec


def toolbox(
    instance: Instance,
    command: str,
    settings: Settings | None,
    *,
    asks_redis: bool = True,
    mounts: Sequence[dict[str, Any]] = (),
    resources: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The container that runs a command of the program. settings: None for one that needs to know nothing of them.

    asks_redis: it gets what it needs for that. mounts: of volumes of the pod. resources: other than those of a backup.
    """
    tls = asks_redis and instance.transit_encryption.enabled
    return {
        "name": CONTAINER,
        "image": instance.flavour.backup.image,
        "imagePullPolicy": instance.flavour.image_pull_policy,
        "command": [*PROGRAM, command],
        "env": [
            *([{"name": VARIABLE, "value": settings.as_json()}] if settings else ()),
            *(_login(instance) if asks_redis else ()),
            *([{"name": CA_VARIABLE, "value": CA_FILE}] if tls else ()),
        ],
        "resources": resources or pods.resources(instance.flavour.backup.resources),
        "securityContext": pods.container_security(),
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, *([_CA] if tls else ()), *mounts],
    }


def password(variable: str, secret: tuple[str, str]) -> dict[str, Any]:
    """A variable of a container. secret: its name and its key; never an argument, which others see."""
    name, key = secret
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


def _login(instance: Instance) -> list[dict[str, Any]]:
    """As its own user, where the instance has users; else as everybody."""
    if instance.flavour.acl.enabled:
        user = {"name": USER_VARIABLE, "value": acl_users.BACKUP}
        return [user, password(PASSWORD_VARIABLE, (names.logins(instance), "backup"))]
    return [password(PASSWORD_VARIABLE, names.password(instance))] if instance.authentication.enabled else []


def _authority(instance: Instance) -> dict[str, Any]:
    """The CA of the instance's certificate, and nothing else of that Secret."""
    items = [{"key": _FILE, "path": _FILE}]
    return {"name": _CA["name"], "secret": {"secretName": names.certificate(instance), "items": items}}
