"""Long operations of EKS: they take a number of looks to end, and can be made to end badly."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply

DEFAULT_POLLS = 1


@dataclass
class Outcome:
    """How long operations of an add-on go: after ``polls`` looks that still show it at work, it is in ``status``."""

    polls: int = DEFAULT_POLLS
    status: str = ""  # default: what success is (ACTIVE; gone, for a deletion)
    issues: list[dict[str, Any]] = field(default_factory=list)  # as DescribeAddon's health.issues


@dataclass
class Transition:
    """One such operation under way; shared by the add-on and its update, each look at either counts."""

    working: str
    outcome: Outcome
    looks: int = 0

    def look(self) -> None:
        self.looks += 1

    @property
    def over(self) -> bool:
        return self.looks > self.outcome.polls


@dataclass
class Update:
    params: list[dict[str, str]]
    transition: Transition
    addon: str
    cluster: str
    type: str = "AddonUpdate"
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))

    def document(self) -> dict[str, Any]:
        failed = self.transition.over and self.transition.outcome.status.endswith("_FAILED")
        status = "Failed" if failed else "Successful" if self.transition.over else "InProgress"
        issues = self.transition.outcome.issues if failed else []
        errors = [
            {"errorCode": issue["code"], "errorMessage": issue["message"], "resourceIds": issue.get("resourceIds", [])}
            for issue in issues
        ]
        return {
            "id": self.id,
            "status": status,
            "type": self.type,
            "params": self.params,
            "createdAt": self.created,
            "errors": errors,
        }


ALWAYS = {"Update": ("id", "status", "type", "params", "createdAt", "errors")}


def updates() -> dict[str, Update]:
    return {}


def outcomes() -> dict[str, Outcome]:
    """By name of the add-on."""
    return {}


def outcome(request: AwsRequest, addon: str) -> Outcome:
    return kept(request.backend("eks"), outcomes).get(addon, Outcome())


@supply("eks", "DescribeUpdate", always=ALWAYS)
def describe_update(request: AwsRequest) -> dict[str, Any]:
    update = kept(request.backend("eks"), updates).get(request.params["updateId"])
    if not update or update.cluster != request.params["name"]:
        raise Fault("ResourceNotFoundException", f"No update found for ID: {request.params['updateId']}")
    update.transition.look()
    return {"update": update.document()}
