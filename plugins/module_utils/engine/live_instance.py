# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance as it runs, without its flavour file: what another pod beside it has to know. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.defaults import filled
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance, build
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import head_of, shape_of

Object = dict[str, Any]
_AMOUNTS = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_PLACES = {"nodeSelector": "nodeSelector", "priorityClassName": "priorityClassName"}


def instance_of(resources: Mapping[str, Object], labels: Mapping[str, str], **backup: str) -> Instance:
    """resources: live custom resources by kind. labels: of the user's. backup: fields of the flavour's ``backup``.

    Nothing is checked against the contract: it runs, whatever this release says of it.
    """
    head = head_of(resources)
    spec, meta = head["spec"], head["metadata"]
    role = spec.get("redisLeader") or {}
    values = {
        **shape_of(resources),
        **dict(_fields(spec, role)),
        **{f"backup.{key}": backup[key] for key in backup},
    }
    return build(meta["name"], meta["namespace"], labels, filled(values))


def _fields(spec: Object, role: Object) -> Iterator[tuple[str, Any]]:
    """Fields of the flavour by their paths, where the custom resource has them. role: of a cluster's leaders."""
    config = spec["kubernetesConfig"]
    yield "image", config["image"]
    if "imagePullPolicy" in config:
        yield "imagePullPolicy", config["imagePullPolicy"]
    yield "imagePullSecrets", tuple(one["name"] for one in config.get("imagePullSecrets") or ())
    if secret := config.get("redisSecret"):
        yield "authentication.enabled", True
        yield "authentication.existingSecret.name", secret["name"]
        yield "authentication.existingSecret.key", secret["key"]
    if tls := spec.get("TLS"):
        yield "transitEncryption.existingSecret", tls["secret"]["secretName"]
    yield "acl.enabled", "acl" in spec
    amounts = role.get("resources") or config.get("resources") or {}
    for path in _AMOUNTS:
        kind, _dot, what = path.partition(".")
        if what in (amounts.get(kind) or {}):
            yield f"master.resources.{path}", str(amounts[kind][what])
            yield f"deployment.config.replica.resources.{path}", str(amounts[kind][what])
    for key in ("runAsNonRoot", "runAsUser", "fsGroup"):
        if key in (spec.get("podSecurityContext") or {}):
            yield f"securityContext.{key}", spec["podSecurityContext"][key]
    placed = {**spec, **{key: role[key] for key in ("nodeSelector", "tolerations") if key in role}}
    yield "tolerations", tuple(placed.get("tolerations") or ())
    for key, field in {**_PLACES, "serviceAccountName": "serviceAccount"}.items():
        if placed.get(key):
            yield field, placed[key]
