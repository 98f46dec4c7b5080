"""EKS add-ons: their life, from CREATING to gone."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply import addon_rules as rules
from lab.aws.supply import eks_pod_identity
from lab.aws.supply.addon_catalogue import ADDONS
from lab.aws.supply.eks_clusters import cluster
from lab.aws.supply.eks_pod_identity import now
from lab.aws.supply.eks_updates import ALWAYS as UPDATE_ALWAYS
from lab.aws.supply.eks_updates import Transition, Update, outcome, updates
from lab.aws.supply.registry import page, supply

ALWAYS = {
    "Addon": (
        "addonName",
        "clusterName",
        "status",
        "addonVersion",
        "health",
        "addonArn",
        "createdAt",
        "modifiedAt",
        "tags",
        "publisher",
        "owner",
    ),
    "AddonHealth": ("issues",),
}
# what an update names in its params, and the request's member that it comes from
UPDATE_PARAMS = {
    "addonVersion": "AddonVersion",
    "serviceAccountRoleArn": "ServiceAccountRoleArn",
    "resolveConflicts": "ResolveConflicts",
    "configurationValues": "ConfigurationValues",
    "podIdentityAssociations": "PodIdentityAssociations",
}
OPTIONAL = ("serviceAccountRoleArn", "configurationValues", "namespaceConfig")


@dataclass
class Installed:
    cluster: str
    name: str
    version: str
    arn: str
    tags: dict[str, str]
    transition: Transition
    more: dict[str, Any]  # those of OPTIONAL that were given
    created: datetime.datetime = field(default_factory=now)
    modified: datetime.datetime = field(default_factory=now)

    @property
    def status(self) -> str:
        if not self.transition.over:
            return self.transition.working
        return self.transition.outcome.status or "ACTIVE"

    @property
    def gone(self) -> bool:
        return self.transition.over and self.transition.working == "DELETING" and not self.transition.outcome.status

    def document(self, associations: list[str]) -> dict[str, Any]:
        issues = self.transition.outcome.issues if self.transition.over else []
        return {
            "addonName": self.name,
            "clusterName": self.cluster,
            "status": self.status,
            "addonVersion": self.version,
            "health": {"issues": issues},
            "addonArn": self.arn,
            "createdAt": self.created,
            "modifiedAt": self.modified,
            "tags": self.tags,
            "publisher": "eks",
            "owner": "aws",
            **self.more,
            **({"podIdentityAssociations": associations} if associations else {}),
        }


def addons() -> dict[tuple[str, str], Installed]:
    """By cluster and name."""
    return {}


def in_account(request: AwsRequest) -> dict[tuple[str, str], Installed]:
    return kept(request.backend("eks"), addons)


def _owned(request: AwsRequest, addon: Installed) -> list[eks_pod_identity.Association]:
    return [one for one in eks_pod_identity.of_cluster(request, addon.cluster) if one.owner == addon.arn]


def _answer(request: AwsRequest, addon: Installed) -> dict[str, Any]:
    return {"addon": addon.document([association.arn for association in _owned(request, addon)])}


def _found(request: AwsRequest) -> Installed:
    cluster(request)
    name = request.params["addonName"]
    key = (request.params["clusterName"], name)
    found = in_account(request).get(key)
    if not found:
        raise Fault("ResourceNotFoundException", f"No addon: {name} found in cluster: {key[0]}")
    return found


def _look(request: AwsRequest) -> Installed:
    found = _found(request)
    found.transition.look()
    if found.gone:
        del in_account(request)[found.cluster, found.name]
        return _found(request)
    return found


def _idle(found: Installed) -> None:
    if not found.transition.over:
        raise Fault(
            "ResourceInUseException",
            f"Addon {found.name} cannot be modified as it is currently in {found.status} state",
        )


def _associate(request: AwsRequest, found: Installed) -> None:
    """podIdentityAssociations: those of the add-on; none given leaves them."""
    wanted = request.params.get("podIdentityAssociations")
    if wanted is None:
        return
    every = kept(request.backend("eks"), eks_pod_identity.associations)
    for association in _owned(request, found):
        del every[association.id]
    namespace = ADDONS[found.name].namespace
    for one in wanted:
        eks_pod_identity.associate(request, namespace, one["serviceAccount"], one["roleArn"], tags={}, owner=found.arn)


@supply("eks", "CreateAddon", always=ALWAYS)
def create(request: AwsRequest) -> dict[str, Any]:
    params, name = request.params, request.params["addonName"]
    of = cluster(request)
    known = rules.known(name)
    if (of.name, name) in in_account(request):
        raise Fault("ResourceInUseException", "Addon already exists.")
    version = rules.version(known, params.get("addonVersion"), of.version)
    rules.configuration(known, params.get("configurationValues"))
    made = Installed(
        cluster=of.name,
        name=name,
        version=version,
        arn=request.arn("eks", f"addon/{of.name}/{name}/{uuid.uuid4()}"),
        tags=params.get("tags", {}),
        transition=Transition("CREATING", outcome(request, name)),
        more={member: params[member] for member in OPTIONAL if member in params},
    )
    _associate(request, made)
    in_account(request)[of.name, name] = made
    return _answer(request, made)


@supply("eks", "DescribeAddon", always=ALWAYS)
def describe(request: AwsRequest) -> dict[str, Any]:
    return _answer(request, _look(request))


@supply("eks", "ListAddons")
def list_all(request: AwsRequest) -> dict[str, Any]:
    of = cluster(request)
    names = sorted(name for cluster_name, name in in_account(request) if cluster_name == of.name)
    shown, more = page(names, request.params)
    return {"addons": shown, **more}


@supply("eks", "UpdateAddon", always=UPDATE_ALWAYS)
def update(request: AwsRequest) -> dict[str, Any]:
    params, found = request.params, _found(request)
    _idle(found)
    known = rules.known(found.name)
    version = rules.version(known, params.get("addonVersion", found.version), cluster(request).version)
    rules.configuration(known, params.get("configurationValues"))
    _associate(request, found)
    found.version = version
    # an empty role takes the role away
    found.more = {
        member: value
        for member, value in {**found.more, **{name: params[name] for name in OPTIONAL if name in params}}.items()
        if value
    }
    found.transition = Transition("UPDATING", outcome(request, found.name))
    found.modified = now()
    changes = [
        {"type": kind, "value": str(params[member])} for member, kind in UPDATE_PARAMS.items() if member in params
    ]
    made = Update(changes, found.transition, found.name, found.cluster)
    kept(request.backend("eks"), updates)[made.id] = made
    return {"update": made.document()}


@supply("eks", "DeleteAddon", always=ALWAYS)
def delete(request: AwsRequest) -> dict[str, Any]:
    found = _found(request)
    if found.transition.working != "DELETING":
        found.transition = Transition("DELETING", outcome(request, found.name))
        every = kept(request.backend("eks"), eks_pod_identity.associations)
        for association in _owned(request, found):
            del every[association.id]
    return _answer(request, found)
