# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pods read: the namespace they live in, the password, the additional redis.conf."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import OBJECTS, metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.redis_conf import redis_conf


def namespace(instance: Instance) -> dict[str, Any]:
    """The namespace, with nothing but its name: it may be somebody else's."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": instance.namespace}}


def secret(instance: Instance) -> list[dict[str, Any]]:
    """The Secret with the password of the root; none where that comes from elsewhere."""
    authentication = instance.authentication
    if not authentication.enabled or not authentication.auth_token:
        return []
    name, key = names.password(instance)
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata(instance, name, "auth"),
            "type": "Opaque",
            "data": {key: b64encode(authentication.auth_token.encode()).decode()},
        }
    ]


def service_account(instance: Instance) -> list[dict[str, Any]]:
    """The ServiceAccount of the pods, which ask nothing of Kubernetes; none when the flavour names one."""
    if not instance.flavour.create_service_account:
        return []
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(instance, names.service_account(instance), "redis"),
            "automountServiceAccountToken": False,
        }
    ]


def config_map(instance: Instance, companions: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The ConfigMap with the additional redis.conf, under the only key that the operator reads.

    It also lists the companions, the objects that come and go with the flavour.
    """
    listed = ", ".join(f"{one['kind']} {one['metadata']['namespace']}/{one['metadata']['name']}" for one in companions)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(instance, names.config(instance), "config", {OBJECTS: listed}),
        "data": {names.CONFIG_KEY: redis_conf(instance)},
    }
