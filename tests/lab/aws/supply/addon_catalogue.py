"""The EKS add-ons that can be installed: versions, the Kubernetes versions they run on, what can be configured.

Names, versions and schemas are shaped as EKS's are (describe-addon-versions, describe-addon-configuration), not a copy
of them: enough releases that newest, default and newest compatible differ.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Release(NamedTuple):
    runs_on: tuple[str, ...]  # Kubernetes versions
    default_for: tuple[str, ...] = ()


class Addon(NamedTuple):
    type: str
    namespace: str
    service_account: str  # the one that needs AWS rights, "" if none does
    policies: tuple[str, ...]  # of AWS, recommended for it
    releases: dict[str, Release]  # newest first, as EKS lists them
    properties: dict[str, Any]  # of the configuration, as JSON schema


BOOLEAN = {"type": "boolean"}
RESOURCES = {"type": "object", "properties": {"limits": {"type": "object"}, "requests": {"type": "object"}}}
TAGS = {"type": "object", "additionalProperties": {"type": "string", "maxLength": 256}}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


ADDONS = {
    "aws-ebs-csi-driver": Addon(
        type="storage",
        namespace="kube-system",
        service_account="ebs-csi-controller-sa",
        policies=("arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",),
        releases={
            "v1.53.0-eksbuild.1": Release(("1.32", "1.33", "1.34", "1.35"), default_for=("1.35",)),
            "v1.50.1-eksbuild.1": Release(("1.31", "1.32", "1.33", "1.34"), default_for=("1.33", "1.34")),
            "v1.48.0-eksbuild.1": Release(
                ("1.30", "1.31", "1.32", "1.33", "1.34"), default_for=("1.30", "1.31", "1.32")
            ),
            "v1.31.0-eksbuild.1": Release(("1.29", "1.30", "1.31"), default_for=("1.29",)),
        },
        properties={
            "controller": closed(
                extraVolumeTags=TAGS,
                replicaCount={"type": "integer", "minimum": 1},
                resources=RESOURCES,
                nodeSelector={"type": "object"},
                tolerations={"type": "array"},
            ),
            "node": closed(
                tolerateAllTaints=BOOLEAN,
                volumeAttachLimit={"type": "integer"},
                enableWindows=BOOLEAN,
                resources=RESOURCES,
            ),
            "defaultStorageClass": closed(enabled=BOOLEAN),
        },
    ),
    "eks-pod-identity-agent": Addon(
        type="security",
        namespace="kube-system",
        service_account="",
        policies=(),
        releases={
            "v1.3.8-eksbuild.2": Release(
                ("1.30", "1.31", "1.32", "1.33", "1.34", "1.35"), default_for=("1.34", "1.35")
            ),
            "v1.3.4-eksbuild.1": Release(
                ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34"), default_for=("1.29", "1.30", "1.31", "1.32", "1.33")
            ),
        },
        properties={"agent": {"type": "object"}, "resources": RESOURCES, "tolerations": {"type": "array"}},
    ),
    "amazon-cloudwatch-observability": Addon(
        type="observability",
        namespace="amazon-cloudwatch",
        service_account="cloudwatch-agent",
        policies=(
            "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
            "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
        ),
        releases={
            "v4.5.0-eksbuild.1": Release(("1.31", "1.32", "1.33", "1.34", "1.35"), default_for=("1.34", "1.35")),
            "v4.1.0-eksbuild.1": Release(
                ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34"), ("1.29", "1.30", "1.31", "1.32", "1.33")
            ),
        },
        properties={
            "agent": {"type": "object"},
            "containerLogs": closed(enabled=BOOLEAN, fluentBit={"type": "object"}),
            "tolerations": {"type": "array"},
        },
    ),
    "vpc-cni": Addon(
        type="networking",
        namespace="kube-system",
        service_account="aws-node",
        policies=("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",),
        releases={
            "v1.20.4-eksbuild.1": Release(("1.31", "1.32", "1.33", "1.34", "1.35"), default_for=("1.34", "1.35")),
            "v1.19.6-eksbuild.1": Release(
                ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34"), ("1.29", "1.30", "1.31", "1.32", "1.33")
            ),
        },
        properties={
            "enableNetworkPolicy": {"type": "string", "enum": ["true", "false"]},
            "nodeAgent": closed(enablePolicyEventLogs={"type": "string", "enum": ["true", "false"]}),
            "env": {"type": "object", "additionalProperties": {"type": "string"}},
            "resources": RESOURCES,
        },
    ),
}


def schema(addon: Addon) -> dict[str, Any]:
    return {"$schema": "http://json-schema.org/draft-07/schema#", **closed(**addon.properties)}


def default_version(addon: Addon, kubernetes: str) -> str | None:
    return next((name for name, release in addon.releases.items() if kubernetes in release.default_for), None)
