# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OIDC identity provider through which IAM trusts the tokens of a cluster's ServiceAccounts (IRSA)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import api
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import State
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

_ISSUER = re.compile(r"https://[^\s/]+(/\S*)?")


def require_issuer(issuer: str | None) -> None:
    """Errors: AwsError for what is no issuer's URL, such as that of a cluster that has none."""
    if not _ISSUER.fullmatch(issuer or ""):
        raise AwsError(
            f"issuer: {issuer!r} is not the https URL of the cluster's OIDC issuer, which method irsa needs; "
            "eks_cluster_info tells it; a cluster that has none can use method pod_identity"
        )


def arn(aws: Aws, issuer: str) -> str:
    """Follows from the issuer's URL: there is one provider for it in an account."""
    return f"arn:{aws.partition}:iam::{aws.account}:oidc-provider/{issuer.removeprefix('https://')}"


def _holds(live: Collection[str], wanted: Collection[str]) -> bool:
    return set(wanted) <= set(live)


class OidcProvider:
    """State: ``{arn, client_ids, tags}``. Client ids and tags of others stay.

    No thumbprint is sent: IAM verifies EKS's issuers with authorities it knows (IAM User Guide, "Obtain the thumbprint
    for an OpenID Connect identity provider").
    """

    kind = "IAM OIDC provider"
    shared = True
    same = {"client_ids": _holds, "tags": tags.hold}

    def __init__(self, aws: Aws, issuer: str) -> None:
        self._aws = aws
        self._issuer = issuer
        self.name = arn(aws, issuer)

    def read(self) -> dict[str, Any] | None:
        """Its state."""
        live = api.oidc_provider(self._aws, self.name)
        if live is None:
            return None
        return {"arn": self.name, "client_ids": live["ClientIDList"], "tags": tags.from_list(live.get("Tags") or ())}

    def create(self, wanted: State) -> None:
        """Makes it."""
        self._aws.call(
            "iam",
            "create_open_id_connect_provider",
            Url=self._issuer,
            ClientIDList=list(wanted["client_ids"]),
            Tags=tags.to_list(wanted["tags"]),
        )

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Adds what it lacks."""
        if "client_ids" in fields:
            for client in set(wanted["client_ids"]) - set(live["client_ids"]):
                self._call("add_client_id_to_open_id_connect_provider", ClientID=client)
        if "tags" in fields:
            self._call("tag_open_id_connect_provider", Tags=tags.to_list(wanted["tags"]))

    def delete(self, live: State) -> None:
        """Takes it away."""
        self._call("delete_open_id_connect_provider")

    def _call(self, operation: str, **params: Any) -> None:
        self._aws.call("iam", operation, OpenIDConnectProviderArn=self.name, **params)
