# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An EKS add-on: software that EKS installs in a cluster and keeps as it was asked to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import api, roles, transformations, waiters
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import Same, State
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side


class Addon:
    """State: ``{arn, version, configuration, role_arn, pod_identity_associations, status, tags}``.

    configuration: a mapping. pod_identity_associations: ARN of the role by ServiceAccount. status: EKS's.

    document: as EKS last described it, None where there is none. conflicts: ``none``, ``overwrite`` or ``preserve``;
    without it, as EKS advises: none at the creation, preserve afterwards. preserve: at the deletion the software stays.
    """

    kind = "EKS add-on"
    shared = True
    same: Mapping[str, Same] = {"tags": tags.hold}

    def __init__(
        self, aws: Aws, cluster: str, name: str, *, conflicts: str | None = None, preserve: bool = False
    ) -> None:
        self._aws = aws
        self._where = {"clusterName": cluster, "addonName": name}
        self._conflicts = conflicts
        self._preserve = preserve
        self._update: str | None = None
        self.name = name
        self.what = f"{self.kind} {name} of cluster {cluster}"
        self.document: dict[str, Any] | None = None
        self._state: dict[str, Any] | None = None

    def look(self) -> dict[str, Any] | None:
        """Asks EKS for the document."""
        return self._seen(api.addon(self._aws, self._where["clusterName"], self._where["addonName"]))

    def _seen(self, document: dict[str, Any] | None) -> dict[str, Any] | None:
        self.document, self._state = document, None
        return document

    def read(self) -> dict[str, Any] | None:
        """The state that the document shows: every write is followed by a look, so that nothing is asked twice."""
        if self.document is not None and self._state is None:
            arns = self.document.get("podIdentityAssociations") or ()
            ids = (arn.rpartition("/")[2] for arn in arns)
            read = partial(api.association, self._aws, self._where["clusterName"])
            associations = side_by_side(partial(read, identifier) for identifier in ids)
            self._state = transformations.addon_state(self.document, associations)
        return self._state

    def create(self, wanted: State) -> None:
        """Lets EKS begin to install it."""
        given = self._written(wanted)
        answer = roles.propagated(
            self._aws,
            wanted.get("pod_identity_associations") or {},
            lambda: self._aws.call(
                "eks",
                "create_addon",
                **self._where,
                **given,
                resolveConflicts=(self._conflicts or "none").upper(),
                tags=wanted["tags"],
            ),
        )
        self._seen(answer["addon"])

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Writes what differs. EKS takes a role that is not named for one that is to go, so all is named."""
        if "tags" in fields:
            self._aws.call("eks", "tag_resource", resourceArn=live["arn"], tags=dict(wanted["tags"]))
        if fields - {"tags"}:
            given = self._written({**live, **wanted})
            if "pod_identity_associations" not in fields:
                given.pop("podIdentityAssociations", None)
            elif wanted["pod_identity_associations"]:
                given.pop("serviceAccountRoleArn", None)
            answer = roles.propagated(
                self._aws,
                wanted.get("pod_identity_associations") or {},
                lambda: self._aws.call(
                    "eks",
                    "update_addon",
                    **self._where,
                    **given,
                    resolveConflicts=(self._conflicts or "preserve").upper(),
                ),
            )
            self._update = answer["update"]["id"]
        self.look()

    def delete(self, live: State) -> None:
        """Lets EKS begin to take it away."""
        self._seen(self._aws.call("eks", "delete_addon", **self._where, preserve=self._preserve)["addon"])

    def wait(self, seconds: float) -> None:
        """Until EKS has done what it is at. Errors: EngineError with all that ails the add-on."""
        deadline = waiters.deadline(seconds)
        if self._update:
            waiters.updated(self._described_update, self.what, deadline)
            self.look()
        waiters.settled(self.document, self.look, self.what, deadline)

    def verify(self) -> None:
        """Raises EngineError for an add-on that failed or is not healthy."""
        if self.document is not None:
            waiters.well(self.document, self.what)

    def _described_update(self) -> dict[str, Any]:
        described: dict[str, Any] = self._aws.call(
            "eks",
            "describe_update",
            name=self._where["clusterName"],
            addonName=self._where["addonName"],
            updateId=self._update,
        )["update"]
        return described

    @staticmethod
    def _written(state: Mapping[str, Any]) -> dict[str, Any]:
        """As EKS takes it; what the state lacks is left out."""
        associations = state.get("pod_identity_associations")
        given = {
            "addonVersion": state.get("version"),
            "configurationValues": json.dumps(state["configuration"]) if "configuration" in state else None,
            "serviceAccountRoleArn": state.get("role_arn"),
            "podIdentityAssociations": None
            if associations is None
            else [{"serviceAccount": account, "roleArn": role} for account, role in associations.items()],
        }
        return {member: value for member, value in given.items() if value is not None}
