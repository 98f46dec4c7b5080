"""Rules across fields that warn, and what is none of their business."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.balancers import INTERNAL

from .ruled import BACKUP, CLUSTER, KEY, ROLE, TOKEN, cluster, lines, memory, read, sentinel

NO_EFFECT = "has no effect"
MASTER = (
    "true without replicas: the master itself is copied; while it forks nobody is answered (measured: up to 51 ms with "
    "0.9 GB), and it needs memory for what is written meanwhile"
)
UNTESTED = (
    "backup.restoreTest.enabled: false: nothing shows that a set can be restored; and since only verified sets take "
    "the place of older ones, none is ever deleted"
)
GENERATED = {"enabled": True, "generate": True}
# flavour, root, the lines
WARNINGS: tuple[tuple[Any, ...], ...] = (
    (
        {"sentinel": {"quorum": 3, "replicas": 5}},
        {},
        f"sentinel.quorum: {NO_EFFECT} in mode standalone; it belongs to mode sentinel",
    ),
    (
        {"sentinelImage": "sentinel:v7.0.15"},
        {},
        f"sentinelImage: {NO_EFFECT} in mode standalone; it belongs to mode sentinel",
    ),
    (
        {"cluster": {"numShards": 6}},
        {},
        f"cluster.numShards: {NO_EFFECT} in mode standalone; it belongs to mode cluster",
    ),
    (
        {"replica": memory(limit="4Gi")},
        {},
        f"replica.resources.limits.memory: {NO_EFFECT}: there are no replicas",
    ),
    (
        cluster(replicaCount=2),
        CLUSTER,
        f"deployment.config.replicaCount: {NO_EFFECT} in mode cluster; it belongs to mode standalone and sentinel",
    ),
    ({"backup": {"retention": 30}}, {}, f"backup.retention: {NO_EFFECT} while backup.enabled is false"),
    (
        {"networkPolicy": {"allowedNamespaces": ["apps"]}},
        {},
        f"networkPolicy.allowedNamespaces: {NO_EFFECT} while networkPolicy.enabled is false",
    ),
    (
        {"metrics": {"enabled": True, "serviceMonitor": {"interval": "10s"}}},
        {},
        f"metrics.serviceMonitor.interval: {NO_EFFECT} while metrics.serviceMonitor.enabled is false",
    ),
    ({"metrics": {"image": "exporter:v1"}}, {}, f"metrics.image: {NO_EFFECT} while metrics.enabled is false"),
    (
        {},
        {"authentication": {"authToken": TOKEN}},
        f"authentication.authToken: {NO_EFFECT} while authentication.enabled is false",
    ),
    (
        {"persistence": {"aof": {"fsyncPolicy": "always"}}},
        {},
        f"persistence.aof.fsyncPolicy: {NO_EFFECT} while persistence.aof.enabled is false",
    ),
    ({"antiAffinity": "required"}, {}, f"antiAffinity: {NO_EFFECT}: there is a single Redis pod"),
    (
        {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}]},
        {},
        f"topologySpreadConstraints: {NO_EFFECT}: there is a single Redis pod",
    ),
    (
        {"podDisruptionBudget": {"enabled": True}},
        {},
        f"podDisruptionBudget.enabled: {NO_EFFECT}: a budget for a single Redis pod would block every drain",
    ),
    (
        {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 2}}},
        {},
        f"updateStrategy.rollingUpdate.maxUnavailable: 2 {NO_EFFECT}: pods are replaced one by one",
    ),
    (
        sentinel(sentinel={"replicas": 5, "quorum": 2}),
        {},
        "deployment.config.sentinel.quorum: 2 is below a majority of the sentinels (3)",
    ),
    (
        {"replicaCount": 1},
        {},
        "replicaCount: replicas in mode standalone do not fail over; mode sentinel does",
    ),
    (
        {},
        {"authentication": {"enabled": True, "authToken": "short"}},
        "authentication.authToken: <hidden> is short; 16 characters or more are hard to guess",
    ),
    (
        {},
        {"authentication": {"enabled": True, "authToken": "${REDIS_PASSWORD}"}},
        "authentication.authToken: <hidden> looks like a placeholder that nothing has filled in",
    ),
    *(
        (
            {},
            {"authentication": given},
            f"authentication.{path}: {NO_EFFECT} while authentication.enabled is false",
        )
        for path, given in (
            ("externalSecret.remoteKey", {"externalSecret": {"remoteKey": "cache", "store": "aws"}}),
            ("secretsStore.objectName", {"secretsStore": {"objectName": "cache", "property": "password"}}),
        )
    ),
    (
        {},
        {"authentication": {**GENERATED, "externalSecret": {"store": "aws"}, "secretsStore": {"property": "password"}}},
        f"authentication.externalSecret.store: {NO_EFFECT} without authentication.externalSecret.remoteKey",
        f"authentication.secretsStore.property: {NO_EFFECT} without authentication.secretsStore.objectName",
    ),
    *(
        (
            {},
            {"authentication": {"enabled": True, **source, "existingSecret": {"key": "pw"}}},
            f"authentication.existingSecret.key: {NO_EFFECT} without authentication.existingSecret.name",
        )
        for source in ({"authToken": TOKEN}, {"generate": True})
    ),
    *(
        (
            flavour,
            {"authentication": {"enabled": True, "secretsStore": {"objectName": "cache"}}},
            f"serviceAccount: '{account}' gets no IAM role to read authentication.secretsStore.objectName with; name "
            "one that has the role, or set authentication.secretsStore.podIdentity: true",
        )
        for flavour, account in (({}, "default"), ({"createServiceAccount": True}, "default"))
    ),
    (
        {"persistence": {"rdb": {"enabled": False}}},
        {},
        "persistence.enabled: true, but nothing is written: persistence.rdb and persistence.aof are both off",
    ),
    (
        {"persistence": {"enabled": False, "aof": {"enabled": True}}},
        {},
        f"persistence.aof.enabled: {NO_EFFECT} while persistence.enabled is false",
    ),
    (
        {"persistence": {"size": "1Gi"}},
        {},
        "persistence.size: 1Gi is less than the memory limit 2Gi: a full dataset does not fit",
    ),
    (
        {"master": memory("2Mi", "2Mi")},
        {},
        "master.resources.limits.memory: 2Mi is less than 32Mi: a pod that does nothing may be killed for it",
    ),
    (
        {**sentinel(), "sentinel": memory("16Mi", "16Mi")},
        {},
        "sentinel.resources.limits.memory: 16Mi is less than 32Mi: a pod that does nothing may be killed for it",
    ),
    (
        {"service": {"type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb"}},
        {},
        "service.type: LoadBalancer without authentication.enabled: whoever reaches it can read and write",
    ),
    (
        {"networkPolicy": {"enabled": True, "allowedNamespaces": ["apps"]}, "service": {"type": "NodePort"}},
        {"authentication": {"enabled": True, "authToken": TOKEN}},
        "service.type: NodePort traffic from outside the cluster is blocked by networkPolicy.enabled; see allowedCidrs",
    ),
    (
        {"securityContext": {"runAsNonRoot": False}},
        {},
        "securityContext.runAsNonRoot: false: a namespace that enforces Pod Security restricted refuses such pods",
    ),
    (
        {"networkPolicy": {"enabled": True}},
        {},
        "networkPolicy.allowedNamespaces: is empty: no client can connect; list the namespaces that may",
    ),
    (
        {"image": "registry:5000/redis"},
        {},
        "image: 'registry:5000/redis' has no fixed tag: pods may run different releases",
    ),
    ({"image": "redis:latest"}, {}, "image: 'redis:latest' has no fixed tag: pods may run different releases"),
    ({}, {"version": "7.2"}, "version: '7.2' has no patch number; image tags do, such as v7.0.15"),
    (
        {"backup": BACKUP},
        {},
        f"backup.enabled: {MASTER}",
    ),
    (
        {**cluster(replicasPerShard=0), "backup": BACKUP},
        CLUSTER,
        "deployment.config.replicasPerShard: 0: nobody takes over a shard; while its pod is away, its keys are too",
        f"backup.enabled: {MASTER}",
    ),
    (
        {"backup": {**BACKUP, "maxLag": "1Gi"}},
        {},
        f"backup.enabled: {MASTER}",
        f"backup.maxLag: {NO_EFFECT}: there are no replicas",
    ),
    (
        {**sentinel(), "backup": {**BACKUP, "restoreTest": {"enabled": False}}},
        {},
        UNTESTED,
    ),
    (
        {**sentinel(), "backup": {**BACKUP, "image": "registry/toolbox"}},
        {},
        "backup.image: 'registry/toolbox' has no fixed tag: pods may run different releases",
    ),
    (
        {"backup": {**BACKUP, "restoreTest": {"enabled": False, "schedule": "@weekly"}}, **sentinel()},
        {},
        UNTESTED,
    ),
    *(
        (
            {**sentinel(), "backup": {**BACKUP, "schedule": schedule, "timeout": timeout}},
            {},
            f"backup.schedule: '{schedule}' comes after {seconds} s again, and backup.timeout is {timeout}: a backup "
            "that takes longer makes the next one be left out",
        )
        for schedule, timeout, seconds in (
            ("*/30 * * * *", 3600, 1800),
            ("@hourly", 3601, 3600),
            # they are not always as far apart
            ("0 0,23 * * *", 7200, 3600),
        )
    ),
    *(
        (
            {**sentinel(), "backup": {**BACKUP, "retention": days, "restoreTest": {"schedule": schedule}}},
            {},
            f"backup.restoreTest.schedule: '{schedule}' leaves up to {rarest} days without a test, and "
            f"backup.retention is {days}: older sets stay until enough newer ones are verified",
        )
        for schedule, days, rarest in (("@weekly", 6, 7), ("0 5 1 * *", 30, 31), ("0 5 1-7 * *", 20, 25))
    ),
    (
        {**sentinel(), "backup": {**BACKUP, "schedule": "0 2 30 2 *"}},
        {},
        "backup.schedule: '0 2 30 2 *' never comes: no such month has such a day",
    ),
    (
        {**sentinel(), "backup": {**BACKUP, "restoreTest": {"schedule": "0 2 31 feb,apr *"}}},
        {},
        "backup.restoreTest.schedule: '0 2 31 feb,apr *' never comes: no such month has such a day",
    ),
    (
        {"backup": {"restoreTest": {"schedule": "@weekly"}}},
        {},
        f"backup.restoreTest.schedule: {NO_EFFECT} while backup.enabled is false",
    ),
    (
        {"backup": BACKUP, "persistence": {"enabled": False, "size": "1Gi"}},
        {},
        f"backup.enabled: {MASTER}",
        "persistence.size: 1Gi is less than the memory limit 2Gi: it is the room that a restore test has on its node, "
        "and a full dataset does not fit",
    ),
    (
        {**sentinel(), "replica": memory(limit="4Gi")},
        {},
        "replica.resources.limits.memory: 4Gi is not master.resources.limits.memory, 2Gi; "
        "one StatefulSet holds all roles: every pod gets 4Gi",
    ),
    (
        {**sentinel(), "replica": {"resources": {"requests": {"cpu": "250m"}}}},
        {},
        "replica.resources.requests.cpu: 250m is not master.resources.requests.cpu, 500m; "
        "one StatefulSet holds all roles: every pod gets 500m",
    ),
    (
        cluster(replica=memory(limit="4Gi")),
        CLUSTER,
        "deployment.config.replica.resources.limits.memory: 4Gi is not master.resources.limits.memory, 2Gi; "
        "a failover swaps the roles, not the pods: a master can come to run with either",
    ),
    (
        {**sentinel(), "persistence": {"enabled": False}},
        {},
        "persistence.enabled: false with replicas: a master that restarts before it is failed over comes back empty, "
        "and its replicas empty themselves",
    ),
    (
        {**cluster(), "persistence": {"enabled": False}},
        CLUSTER,
        "persistence.enabled: false with replicas: a master that restarts before it is failed over comes back empty, "
        "and its replicas empty themselves",
    ),
    (
        cluster(replicasPerShard=0),
        CLUSTER,
        "deployment.config.replicasPerShard: 0: nobody takes over a shard; while its pod is away, its keys are too",
    ),
    *(
        (
            {**cluster(), "service": {"type": kind, "annotations": {INTERNAL: "true"}}},
            {**CLUSTER, "authentication": {"enabled": True, "authToken": TOKEN}},
            f"service.type: {kind} gives a cluster one address: clients are redirected to every node, by the pods' "
            "addresses, which they must reach too; discovery.nodes gives each node a name outside of Kubernetes",
        )
        for kind in ("NodePort", "LoadBalancer")
    ),
    (
        sentinel(sentinel={"replicas": 3, "quorum": 3}),
        {},
        "deployment.config.sentinel.quorum: 3 is all of the sentinels: nobody fails over while one of them is away",
    ),
    (
        sentinel(sentinel={"downAfterMilliseconds": 30000, "failoverTimeout": 10000}),
        {},
        "deployment.config.sentinel.failoverTimeout: 10000 is less than downAfterMilliseconds, 30000: a failover is "
        "given up as too slow in less time than a silent master gets",
    ),
    (
        {**cluster(), "podDisruptionBudget": {"minAvailable": 4}},
        CLUSTER,
        "podDisruptionBudget.minAvailable: 4 would let a shard lose all of its pods at once; the budget keeps 5",
    ),
    (
        {**sentinel(), "replica": memory(limit="12Gi"), "master": memory(limit="12Gi")},
        {},
        "persistence.size: 10Gi is less than the memory limit 12Gi: a full dataset does not fit",
    ),
    (
        {**sentinel(), "cluster": {"replicasPerShard": 2}},
        {},
        f"cluster.replicasPerShard: {NO_EFFECT} in mode sentinel; it belongs to mode cluster",
    ),
    (
        cluster(sentinel={"replicas": 5}),
        CLUSTER,
        f"deployment.config.sentinel.replicas: {NO_EFFECT} in mode cluster; it belongs to mode sentinel",
    ),
)


@pytest.mark.parametrize("row", WARNINGS)
def test_warning(row: tuple[Any, ...]) -> None:
    flavour, root, *told = row
    resolution = read(flavour, root)
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == told
    assert lines(resolution.refused(strict=True)) == told
    assert lines(resolution.refused()) == []


SILENT: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({}, {}),
    ({"persistence": {"enabled": False}}, {}),
    ({"persistence": {"enabled": False, "size": "5Gi", "rdb": {"saveInterval": "60 1"}}}, {}),
    ({"backup": {"enabled": False, "retention": 30, "restoreTest": {"schedule": "@weekly"}}}, {}),
    ({"backup": {"enabled": False, "roleArn": ROLE}, "serviceAccount": "redis"}, {}),
    ({**sentinel(), "backup": {**BACKUP, "roleArn": ROLE, "kmsKey": KEY, "prefix": "", "maxLag": "1Gi"}}, {}),
    ({**sentinel(), "backup": {**BACKUP, "prefix": "teams/shop.v2/=a"}}, {}),
    ({**cluster(), "backup": {**BACKUP, "serviceAccount": "mine"}}, CLUSTER),
    (
        {
            "metrics": {"enabled": True, "serviceMonitor": {"namespace": "prometheus"}},
            "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]},
        },
        {},
    ),
    ({**sentinel(), "backup": {**BACKUP, "schedule": "@hourly", "restoreTest": {"schedule": "@weekly"}}}, {}),
    # as far apart as the longest timeout, and only in leap years
    ({**sentinel(), "backup": {**BACKUP, "schedule": "0 0 1,2 * *", "timeout": 86400}}, {}),
    ({"podDisruptionBudget": {"enabled": False, "minAvailable": 2}}, {}),
    ({"antiAffinity": "soft", "updateStrategy": {"type": "RollingUpdate"}}, {}),
    ({"master": memory("2Gi", "2048Mi")}, {}),
    ({"image": "redis@sha256:" + "0" * 64}, {}),
    ({"image": "registry:5000/team/redis:7.0.15"}, {"version": "7"}),
    ({}, {"authentication": {"enabled": True, "existingSecret": {"name": "auth"}}}),
    ({}, {"authentication": {"enabled": False, "authToken": TOKEN}}),
    ({}, {"authentication": GENERATED}),
    ({}, {"authentication": {"enabled": True, "externalSecret": {"remoteKey": "cache", "store": "aws"}}}),
    ({}, {"authentication": {"enabled": True, "secretsStore": {"objectName": "cache", "podIdentity": True}}}),
    ({"serviceAccount": "redis"}, {"authentication": {"enabled": True, "secretsStore": {"objectName": "cache"}}}),
    # nobody mounts what is switched off
    (
        {"keeper": {"enabled": False}},
        {"authentication": {"enabled": False, "secretsStore": {"objectName": "cache", "podIdentity": True}}},
    ),
    ({}, {"discovery": {"primary": "redis.example:6379", "reader": "redis-ro.example"}}),
    ({"tolerations": [{"operator": "Exists"}, {"key": "a", "value": "b", "effect": "NoSchedule"}]}, {}),
    (sentinel(replicaCount=2, sentinel={"enabled": True, "replicas": 5, "quorum": 3}), {}),
    ({**cluster(), "podDisruptionBudget": {"minAvailable": 5}}, CLUSTER),
    (cluster(numShards=6, replicasPerShard=2), CLUSTER),
    ({**cluster(), "metrics": {"enabled": True}, "antiAffinity": "required"}, CLUSTER),
    ({**sentinel(), "master": memory("2Gi", "4Gi"), "replica": memory("2048Mi", "4Gi")}, {}),
    ({**sentinel(), "antiAffinity": "required", "podDisruptionBudget": {"minAvailable": 2}}, {}),
    ({**sentinel(), "persistence": {"enabled": True, "rdb": {"enabled": False}, "aof": {"enabled": True}}}, {}),
    ({**sentinel(sentinel={"downAfterMilliseconds": 5000, "failoverTimeout": 5000})}, {}),
    ({**cluster(replicasPerShard=1), "persistence": {"size": "2Gi"}}, CLUSTER),
)


@pytest.mark.parametrize(("flavour", "root"), SILENT)
def test_nothing_to_say(flavour: dict[str, Any], root: dict[str, Any]) -> None:
    resolution = read(flavour, root)
    assert lines((*resolution.errors, *resolution.warnings)) == []
