"""What can be installed: DescribeAddonVersions and DescribeAddonConfiguration."""

from __future__ import annotations

import json
from typing import Any

from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.addon_catalogue import ADDONS, Addon, Release, schema
from lab.aws.supply.registry import page, supply

ALWAYS = {
    "AddonInfo": ("addonName", "type", "addonVersions", "publisher", "owner", "defaultNamespace"),
    "AddonVersionInfo": (
        "addonVersion",
        "architecture",
        "computeTypes",
        "compatibilities",
        "requiresConfiguration",
        "requiresIamPermissions",
    ),
    "Compatibility": ("clusterVersion", "platformVersions", "defaultVersion"),
}


def _version(name: str, release: Release, addon: Addon, kubernetes: str | None) -> dict[str, Any]:
    return {
        "addonVersion": name,
        "architecture": ["amd64", "arm64"],
        "computeTypes": ["ec2", "hybrid"],
        "compatibilities": [
            {
                "clusterVersion": version,
                "platformVersions": ["*"],
                "defaultVersion": version in release.default_for,
            }
            for version in sorted(release.runs_on, reverse=True)
            if kubernetes in (None, version)
        ],
        "requiresConfiguration": False,
        "requiresIamPermissions": bool(addon.policies),
    }


@supply("eks", "DescribeAddonVersions", always=ALWAYS)
def versions(request: AwsRequest) -> dict[str, Any]:
    params = request.params
    kubernetes = params.get("kubernetesVersion")
    wanted = []
    for name, addon in ADDONS.items():
        releases = [
            _version(version, release, addon, kubernetes)
            for version, release in addon.releases.items()
            if kubernetes is None or kubernetes in release.runs_on
        ]
        info = {
            "addonName": name,
            "type": addon.type,
            "addonVersions": releases,
            "publisher": "eks",
            "owner": "aws",
            "defaultNamespace": addon.namespace,
        }
        if releases and params.get("addonName") in (None, name) and _chosen(info, params):
            wanted.append(info)
    shown, more = page(wanted, params)
    return {"addons": shown, **more}


def _chosen(info: dict[str, Any], params: dict[str, Any]) -> bool:
    filters = {"types": "type", "publishers": "publisher", "owners": "owner"}
    return all(info[member] in params[given] for given, member in filters.items() if params.get(given))


@supply(
    "eks",
    "DescribeAddonConfiguration",
    always={"DescribeAddonConfigurationResponse": ("addonName", "addonVersion", "configurationSchema")},
)
def configuration(request: AwsRequest) -> dict[str, Any]:
    name, version = request.params["addonName"], request.params["addonVersion"]
    if name not in ADDONS or version not in ADDONS[name].releases:
        raise Fault("InvalidParameterException", "Addon version specified is not supported")
    addon = ADDONS[name]
    pod_identity = [{"serviceAccount": addon.service_account, "recommendedManagedPolicies": list(addon.policies)}]
    return {
        "addonName": name,
        "addonVersion": version,
        "configurationSchema": json.dumps(schema(addon)),
        **({"podIdentityConfiguration": pod_identity} if addon.service_account else {}),
    }
