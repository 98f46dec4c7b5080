"""Where each field of the root shows in each mode: a table for test_effects."""

from __future__ import annotations

from base64 import b64encode

from .effects import Effect
from .made import PASSWORD, TOKEN
from .places import every, redis, same, sentinels

EXISTING = {"authentication": {"enabled": True, "existingSecret": {"name": "mine"}}}

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
)
