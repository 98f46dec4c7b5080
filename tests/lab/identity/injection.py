"""What the webhook of EKS changes in a pod, as a JSON patch. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.identity.names import (
    AGENT_ADDRESS,
    AUDIENCE,
    CREDENTIALS,
    LONGEST_EXPIRATION,
    POD_IDENTITY,
    REGIONAL_STS,
    ROLE_ARN,
    SHORTEST_EXPIRATION,
    SKIP_CONTAINERS,
    TOKEN_EXPIRATION,
)

Variables = Mapping[str, str]


@dataclass(frozen=True)
class Identity:
    """A way to get credentials: a token in a file, the variables by which SDKs find it, labels that say so."""

    volume: str
    folder: str
    file: str
    audience: str
    variables: Variables
    labels: Mapping[str, str]


def web_identity(annotations: Mapping[str, str]) -> Identity | None:
    """IRSA, if the annotations of the ServiceAccount name a role."""
    role = annotations.get(ROLE_ARN)
    if not role:
        return None
    folder, file = "/var/run/secrets/eks.amazonaws.com/serviceaccount", "token"
    variables = {"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": f"{folder}/{file}"}
    return Identity("aws-iam-token", folder, file, annotations.get(AUDIENCE, "sts.amazonaws.com"), variables, {})


def pod_identity() -> Identity:
    """For pods whose ServiceAccount has an association."""
    folder, name = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount", "eks-pod-identity-token"
    variables = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{AGENT_ADDRESS}{CREDENTIALS}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{folder}/{name}",
    }
    return Identity(name, folder, name, "pods.eks.amazonaws.com", variables, {POD_IDENTITY: "enabled"})


def settings(region: str, annotations: Mapping[str, str]) -> list[Variables]:
    """What pods are given beside their identity; annotations: those of the ServiceAccount."""
    regional = annotations.get(REGIONAL_STS, "").lower() not in ("0", "f", "false")
    where = {"AWS_DEFAULT_REGION": region, "AWS_REGION": region}
    return [where, {"AWS_STS_REGIONAL_ENDPOINTS": "regional"}] if regional else [where]


def expiration(*annotations: Mapping[str, str]) -> int:
    """Seconds; of several annotations the first that is a number counts."""
    for found in annotations:
        try:
            return max(int(found[TOKEN_EXPIRATION]), SHORTEST_EXPIRATION)
        except (KeyError, ValueError):
            continue
    return LONGEST_EXPIRATION


def patch(
    pod: Mapping[str, Any], identity: Identity, groups: Sequence[Variables], seconds: int
) -> list[dict[str, Any]]:
    """groups: variables that are set together; none of a group where the container has one of it.

    To apply it twice is to apply it once: the API server asks again when a later webhook changes the pod.
    """
    spec, metadata = pod["spec"], pod["metadata"]
    skipped = [name.strip() for name in (metadata.get("annotations") or {}).get(SKIP_CONTAINERS, "").split(",")]
    wanted = [*groups, identity.variables]
    changed = {"/spec/volumes": _added(spec.get("volumes"), _volume(identity, seconds), first=True)}
    for kind in ("initContainers", "containers"):
        if spec.get(kind):
            changed[f"/spec/{kind}"] = [
                one if one["name"] in skipped else _equipped(one, identity, wanted) for one in spec[kind]
            ]
    if identity.labels:
        changed["/metadata/labels"] = {**(metadata.get("labels") or {}), **identity.labels}
    return [{"op": "add", "path": path, "value": value} for path, value in changed.items()]


def _volume(identity: Identity, seconds: int) -> dict[str, Any]:
    token = {"audience": identity.audience, "expirationSeconds": seconds, "path": identity.file}
    return {"name": identity.volume, "projected": {"sources": [{"serviceAccountToken": token}]}}


def _equipped(container: Mapping[str, Any], identity: Identity, groups: Sequence[Variables]) -> dict[str, Any]:
    own = container.get("env") or []
    taken = {entry["name"] for entry in own}
    new = [group for group in groups if not taken & group.keys()]
    mount = {"name": identity.volume, "mountPath": identity.folder, "readOnly": True}
    return {
        **container,
        "env": [*own, *({"name": name, "value": value} for group in new for name, value in group.items())],
        "volumeMounts": _added(container.get("volumeMounts"), mount),
    }


def _added(entries: list[dict[str, Any]] | None, entry: dict[str, Any], *, first: bool = False) -> list[dict[str, Any]]:
    """With the entry, unless there is one of that name."""
    there = entries or []
    if any(one["name"] == entry["name"] for one in there):
        return there
    return [entry, *there] if first else [*there, entry]
