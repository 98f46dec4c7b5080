"""Where each field of TLS, ACL, keeper and exposure shows in each mode: tables for test_effects."""

from __future__ import annotations

from typing import Any

from .effects import POLICED, Effect
from .made import PASSWORD, SHAPES, TLS, merged
from .places import Places, every, only, redis, same

BALANCED = {"service": {"type": "LoadBalancer"}}
KEPT = {"keeper": {"enabled": True}}
ISSUED = merged(TLS, {"transitEncryption": {"issuer": {"name": "ours"}}})
CERTIFICATE = ("Certificate cache-tls", "spec")
KEEPER = ("Deployment cache-keeper", "spec", "template", "spec", "containers", 0)
DOMAIN = "nodes.example.com"
POLICIES = {"NetworkPolicy cache": tuple(SHAPES), "NetworkPolicy cache-sentinel": ("sentinel",)}


def client(*path: str | int) -> Places:
    return same("Service cache-client", "spec", *path)


def certified(field: str, value: Any, shown: Any, *path: str | int) -> Effect:
    """In the request to cert-manager."""
    return Effect(f"transitEncryption.{field}", value, shown, same(*CERTIFICATE, *path), root=ISSUED)


SECURITY_EFFECTS: tuple[Effect, ...] = (
    Effect("acl.enabled", True, {"secret": {"secretName": "cache-acl"}}, redis("acl"), root=PASSWORD),
    Effect("keeper.enabled", True, "Deployment", same("Deployment cache-keeper", "kind")),
    *(
        Effect(f"keeper.resources.{leaf}", value, value, same(*KEEPER, "resources", *leaf.split(".")), KEPT)
        for leaf, value in {
            "requests.cpu": "50m",
            "requests.memory": "96Mi",
            "limits.cpu": "1",
            "limits.memory": "1Gi",
        }.items()
    ),
    Effect("createServiceAccount", True, "cache-redis", every("serviceAccountName")),
    Effect("createServiceAccount", True, "ServiceAccount", same("ServiceAccount cache-redis", "kind")),
    Effect("service.loadBalancerClass", "a/nlb", "a/nlb", client("loadBalancerClass"), BALANCED),
    Effect(
        "service.loadBalancerSourceRanges", ["10.0.0.0/8"], ["10.0.0.0/8"], client("loadBalancerSourceRanges"), BALANCED
    ),
    Effect(
        "service.reader",
        True,
        "slave",
        same("Service cache-reader", "spec", "selector", "redis-role", shapes=("replicated", "sentinel")),
    ),
    *(
        Effect(
            "networkPolicy.allowedCidrs",
            ["10.0.0.0/8"],
            "10.0.0.0/8",
            same(policy, "spec", "ingress", 0, "from", 1, "ipBlock", "cidr", shapes=shapes),
            POLICED,
        )
        for policy, shapes in POLICIES.items()
    ),
    Effect(
        "networkPolicy.operatorNamespace",
        "ops",
        ["ops"],
        same(
            "NetworkPolicy cache",
            *("spec", "ingress", 1, "from", -1, "namespaceSelector", "matchExpressions", 0, "values"),
            shapes=("replicated", "sentinel", "cluster"),
        ),
        POLICED,
    ),
)
SECURITY_EFFECTS_OF_THE_ROOT: tuple[Effect, ...] = (
    Effect("transitEncryption.enabled", True, "cache-tls", every("TLS", "secret", "secretName")),
    Effect("transitEncryption.existingSecret", "mine", "mine", every("TLS", "secret", "secretName"), root=TLS),
    Effect("transitEncryption.issuer.name", "ours", "ours", same(*CERTIFICATE, "issuerRef", "name"), root=TLS),
    certified("issuer.kind", "ClusterIssuer", "ClusterIssuer", "issuerRef", "kind"),
    certified("issuer.group", "awspca.example.com", "awspca.example.com", "issuerRef", "group"),
    certified("names", ["*.0.example.com"], "*.0.example.com", "dnsNames", 0),
    certified("names", ["10.0.0.1"], "10.0.0.1", "ipAddresses", 0),
    certified("days", 90, "2160h0m0s", "duration"),
    certified("renewDays", 10, "240h0m0s", "renewBefore"),
    Effect(
        "discovery.nodes",
        DOMAIN,
        DOMAIN,
        only(
            ("cluster",), same("Service cache-nodes", "metadata", "annotations", "external-dns.kubernetes.io/hostname")
        ),
    ),
    Effect(
        "discovery.nodes",
        DOMAIN,
        [{"name": "DOMAIN", "value": DOMAIN}],
        only(("cluster",), redis("initContainer", "env")),
    ),
)
