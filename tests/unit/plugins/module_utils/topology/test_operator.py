"""TLS, ACL file and log-ins on each of the operator's kinds."""

from __future__ import annotations

from typing import Any

from .made import ACL, PASSWORD, REDIS, SENTINELS, TLS, merged
from .traps import every_shape, resources

METRICS = {"metrics": {"enabled": True}}
ENABLED = {"acl": {"enabled": True}, **METRICS}


def specs(shape: str, flavour: dict[str, Any], root: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: each["spec"] for name, each in resources(shape, flavour, root).items()}


@every_shape
def test_all_pods_speak_tls(shape: str) -> None:
    for given, secret in (({}, "cache-tls"), ({"transitEncryption": {"existingSecret": "mine"}}, "mine")):
        for spec in specs(shape, {}, merged(TLS, given)).values():
            assert spec["TLS"] == {
                "ca": "ca.crt",
                "cert": "tls.crt",
                "key": "tls.key",
                "secret": {"secretName": secret},
            }
    assert not [name for name, spec in specs(shape, {}, {}).items() if "TLS" in spec]


@every_shape
def test_only_redis_has_an_acl_file(shape: str) -> None:
    found = specs(shape, ACL, PASSWORD)
    assert found[REDIS[shape]]["acl"] == {"secret": {"secretName": "cache-acl"}}
    assert [name for name, spec in found.items() if "acl" in spec] == [REDIS[shape]]
    assert not [name for name, spec in specs(shape, {}, PASSWORD).items() if "acl" in spec]


@every_shape
def test_the_exporter_logs_in_where_there_are_users(shape: str) -> None:
    found = specs(shape, ENABLED, PASSWORD)
    secret = {"secretKeyRef": {"name": "cache-logins", "key": "exporter"}}
    assert found[REDIS[shape]]["redisExporter"]["env"] == [
        {"name": "REDIS_USER", "value": "eks-redis-exporter"},
        {"name": "REDIS_PASSWORD", "valueFrom": secret},
    ]
    # sentinels have no ACL file, and ask for the instance's password
    assert SENTINELS not in found or "env" not in found[SENTINELS]["redisExporter"]
    for spec in specs(shape, METRICS, PASSWORD).values():
        assert "env" not in spec["redisExporter"]


@every_shape
def test_the_operator_and_the_pods_keep_the_instances_password(shape: str) -> None:
    for spec in specs(shape, ENABLED, PASSWORD).values():
        assert spec["kubernetesConfig"]["redisSecret"] == {"name": "cache-auth", "key": "password"}
