# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of EKS."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import partial
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

MISSING = ("ResourceNotFoundException",)
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")  # CreateCluster
_USABLE = ("ACTIVE", "UPDATING")


def cluster_arn(aws: Aws, name: str) -> str:
    """Known without asking."""
    return f"arn:{aws.partition}:eks:{aws.region}:{aws.account}:cluster/{name}"


def cluster(aws: Aws, name: str) -> dict[str, Any]:
    """The ``cluster`` of DescribeCluster. Errors: AwsError where there is none, or it cannot be used now."""
    if not _NAME.fullmatch(name):
        raise AwsError(
            f"EKS cluster {name!r}: no cluster has such a name; give its name, no ARN: up to 100 letters, digits, "
            "'-' and '_'"
        )
    found = aws.find("eks", "describe_cluster", missing=MISSING, name=name)
    if found is None:
        raise AwsError(_not_found(aws, name))
    document: dict[str, Any] = found["cluster"]
    if document["status"] not in _USABLE:
        advice = f"; when it is made (aws eks wait cluster-active --name {name}), run again"
        raise AwsError(
            f"EKS cluster {name} is {document['status']}, not ACTIVE"
            f"{advice if document['status'] in ('CREATING', 'PENDING') else ''}"
        )
    return document


def _not_found(aws: Aws, name: str) -> str:
    """The usual reasons are another region, another account and a slip of the pen."""
    where = f"EKS cluster {name} is not in region {aws.region} of account {aws.account}"
    try:
        there = sorted(aws.pages("eks", "list_clusters", "clusters"))
    except AwsError:  # who may describe one cluster need not see them all
        return f"{where}; check its name, the region and the credentials"
    near = get_close_matches(name, there, 1)
    hint = f"; did you mean {near[0]}?" if near else "; check the region and the credentials"
    return f"{where}, there {'are: ' + ', '.join(there) if there else 'is none at all'}{hint}"


def addons(aws: Aws, cluster_name: str) -> list[dict[str, Any]]:
    """Each ``addon`` of DescribeAddon."""
    names = aws.pages("eks", "list_addons", "addons", clusterName=cluster_name)
    found = side_by_side(partial(addon, aws, cluster_name, name) for name in names)
    return [document for document in found if document is not None]


def addon(aws: Aws, cluster_name: str, name: str) -> dict[str, Any] | None:
    """The ``addon`` of DescribeAddon."""
    found = aws.find("eks", "describe_addon", missing=MISSING, clusterName=cluster_name, addonName=name)
    return found["addon"] if found else None


def addon_releases(aws: Aws, name: str, kubernetes: str) -> list[dict[str, Any]]:
    """The ``addonVersions`` of DescribeAddonVersions. Errors: AwsError, for an add-on that is not known, too."""
    found = aws.call("eks", "describe_addon_versions", addonName=name, kubernetesVersion=kubernetes)["addons"]
    if not found:
        known = [each["addonName"] for each in aws.pages("eks", "describe_addon_versions", "addons")]
        near = get_close_matches(name, known, 1)
        raise AwsError(
            f"option name: no EKS add-on {name} for Kubernetes {kubernetes}; "
            f"{f'did you mean {near[0]}?' if near else 'see: aws eks describe-addon-versions'}"
        )
    return list(found[0]["addonVersions"])


def addon_schema(aws: Aws, name: str, version: str) -> str:
    """JSON schema of its configuration."""
    found = aws.call("eks", "describe_addon_configuration", addonName=name, addonVersion=version)
    return str(found.get("configurationSchema") or "{}")


def associations(aws: Aws, cluster_name: str, **of: str) -> list[dict[str, Any]]:
    """Summaries of ListPodIdentityAssociations. of: ``namespace``, ``serviceAccount``."""
    return aws.pages("eks", "list_pod_identity_associations", "associations", clusterName=cluster_name, **of)


def association(aws: Aws, cluster_name: str, identifier: str) -> dict[str, Any]:
    """The ``association`` of DescribePodIdentityAssociation."""
    found = aws.call("eks", "describe_pod_identity_association", clusterName=cluster_name, associationId=identifier)
    return dict(found["association"])
