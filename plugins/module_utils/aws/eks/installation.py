# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to become of an add-on, from the options of module eks_addon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import (
    api,
    configuration,
    roles,
    transformations,
    versions,
)
from ansible_collections.eks.redis.plugins.module_utils.aws.eks.addon import Addon
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import Change, State, reconcile
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

Given = Mapping[str, Any]


def reconcile_addon(aws: Aws, given: Given, *, check: bool) -> tuple[Addon, Change]:
    """The add-on, and what was done to it. Waits, before a change and after it, for what EKS is at already."""
    associations = _associations(given)
    cluster_name, present = given["cluster_name"], given["state"] == "present"
    addon = Addon(aws, cluster_name, given["name"], conflicts=given["resolve_conflicts"], preserve=given["preserve"])
    reads: list[Callable[[], Any]] = [lambda: api.cluster(aws, cluster_name), addon.look]
    cluster, document = side_by_side(reads)
    ours = tags.is_ours((document or {}).get("tags") or {}, cluster_name)
    waits = given["wait"] and not check and (present or ours)  # what others made and is to go is left
    if waits:
        addon.wait(given["timeout"])
    wanted = None
    if present:
        wanted = _wanted(aws, given, addon.read(), cluster["version"], associations)
    change = reconcile(addon, wanted, check=check, cluster=cluster_name, adopt=given["adopt"])
    if waits:
        addon.wait(given["timeout"])
    if given["wait"] and change.action != "leave" and not (check and change.changed):
        addon.verify()
    return addon, change


def _associations(given: Given) -> dict[str, str] | None:
    """ARN of the role by ServiceAccount; None: as they are. Errors: AwsError."""
    if given["role_arn"]:
        roles.require_arn("role_arn", given["role_arn"])
    listed = given["pod_identity_associations"]
    if listed is None:
        return None
    if given["role_arn"]:
        raise AwsError(
            "options role_arn (IRSA) and pod_identity_associations (EKS Pod Identity) exclude each other: give one"
        )
    for each in listed:
        roles.require_arn("pod_identity_associations.role_arn", each["role_arn"])
    found = {each["service_account"]: each["role_arn"] for each in listed}
    if len(found) < len(listed):
        raise AwsError("option pod_identity_associations: a ServiceAccount is named twice; it can have one role")
    return found


def _wanted(
    aws: Aws, given: Given, live: State | None, kubernetes: str, associations: dict[str, str] | None
) -> dict[str, Any]:
    """The state to have: what was asked for, and for a new add-on its version."""
    wanted: dict[str, Any] = {"tags": tags.ours(given["cluster_name"], given["tags"])}
    if live is None or given["version"] != versions.KEEP:
        wanted["version"] = _version(aws, given, live, kubernetes)
    if given["configuration"] is not None:
        wanted["configuration"] = _configuration(aws, given, live, wanted.get("version"))
    if given["role_arn"]:
        wanted["role_arn"] = given["role_arn"]
        if live and live["pod_identity_associations"]:
            wanted["pod_identity_associations"] = {}
    if associations is not None:
        wanted["pod_identity_associations"] = associations
    if live is not None and live["status"] in ("CREATE_FAILED", "UPDATE_FAILED"):
        wanted["status"] = "ACTIVE"  # EKS tries again when it is written once more
    return wanted


def _version(aws: Aws, given: Given, live: State | None, kubernetes: str) -> str:
    there = versions.releases(api.addon_releases(aws, given["name"], kubernetes), kubernetes)
    what = f"version of EKS add-on {given['name']} for Kubernetes {kubernetes}"
    return versions.chosen(given["version"], live["version"] if live else None, there, what)


def _configuration(aws: Aws, given: Given, live: State | None, version: str | None) -> dict[str, Any]:
    before = live["configuration"] if live else {}
    after: dict[str, Any] = configuration.merged(before, given["configuration"])
    version = version or (live["version"] if live else "")
    if after != before:
        what = f"EKS add-on {given['name']} {version}"
        configuration.check(after, api.addon_schema(aws, given["name"], version), what)
    return after


def described(addon: Addon, change: Change, *, check: bool) -> dict[str, Any]:
    """The add-on as a module returns it, in check mode with what can be known."""
    live = (change.live if check else addon.read()) or {}
    document = addon.document or {}
    return {
        "name": addon.name,
        "arn": live.get("arn"),
        "version": live.get("version"),
        "status": document.get("status"),
        "configuration": live.get("configuration") or {},
        "role_arn": live.get("role_arn"),
        "pod_identity_associations": live.get("pod_identity_associations") or {},
        "issues": transformations.issues(document),
    }
