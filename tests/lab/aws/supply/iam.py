"""Client ids of OIDC providers."""

from __future__ import annotations

from typing import Any

from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply

MOST = 100


def _client_ids(request: AwsRequest) -> list[str]:
    arn = request.params["OpenIDConnectProviderArn"]
    provider = request.backend("iam").open_id_providers.get(arn)
    if not provider:
        raise Fault("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", 404)
    return provider.client_id_list


@supply("iam", "AddClientIDToOpenIDConnectProvider")
def add_client_id(request: AwsRequest) -> dict[str, Any]:
    known, wanted = _client_ids(request), request.params["ClientID"]
    if wanted not in known:
        if len(known) >= MOST:
            raise Fault("LimitExceeded", f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MOST}")
        known.append(wanted)
    return {}


@supply("iam", "RemoveClientIDFromOpenIDConnectProvider")
def remove_client_id(request: AwsRequest) -> dict[str, Any]:
    known = _client_ids(request)
    if request.params["ClientID"] in known:
        known.remove(request.params["ClientID"])
    return {}
