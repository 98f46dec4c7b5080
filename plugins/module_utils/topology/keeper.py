# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps an instance in order between two runs: a Deployment that labels the master and has certificates read anew.

With a secret store it also mounts that: the store's driver makes the Secret with the password for as long as somebody
does (secrets-store-csi-driver, "Sync as Kubernetes Secret").
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.datapath import keeping, settings
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users, jobs, names, pods, secrets_manager
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import (
    KEEPER,
    job_labels,
    job_selector,
    metadata,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

_RBAC = "rbac.authorization.k8s.io"
_TLS = {"name": "tls", "mountPath": "/tls", "readOnly": True}
_STORE = {"name": "store", "mountPath": "/mnt/secrets", "readOnly": True}
_ZONE = "topology.kubernetes.io/zone"
# One is enough where nobody waits for it; a failover must not wait for a pod that moves
_REPLICAS = {True: 2, False: 1}


def objects(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """None where the flavour does not want it. Rights on pods only where it labels them: with sentinels."""
    if not instance.flavour.keeper.enabled:
        return []
    return [
        *_account(instance),
        *(_rights(instance, plan) if plan.sentinels else ()),
        _deployment(instance, plan),
    ]


def told(instance: Instance, plan: Layout) -> keeping.Keeping:
    """What the keeper is told."""
    return keeping.Keeping(
        namespace=instance.namespace,
        name=instance.name,
        pods=plan.redis_pods,
        hosts=plan.hosts,
        sentinels=plan.sentinel_hosts,
        group=plan.master_group,
    )


def account(instance: Instance) -> str:
    """The ServiceAccount: one of its own, but the pods' where that one's IAM role reads the secret store."""
    stored = secrets_manager.mounted(instance)
    given = names.service_account(instance)
    return given if stored and given != "default" else names.keeper(instance)


def _account(instance: Instance) -> list[dict[str, Any]]:
    name = names.keeper(instance)
    if account(instance) != name:
        return []
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(instance, name, KEEPER),
            "automountServiceAccountToken": False,
        }
    ]


def _rights(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """To read and to change the Redis pods, one by one by name, and nothing else."""
    name = names.keeper(instance)
    return [
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "Role",
            "metadata": metadata(instance, name, KEEPER),
            "rules": [
                {
                    "apiGroups": [""],
                    "resources": ["pods"],
                    "resourceNames": list(plan.redis_pods),
                    "verbs": ["get", "patch"],
                }
            ],
        },
        {
            "apiVersion": f"{_RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": metadata(instance, name, KEEPER),
            "roleRef": {"apiGroup": _RBAC, "kind": "Role", "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": account(instance), "namespace": instance.namespace}],
        },
    ]


def _deployment(instance: Instance, plan: Layout) -> dict[str, Any]:
    selector = job_selector(instance.name, KEEPER)
    volumes = _volumes(instance)
    spread = {"maxSkew": 1, "topologyKey": _ZONE, "whenUnsatisfiable": "ScheduleAnyway"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(instance, names.keeper(instance), KEEPER),
        "spec": {
            "replicas": _REPLICAS[plan.sentinels is not None],
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": {"labels": job_labels(instance, KEEPER)},
                "spec": {
                    **jobs.pod(instance, _container(instance, plan), volumes=volumes),
                    "serviceAccountName": account(instance),
                    "automountServiceAccountToken": plan.sentinels is not None,
                    "topologySpreadConstraints": [{**spread, "labelSelector": {"matchLabels": selector}}],
                    # it does nothing that has to be ended well
                    "terminationGracePeriodSeconds": 5,
                },
            },
        },
    }


def _container(instance: Instance, plan: Layout) -> dict[str, Any]:
    resources = pods.resources(instance.flavour.keeper.resources)
    mounts = [
        *([_TLS] if instance.transit_encryption.enabled else []),
        *([_STORE] if secrets_manager.mounted(instance) else []),
    ]
    container = jobs.toolbox(instance, "keeper", None, asks_redis=False, mounts=mounts, resources=resources)
    container["env"] = [
        {"name": keeping.VARIABLE, "value": told(instance, plan).as_json()},
        *_environment(instance, plan),
    ]
    alive = f'test -n "$(find /tmp/{keeping.ALIVE} -mmin -2)"'
    # what is stuck has no hurry to be found, and a node that is busy must not be taken for that
    container["livenessProbe"] = {
        "exec": {"command": ["sh", "-c", alive]},
        "initialDelaySeconds": 30,
        "periodSeconds": 30,
        "timeoutSeconds": 10,
        "failureThreshold": 6,
    }
    container["readinessProbe"] = {
        "exec": {"command": ["test", "-e", f"/tmp/{keeping.READY}"]},
        "periodSeconds": 5,
        "timeoutSeconds": 10,
    }
    return container


def _environment(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """How it logs in; sentinels know the instance's password only."""
    found: list[dict[str, Any]] = []
    password = names.password(instance)
    if instance.transit_encryption.enabled:
        found.append({"name": settings.CA_VARIABLE, "value": settings.CA_FILE})
    if instance.flavour.acl.enabled:
        found.append({"name": settings.USER_VARIABLE, "value": acl_users.KEEPER})
        found.append(jobs.password(settings.PASSWORD_VARIABLE, (names.logins(instance), KEEPER)))
    elif instance.authentication.enabled:
        found.append(jobs.password(settings.PASSWORD_VARIABLE, password))
    if plan.sentinels and instance.authentication.enabled:
        found.append(jobs.password(settings.SENTINEL_VARIABLE, password))
    return found


def _volumes(instance: Instance) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if instance.transit_encryption.enabled:
        # not the key: it shows no certificate
        files = [{"key": name, "path": name} for name in ("ca.crt", "tls.crt")]
        found.append({"name": _TLS["name"], "secret": {"secretName": names.certificate(instance), "items": files}})
    if secrets_manager.mounted(instance):
        store = {
            "driver": "secrets-store.csi.k8s.io",
            "readOnly": True,
            "volumeAttributes": {"secretProviderClass": secrets_manager.mounted(instance)},
        }
        found.append({"name": _STORE["name"], "csi": store})
    return found
