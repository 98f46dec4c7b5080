# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EKS's documents as ours. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import configuration

Document = Mapping[str, Any]


def cluster(document: Document) -> dict[str, Any]:
    """What is read of a cluster; what AWS does not tell is None."""
    encryption = document.get("encryptionConfig") or ()
    keys = [each["provider"]["keyArn"] for each in encryption if "secrets" in each.get("resources", ())]
    storage = (document.get("storageConfig") or {}).get("blockStorage") or {}
    return {
        "name": document["name"],
        "arn": document["arn"],
        "account": document["arn"].split(":")[4],
        "region": document["arn"].split(":")[3],
        "version": document["version"],
        "status": document["status"],
        "issuer": ((document.get("identity") or {}).get("oidc") or {}).get("issuer"),
        "authentication_mode": (document.get("accessConfig") or {}).get("authenticationMode"),
        "secrets_key_arn": keys[0] if keys else None,
        "auto_mode": {
            "compute": bool((document.get("computeConfig") or {}).get("enabled")),
            "storage": bool(storage.get("enabled")),
        },
    }


def addon_summary(document: Document, cluster_name: str) -> dict[str, Any]:
    """One of a cluster's add-ons. managed: whether eks.redis made it."""
    return {
        "name": document["addonName"],
        "version": document["addonVersion"],
        "status": document["status"],
        "role_arn": document.get("serviceAccountRoleArn"),
        "managed": tags.is_ours(document.get("tags") or {}, cluster_name),
    }


def association_summary(document: Document) -> dict[str, Any]:
    """One of a cluster's Pod Identity associations. owner_arn: of the add-on that it belongs to."""
    return {
        "namespace": document["namespace"],
        "service_account": document["serviceAccount"],
        "id": document["associationId"],
        "owner_arn": document.get("ownerArn"),
    }


def addon_state(document: Document, associations: Collection[Document]) -> dict[str, Any]:
    """The state of an add-on, see addon.Addon."""
    return {
        "arn": document["addonArn"],
        "version": document["addonVersion"],
        "configuration": configuration.parsed(document.get("configurationValues")),
        "role_arn": document.get("serviceAccountRoleArn"),
        "pod_identity_associations": {each["serviceAccount"]: each["roleArn"] for each in associations},
        "status": document["status"],
        "tags": dict(document.get("tags") or {}),
    }


def issues(document: Document) -> list[dict[str, Any]]:
    """``{code, message, resources}`` of each thing that ails an add-on."""
    found = (document.get("health") or {}).get("issues") or ()
    return [issue(each["code"], each.get("message"), each.get("resourceIds")) for each in found]


def update_errors(update: Document) -> list[dict[str, Any]]:
    """The same of an update that failed."""
    return [
        issue(each["errorCode"], each.get("errorMessage"), each.get("resourceIds"))
        for each in update.get("errors") or ()
    ]


def issue(code: str, message: str | None, resources: Collection[str] | None) -> dict[str, Any]:
    """One, on one line whatever EKS sends."""
    return {"code": code, "message": " ".join((message or "").split()), "resources": list(resources or ())}
