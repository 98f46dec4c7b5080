# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password from AWS Secrets Manager: what has an operator, or a CSI driver, make the Secret <name>-auth of it.

Neither is ours to install, and neither is needed where the password comes another way.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.files import to_yaml
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata

_COMPONENT = "auth"
EXTERNAL, STORE = "ExternalSecret", "SecretProviderClass"
API = {EXTERNAL: "external-secrets.io/v1", STORE: "secrets-store.csi.x-k8s.io/v1"}
# the file of the whole secret in the volume, and that of the password, where it is one key of it
_WHOLE, _PART = "secret", "password"


def wanted_kinds(instance: Instance) -> tuple[str, ...]:
    """The kinds whose CRDs must be there."""
    asked, given = [], instance.authentication
    if given.enabled and given.external_secret.remote_key:
        asked.append(EXTERNAL)
    if given.enabled and given.secrets_store.object_name:
        asked.append(STORE)
    return tuple(asked)


def mounted(instance: Instance) -> str:
    """The SecretProviderClass that a pod has to mount, for the driver to keep the Secret; empty without."""
    return names.password(instance)[0] if STORE in wanted_kinds(instance) else ""


def objects(instance: Instance) -> list[dict[str, Any]]:
    """The object that stands for the password; none where it does not come from a store."""
    made = {EXTERNAL: _external, STORE: _class}
    return [
        {
            "apiVersion": API[kind],
            "kind": kind,
            "metadata": metadata(instance, names.password(instance)[0], _COMPONENT),
            "spec": made[kind](instance),
        }
        for kind in wanted_kinds(instance)
    ]


def _external(instance: Instance) -> dict[str, Any]:
    given = instance.authentication.external_secret
    name, key = names.password(instance)
    part = {"property": given.property} if given.property else {}
    return {
        "refreshInterval": given.refresh_interval,
        "secretStoreRef": {"name": given.store, "kind": given.store_kind},
        # not Owner: Kubernetes would delete the password of a running instance with this object
        "target": {"name": name, "creationPolicy": "Orphan", "deletionPolicy": "Retain"},
        "data": [{"secretKey": key, "remoteRef": {"key": given.remote_key, **part}}],
    }


def _class(instance: Instance) -> dict[str, Any]:
    given = instance.authentication.secrets_store
    name, key = names.password(instance)
    region = given.region or _region(given.object_name)
    parameters = {
        "objects": to_yaml([_object(given.object_name, given.property)]),
        "usePodIdentity": "true" if given.pod_identity else "false",
        **({"region": region} if region else {}),
    }
    synced = {"secretName": name, "type": "Opaque", "data": [{"objectName": _PART, "key": key}]}
    return {"provider": "aws", "parameters": parameters, "secretObjects": [synced]}


def _object(named: str, part: str) -> dict[str, Any]:
    """What the provider reads, and the names of its files: those of the driver's Secret (provider's README)."""
    alias = {"objectAlias": _WHOLE if part else _PART}
    # in quotes a key may hold a hyphen, which stands for minus without them
    taken = {"jmesPath": [{"path": f'"{part}"', "objectAlias": _PART}]} if part else {}
    return {"objectName": named, "objectType": "secretsmanager", **alias, **taken}


def _region(named: str) -> str:
    """That of an ARN: the provider takes no other for it."""
    parts = named.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 3 else ""
