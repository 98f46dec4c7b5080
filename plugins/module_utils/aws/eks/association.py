# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Pod Identity association: which IAM role the pods of a ServiceAccount have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import api, roles
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import Change, Same, State, reconcile
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side


class Association:
    """State: ``{id, arn, role_arn, owner_arn, tags}``. owner_arn: of the add-on that it belongs to, or None.

    EKS has at most one for a ServiceAccount.
    """

    kind = "EKS Pod Identity association"
    shared = False
    same: Mapping[str, Same] = {"tags": tags.hold}

    def __init__(self, aws: Aws, cluster: str, namespace: str, service_account: str) -> None:
        self._aws = aws
        self._cluster = cluster
        self._of = {"namespace": namespace, "serviceAccount": service_account}
        self.name = f"{cluster}/{namespace}/{service_account}"
        self._state: dict[str, Any] | None = None

    def look(self) -> dict[str, Any] | None:
        """Asks EKS for the state."""
        self._state = self._found()
        return self._state

    def read(self) -> dict[str, Any] | None:
        """The state as last seen: every write is followed by a look, so that nothing is asked twice."""
        return self._state

    def _found(self) -> dict[str, Any] | None:
        summaries = api.associations(self._aws, self._cluster, **self._of)
        if not summaries:
            return None
        live = api.association(self._aws, self._cluster, summaries[0]["associationId"])
        return {
            "id": live["associationId"],
            "arn": live["associationArn"],
            "role_arn": live["roleArn"],
            "owner_arn": live.get("ownerArn"),
            "tags": dict(live.get("tags") or {}),
        }

    def create(self, wanted: State) -> None:
        """Makes it."""
        self._write(
            wanted,
            lambda: self._aws.call(
                "eks",
                "create_pod_identity_association",
                clusterName=self._cluster,
                **self._of,
                roleArn=wanted["role_arn"],
                tags=wanted["tags"],
            ),
        )
        self.look()

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Writes what differs."""
        if "role_arn" in fields:
            self._write(
                wanted,
                lambda: self._aws.call(
                    "eks",
                    "update_pod_identity_association",
                    clusterName=self._cluster,
                    associationId=live["id"],
                    roleArn=wanted["role_arn"],
                ),
            )
        if "tags" in fields:
            self._aws.call("eks", "tag_resource", resourceArn=live["arn"], tags=dict(wanted["tags"]))
        self.look()

    def _write(self, wanted: State, write: Any) -> None:
        roles.propagated(self._aws, {self._of["serviceAccount"]: wanted["role_arn"]}, write)

    def delete(self, live: State) -> None:
        """Takes it away."""
        self._aws.call("eks", "delete_pod_identity_association", clusterName=self._cluster, associationId=live["id"])


def reconcile_association(aws: Aws, given: Mapping[str, Any], *, check: bool) -> Change:
    """What was done to the association, from the options of module pod_identity."""
    wanted = None
    if given["state"] == "present":
        roles.require_arn("role_arn", given["role_arn"] or "")
        wanted = {"role_arn": given["role_arn"], "tags": tags.ours(given["cluster_name"], given["tags"])}
    association = Association(aws, given["cluster_name"], given["namespace"], given["service_account"])
    _cluster, live = side_by_side((lambda: api.cluster(aws, given["cluster_name"]), association.look))
    if wanted and live and live["owner_arn"]:
        raise AwsError(
            f"{association.kind} {association.name} belongs to {live['owner_arn']}; set its role there, with eks_addon"
        )
    return reconcile(association, wanted, check=check, cluster=given["cluster_name"], adopt=given["adopt"])
