"""Where each field of the root shows in each mode: a table for test_effects."""

from __future__ import annotations

from base64 import b64encode

from .effects import Effect
from .made import PASSWORD, SHAPES, TOKEN
from .places import Places, every, redis, same, sentinels
from .secret_effects import SECRET_EFFECTS
from .security_effects import SECURITY_EFFECTS_OF_THE_ROOT

EXISTING = {"authentication": {"enabled": True, "existingSecret": {"name": "mine"}}}
HOST, READER = "redis.example.com", "reader.example.com"
WRITES = {"discovery": {"primary": HOST}}


def told(service: str, *shapes: str) -> Places:
    """In both spellings of external-dns."""
    prefixes = ("external-dns.alpha.kubernetes.io", "external-dns.kubernetes.io")
    path = (f"Service {service}", "metadata", "annotations")
    return {shape: tuple((*path, f"{prefix}/internal-hostname") for prefix in prefixes) for shape in shapes}


ROOT_EFFECTS: tuple[Effect, ...] = (
    Effect("version", "7.2.6", "quay.io/opstree/redis:v7.2.6", redis("kubernetesConfig", "image")),
    Effect("version", "7.2.6", "quay.io/opstree/redis-sentinel:v7.2.6", sentinels("kubernetesConfig", "image")),
    Effect(
        "authentication.enabled",
        True,
        {"name": "cache-auth", "key": "password"},
        every("kubernetesConfig", "redisSecret"),
        root={"authentication": {"enabled": False, "authToken": TOKEN}},
    ),
    Effect(
        "authentication.authToken",
        TOKEN + "2",
        b64encode(f"{TOKEN}2".encode()).decode(),
        same("Secret cache-auth", "data", "password"),
        root=PASSWORD,
    ),
    Effect(
        "authentication.existingSecret.name",
        "yours",
        "yours",
        every("kubernetesConfig", "redisSecret", "name"),
        root=EXISTING,
    ),
    Effect(
        "authentication.existingSecret.name",
        "yours",
        "yours",
        sentinels("redisSentinelConfig", "redisReplicationPassword", "secretKeyRef", "name"),
        root=EXISTING,
    ),
    Effect(
        "authentication.existingSecret.key",
        "pw",
        "pw",
        every("kubernetesConfig", "redisSecret", "key"),
        root=EXISTING,
    ),
    *SECRET_EFFECTS,
    *SECURITY_EFFECTS_OF_THE_ROOT,
    Effect("discovery.endpoint", HOST, HOST, told("cache-client", "standalone", "replicated", "cluster")),
    Effect("discovery.endpoint", HOST, HOST, told("cache-sentinel-client", "sentinel")),
    Effect("discovery.primary", HOST, HOST, told("cache-client", *SHAPES)),
    Effect("discovery.reader", READER, READER, told("cache-reader", "replicated", "sentinel"), root=WRITES),
    Effect("discovery.reader", READER, f"{HOST},{READER}", told("cache-client", "standalone", "cluster"), root=WRITES),
)
