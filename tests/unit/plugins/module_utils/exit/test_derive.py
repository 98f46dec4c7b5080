"""Each row of the mapping."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.exit.derive import Derived, derive
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import (
    GlobalDatastore,
    Group,
    Log,
    Shard,
    Snapshots,
    User,
)
from ansible_collections.eks.redis.plugins.module_utils.exit.rows import Wanted

from .made import CLUSTER, ONE, SERVERLESS, change, parameters, shards

ZONE = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone"}
STRICT, SOFT = [{**ZONE, "whenUnsatisfiable": "DoNotSchedule"}], [{**ZONE, "whenUnsatisfiable": "ScheduleAnyway"}]
ALONE = change(ONE, shards=(Shard("0001", None, 0, ("us-east-1a",)),), automatic_failover=False, multi_az=False)
USERS = (User("default", "default", "off ~* -@all", "password"), User("app", "app", "on ~app:* +@read", "password"))
OPEN = (User("default", "default", "on ~* +@all", "no-password"),)


def value(found: Derived, path: str) -> Any:
    return next((line.value for line in found.lines if line.path == path), None)


def origin(found: Derived, path: str) -> str:
    return next(line.origin for line in found.lines if line.path == path)


@pytest.mark.parametrize(
    ("group", "path", "expected", "why"),
    [
        (ONE, "deployment.mode", "sentinel", "cluster mode disabled, AutomaticFailover enabled"),
        (change(ONE, automatic_failover=False), "deployment.mode", "standalone", "nobody fails over; sentinel would"),
        (ALONE, "deployment.mode", "standalone", "no replicas"),
        (CLUSTER, "deployment.mode", "cluster", "cluster mode enabled"),
        (
            change(ONE, cluster_mode="compatible"),
            "deployment.mode",
            "cluster",
            "clients without cluster support must go",
        ),
        (SERVERLESS, "deployment.mode", "cluster", "serverless: it speaks as a cluster"),
        (CLUSTER, "clusterModeEnabled", True, "cluster mode enabled"),
        (ONE, "deployment.config.replica.count", 2, "members of a NodeGroup"),
        (change(ONE, automatic_failover=False), "deployment.config.replica.count", 2, "members of a NodeGroup"),
        (CLUSTER, "deployment.config.numShards", 3, "NodeGroups, as many"),
        (
            change(CLUSTER, shards=shards(1)),
            "deployment.config.numShards",
            3,
            "1 at ElastiCache; a Redis cluster needs 3",
        ),
        (CLUSTER, "deployment.config.replicasPerShard", 2, "members of a NodeGroup"),
        (
            change(CLUSTER, shards=(*shards(2), *shards(1, 0))),
            "deployment.config.replicasPerShard",
            2,
            "of the one that has most",
        ),
        (SERVERLESS, "deployment.config.replicasPerShard", 1, "does not tell how often"),
        (ONE, "version", "7.0.15", "Redis OSS 7.1.0, of which Redis 7.0.15 reads the data (REDIS0010)"),
        (change(ONE, engine="valkey", version="8.0.1"), "version", "7.2.6", "Valkey 8.0.1"),
        (ONE, "topologySpreadConstraints", STRICT, "MultiAZ enabled, nodes in us-east-1a, us-east-1b, us-east-1c"),
        (change(ONE, multi_az=False), "topologySpreadConstraints", SOFT, "MultiAZ disabled"),
        (SERVERLESS, "topologySpreadConstraints", SOFT, "MultiAZ enabled"),
        (ONE, "backup.schedule", "0 3 * * *", "begin of the snapshot window 03:00-05:00 UTC"),
        (SERVERLESS, "backup.schedule", "0 9 * * *", "09:00"),
        (ONE, "backup.retention", 7, "SnapshotRetentionLimit"),
        (ONE, "backup.enabled", False, "name a bucket"),
        (change(ONE, auth_token=True), "authentication.enabled", True, "AuthTokenEnabled"),
        (change(ONE, auth_token=True), "authentication.existingSecret.name", "shop-prod-token", "make this Secret"),
        (change(ONE, users=USERS, user_groups=("apps",)), "authentication.enabled", True, "user group apps"),
        (
            change(ONE, tls="required"),
            "transitEncryption.enabled",
            True,
            "TransitEncryptionEnabled, mode required; a CA of the instance's own signs, unless existingSecret",
        ),
        (
            change(ONE, tls="preferred"),
            "transitEncryption.enabled",
            True,
            "mode preferred: an instance takes connections with TLS, or with false those without, and never both; a CA",
        ),
        (change(ONE, parameters=parameters(appendonly="yes")), "persistence.aof.enabled", True, "parameter appendonly"),
        (
            change(ONE, parameters=parameters(appendonly="yes", appendfsync="always")),
            "persistence.aof.fsyncPolicy",
            "always",
            "parameter appendfsync",
        ),
        (ONE, "additionalConfig.maxmemory-policy", "volatile-lru", "that of Redis is noeviction"),
        (ONE, "persistence.size", "12Gi", "twice the memory limit"),
    ],
)
def test_rows(group: Group, path: str, expected: Any, why: str) -> None:
    found = derive(group)
    assert value(found, path) == expected
    assert why in origin(found, path)


@pytest.mark.parametrize(
    ("group", "path"),
    [
        (ALONE, "topologySpreadConstraints"),
        (ALONE, "deployment.config.replica.count"),
        (change(ONE, multi_az=False, shards=(Shard("1", None, 2, ("us-east-1a",)),)), "topologySpreadConstraints"),
        (change(ONE, snapshots=Snapshots(0, "")), "backup.enabled"),
        (change(ONE, snapshots=Snapshots(3, "")), "backup.schedule"),
        (ONE, "authentication.enabled"),
        (ONE, "transitEncryption.enabled"),
        (change(ONE, users=OPEN, user_groups=("all",)), "authentication.enabled"),
        (ONE, "persistence.aof.enabled"),
        (change(ONE, engine="valkey", version="9.0.0"), "version"),
    ],
)
def test_what_is_not_there_is_not_made_up(group: Group, path: str) -> None:
    assert value(derive(group), path) is None


def test_backups_are_on_where_there_is_a_bucket() -> None:
    found = derive(ONE, Wanted(bucket="shop-backups"))
    expected = {"enabled": True, "s3Bucket": "shop-backups", "s3Region": "us-east-1", "schedule": "0 3 * * *"}
    assert found.flavour["backup"] == {**expected, "retention": 7}


def test_the_secret_may_be_named() -> None:
    found = derive(change(ONE, auth_token=True), Wanted(secret="redis-token"))
    assert found.root["authentication"]["existingSecret"] == {"name": "redis-token"}


@pytest.mark.parametrize(
    ("group", "what", "reason"),
    [
        (
            change(ONE, users=USERS),
            "user app",
            "not derived, for AWS does not give passwords away: set acl.enabled, and list it in acl.users with a "
            "Secret of yours and rules such as its own (on ~app:* +@read)",
        ),
        (change(ONE, at_rest=True), "AtRestEncryptionEnabled", "the StorageClass decides"),
        (change(ONE, at_rest=True, kms_key="key/1"), "AtRestEncryptionEnabled", "with key/1"),
        (change(ONE, security_groups=("sg-1", "sg-2")), "security groups sg-1, sg-2", "allowedNamespaces"),
        (ONE, "maintenance window sun:05:00-sun:06:00", "unless you run it"),
        (change(ONE, log_delivery=(Log("slow-log", "s", "/logs"),)), "slow-log to /logs", "SLOWLOG GET"),
        (change(ONE, data_tiering=True), "data tiering", "in memory"),
        (
            change(ONE, global_datastore=GlobalDatastore("world", "PRIMARY")),
            "global datastore world",
            "one EKS cluster",
        ),
        (change(ONE, port=7000), "port 7000", "6379"),
        (change(ONE, snapshots=Snapshots(0, "")), "snapshots", "set backup to have them"),
        (change(ONE, engine="valkey", version="9.0.0"), "engine Valkey 9.0.0", "no Redis reads what it writes"),
        # the contract's own refusals, which know the instance
        (
            change(ALONE, parameters=parameters(min_replicas_to_write="1")),
            "parameter min-replicas-to-write",
            "allowed: 0",
        ),
        (
            change(ONE, parameters=parameters(rename_commands="dump gone")),
            "parameter rename-command",
            "must keep its name",
        ),
        (ONE, "metrics in CloudWatch", "metrics.enabled"),
    ],
)
def test_what_has_no_place_is_told(group: Group, what: str, reason: str) -> None:
    dropped = {each.what: each.reason for each in derive(group).dropped}
    assert reason in dropped[what]
