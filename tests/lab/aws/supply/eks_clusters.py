"""Clusters, as the operations on what belongs to one need them."""

from __future__ import annotations

from typing import Any

from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


def cluster(request: AwsRequest, member: str = "clusterName") -> Any:
    """moto's cluster that the request names."""
    name = request.params[member]
    found = request.backend("eks").clusters.get(name)
    if not found:
        raise Fault("ResourceNotFoundException", f"No cluster found for name: {name}.")
    return found
