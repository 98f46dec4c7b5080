"""Where each field of a password from a store shows: rows for root_effects."""

from __future__ import annotations

from typing import Any

from .effects import Effect
from .places import same

NAME, OTHER = "eks-redis/cache", "eks-redis/other"
EXTERNAL = {"authentication": {"enabled": True, "externalSecret": {"remoteKey": NAME, "store": "aws"}}}
STORED = {"authentication": {"enabled": True, "secretsStore": {"objectName": NAME}}}
CLASS = ("SecretProviderClass cache-auth", "spec", "parameters")
PLAIN = "- objectName: {}\n  objectType: secretsmanager\n  objectAlias: password\n"
PART = """\
- objectName: {}
  objectType: secretsmanager
  objectAlias: secret
  jmesPath:
  - path: '"{}"'
    objectAlias: password
"""


def external(field: str, value: Any, *path: str | int) -> Effect:
    """In the ExternalSecret."""
    where = same("ExternalSecret cache-auth", "spec", *path)
    return Effect(f"authentication.externalSecret.{field}", value, value, where, root=EXTERNAL)


def stored(field: str, value: Any, shown: str, *path: str) -> Effect:
    """In the SecretProviderClass."""
    return Effect(f"authentication.secretsStore.{field}", value, shown, same(*CLASS, *path), root=STORED)


SECRET_EFFECTS: tuple[Effect, ...] = (
    external("remoteKey", OTHER, "data", 0, "remoteRef", "key"),
    external("property", "token", "data", 0, "remoteRef", "property"),
    external("store", "other", "secretStoreRef", "name"),
    external("storeKind", "ClusterSecretStore", "secretStoreRef", "kind"),
    external("refreshInterval", "5m", "refreshInterval"),
    stored("objectName", OTHER, PLAIN.format(OTHER), "objects"),
    stored("property", "token", PART.format(NAME, "token"), "objects"),
    stored("region", "eu-west-1", "eu-west-1", "region"),
    stored("podIdentity", True, "true", "usePodIdentity"),
)
