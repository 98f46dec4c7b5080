# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that other modules and roles want to know of a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.eks import api, transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import api as iam
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import provider
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side


def facts(aws: Aws, name: str) -> dict[str, Any]:
    """The cluster as module eks_cluster_info returns it. Errors: AwsError."""
    reads: list[Callable[[], Any]] = [
        lambda: api.cluster(aws, name),  # first: its error says most
        lambda: api.addons(aws, name),
        lambda: api.associations(aws, name),
        lambda: aws.identity,
    ]
    document, addons, associations, _identity = side_by_side(reads)
    cluster = transformations.cluster(document)
    arn = provider.arn(aws, cluster["issuer"]) if cluster["issuer"] else None
    return {
        **cluster,
        "oidc_provider_arn": arn,
        "oidc_provider": arn is not None and iam.oidc_provider(aws, arn) is not None,
        "addons": [transformations.addon_summary(addon, name) for addon in addons],
        "pod_identity_associations": [transformations.association_summary(each) for each in associations],
    }
