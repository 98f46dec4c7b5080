"""Tags of whatever EKS has: moto knows those of clusters and node groups only."""

from __future__ import annotations

from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply import eks_addons, eks_pod_identity
from lab.aws.supply.registry import supply


def _tags(request: AwsRequest) -> dict[str, str]:
    arn = request.params["resourceArn"]
    eks = request.backend("eks")
    tagged = [
        *((cluster.arn, cluster.tags) for cluster in eks.clusters.values()),
        *((group.arn, group.tags) for cluster in eks.clusters.values() for group in cluster.nodegroups.values()),
        *((addon.arn, addon.tags) for addon in kept(eks, eks_addons.addons).values()),
        *((one.arn, one.tags) for one in kept(eks, eks_pod_identity.associations).values()),
    ]
    for known, tags in tagged:
        if known == arn:
            return tags
    raise Fault("NotFoundException", f"Resource not found: {arn}")


@supply("eks", "TagResource", replaces=True)
def tag(request: AwsRequest) -> dict[str, Any]:
    _tags(request).update(request.params["tags"])
    return {}


@supply("eks", "UntagResource", replaces=True)
def untag(request: AwsRequest) -> dict[str, Any]:
    tags = _tags(request)
    for key in request.params["tagKeys"]:
        tags.pop(key, None)
    return {}


@supply("eks", "ListTagsForResource", replaces=True)
def list_tags(request: AwsRequest) -> dict[str, Any]:
    return {"tags": _tags(request)}
