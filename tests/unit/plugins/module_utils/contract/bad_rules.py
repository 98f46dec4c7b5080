"""Fields that are right alone and wrong together, and the line that says so."""

from __future__ import annotations

from typing import Any

from .ruled import BACKUP, CLUSTER, KEY, ROLE, TOKEN, cluster, memory, sentinel

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:eks-redis/cache-a1b2c3"
# (flavour, root, the line)
ERRORS: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    (cluster(), {}, "deployment.mode: cluster needs clusterModeEnabled: true in the root"),
    ({}, {"clusterModeEnabled": True}, "clusterModeEnabled: true needs deployment.mode cluster; it is standalone"),
    (
        sentinel(),
        {"clusterModeEnabled": True},
        "clusterModeEnabled: true needs deployment.mode cluster; it is sentinel",
    ),
    ({"sentinel": {"enabled": True}}, {}, "sentinel.enabled: true disagrees with deployment.mode: standalone"),
    (
        sentinel(sentinel={"enabled": False}),
        {},
        "deployment.config.sentinel.enabled: false disagrees with deployment.mode: sentinel",
    ),
    (
        sentinel(replicaCount=0),
        {},
        "deployment.config.replicaCount: 0 replicas leave nothing to fail over to; allowed in mode sentinel: "
        "1 to 5 replicas",
    ),
    (
        sentinel(sentinel={"replicas": 3, "quorum": 4}),
        {},
        "deployment.config.sentinel.quorum: 4 is more than there are sentinels; allowed: at most 3",
    ),
    (
        {"master": memory("2Gi", "1Gi")},
        {},
        "master.resources.limits.memory: '1Gi' is below the request; allowed: at least 2Gi",
    ),
    (
        {"master": memory("1025Mi", "1Gi")},
        {},
        "master.resources.limits.memory: '1Gi' is below the request; allowed: at least 1025Mi",
    ),
    (
        {"resources": {"requests": {"cpu": 1.5}, "limits": {"cpu": "1400m"}}},
        {},
        "resources.limits.cpu: '1400m' is below the request; allowed: at least 1.5",
    ),
    (
        sentinel(sentinel=memory("512Mi", "256Mi")),
        {},
        "deployment.config.sentinel.resources.limits.memory: '256Mi' is below the request; allowed: at least 512Mi",
    ),
    (
        {"backup": {"enabled": True}},
        {},
        "backup.s3Bucket: is missing; backup.enabled: true needs the name of an S3 bucket",
    ),
    *(
        (
            {**named, "backup": {**BACKUP, **inside, "roleArn": ROLE}},
            {},
            f"backup.roleArn: is given beside {path}, which is not made here; annotate that one with the role, or "
            "leave one of the two away",
        )
        for named, inside, path in (
            ({"serviceAccount": "redis"}, {}, "serviceAccount: redis"),
            ({}, {"serviceAccount": "mine"}, "backup.serviceAccount: mine"),
            ({"serviceAccount": "redis"}, {"serviceAccount": "default"}, "backup.serviceAccount: default"),
        )
    ),
    (
        {"backup": {**BACKUP, "s3Region": "eu-west-1", "kmsKey": KEY}},
        {},
        "backup.kmsKey: is a key of region us-east-1; allowed: one of the bucket's region, eu-west-1",
    ),
    (
        {"backup": {**BACKUP, **memory("2Gi", "1Gi")}},
        {},
        "backup.resources.limits.memory: '1Gi' is below the request; allowed: at least 2Gi",
    ),
    (
        {"metrics": {"serviceMonitor": {"enabled": True}}},
        {},
        "metrics.serviceMonitor.enabled: true needs metrics.enabled: true",
    ),
    (
        {},
        {"authentication": {"enabled": True}},
        "authentication.authToken: is missing; authentication.enabled: true needs it, or one of existingSecret.name, "
        "generate, externalSecret.remoteKey, secretsStore.objectName in its place",
    ),
    (
        {},
        {"authentication": {"enabled": True, "authToken": TOKEN, "existingSecret": {"name": "auth"}}},
        "authentication.existingSecret.name: names a Secret beside authentication.authToken; keep one of the two",
    ),
    *(
        (
            {},
            {"authentication": {"enabled": enabled, **given}},
            f"authentication.{last} beside {others}; keep one of the {count}",
        )
        for enabled in (True, False)
        for given, last, others, count in (
            (
                {"existingSecret": {"name": "auth"}, "generate": True},
                "generate: has a password made",
                "authentication.existingSecret.name",
                "two",
            ),
            (
                {"authToken": TOKEN, "externalSecret": {"remoteKey": "cache", "store": "aws"}},
                "externalSecret.remoteKey: names a secret",
                "authentication.authToken",
                "two",
            ),
            (
                {"authToken": TOKEN, "generate": True, "secretsStore": {"objectName": "cache", "podIdentity": True}},
                "secretsStore.objectName: names a secret",
                "authentication.authToken and authentication.generate",
                "three",
            ),
        )
    ),
    (
        {},
        {"authentication": {"enabled": True, "externalSecret": {"remoteKey": "cache"}}},
        "authentication.externalSecret.store: is missing; authentication.externalSecret.remoteKey needs the name of a "
        "SecretStore",
    ),
    (
        {},
        {"authentication": {"enabled": True, "secretsStore": {"objectName": SECRET, "region": "eu-west-1"}}},
        "authentication.secretsStore.region: 'eu-west-1' is not the region in the ARN of objectName; allowed: "
        "us-east-1, or none",
    ),
    (
        {"keeper": {"enabled": False}},
        {"authentication": {"enabled": True, "secretsStore": {"objectName": "cache"}}},
        "keeper.enabled: false leaves authentication.secretsStore.objectName without effect: the Secrets Store CSI "
        "driver keeps a Secret only while a pod mounts it, and that is the keeper; allowed: true",
    ),
    (
        {},
        {"discovery": {"endpoint": "a.example", "primary": "b.example"}},
        "discovery.endpoint: is given beside primary and reader; keep endpoint, or primary and reader",
    ),
    ({}, {"discovery": {"reader": "b.example"}}, "discovery.primary: is missing; discovery.reader needs it"),
    (
        {**sentinel(replicaCount=2), "podDisruptionBudget": {"minAvailable": 3}},
        {},
        "podDisruptionBudget.minAvailable: 3 of 3 pods would block every node drain; allowed: 1 to 2",
    ),
    (
        {**cluster(), "podDisruptionBudget": {"minAvailable": 7}},
        CLUSTER,
        "podDisruptionBudget.minAvailable: 7 of 6 pods would block every node drain; allowed: 1 to 5",
    ),
    (
        {"updateStrategy": {"type": "OnDelete"}},
        {},
        "updateStrategy.type: OnDelete does not work: the operator stops working on an instance until all of its pods "
        "are of the new revision; allowed: RollingUpdate",
    ),
    (
        {"securityContext": {"runAsUser": 0}},
        {},
        "securityContext.runAsUser: 0 is root; allowed with runAsNonRoot: true: 1 and up",
    ),
    (
        {"tolerations": [{"key": "spot", "operator": "Exists", "value": "yes"}]},
        {},
        "tolerations[0].value: is not allowed with operator Exists",
    ),
    (
        {"tolerations": [{"operator": "Exists"}, {"effect": "NoSchedule"}]},
        {},
        "tolerations[1].key: is missing; allowed without a key: operator Exists",
    ),
    (
        {**sentinel(), "imagePullSecrets": ["registry", "other", "registry"]},
        {},
        "imagePullSecrets[2]: has the name of another one; keep one of the two",
    ),
    (
        {
            **sentinel(),
            "topologySpreadConstraints": [
                {"maxSkew": skew, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"} for skew in (1, 2)
            ],
        },
        {},
        "topologySpreadConstraints[1]: has the topologyKey and whenUnsatisfiable of another one; keep one of the two",
    ),
    (
        {"tolerations": [{"key": "spot", "effect": "NoSchedule", "tolerationSeconds": 60}]},
        {},
        "tolerations[0].tolerationSeconds: needs effect NoExecute",
    ),
    (
        {"podDisruptionBudget": {"minAvailable": 2}, "replicaCount": 1},
        {},
        "podDisruptionBudget.minAvailable: 2 of 2 pods would block every node drain; allowed: 1 to 1",
    ),
    (
        {**cluster(replicasPerShard=0), "podDisruptionBudget": {"minAvailable": 3}},
        CLUSTER,
        "podDisruptionBudget.minAvailable: 3 of 3 pods would block every node drain; allowed: 1 to 2",
    ),
    (
        sentinel(),
        {"version": "6.0.20"},
        "version: '6.0.20' is too old for mode sentinel; allowed: 6.2 or newer: the operator configures what older "
        "ones do not know, and they would not start",
    ),
    (
        cluster(),
        {**CLUSTER, "redisVersion": "6.2.16"},
        "redisVersion: '6.2.16' is too old for mode cluster; allowed: 7.0 or newer: the operator configures what older "
        "ones do not know, and they would not start",
    ),
    (
        sentinel(replica=memory("3Gi", "2Gi")),
        {},
        "deployment.config.replica.resources.limits.memory: '2Gi' is below the request; allowed: at least 3Gi",
    ),
    (
        cluster(replica=memory("3Gi", "2Gi")),
        CLUSTER,
        "deployment.config.replica.resources.limits.memory: '2Gi' is below the request; allowed: at least 3Gi",
    ),
    (
        cluster(sentinel={"enabled": True}),
        CLUSTER,
        "deployment.config.sentinel.enabled: true disagrees with deployment.mode: cluster",
    ),
    (
        sentinel(sentinel={"replicas": 5, "quorum": 6}),
        {},
        "deployment.config.sentinel.quorum: 6 is more than there are sentinels; allowed: at most 5",
    ),
    (
        {**sentinel(), "replicaCount": 1, "replica": {"count": 2}},
        {},
        "replica.count: 2 disagrees with replicaCount: 1; keep one of the two",
    ),
    (
        {**cluster(numShards=3), "cluster": {"clusterSize": 6}},
        CLUSTER,
        "cluster.clusterSize: 6 disagrees with deployment.config.numShards: 3; keep one of the two",
    ),
    (
        {**cluster(replicasPerShard=1), "cluster": {"replicasPerMaster": 2}},
        CLUSTER,
        "cluster.replicasPerMaster: 2 disagrees with deployment.config.replicasPerShard: 1; keep one of the two",
    ),
    (
        {**sentinel(sentinel={"replicas": 5}), "sentinel": {"sentinelSize": 3}},
        {},
        "sentinel.sentinelSize: 3 disagrees with deployment.config.sentinel.replicas: 5; keep one of the two",
    ),
    (
        {**sentinel(replicaCount=2), "sentinel": {"replicationSize": 4}},
        {},
        "sentinel.replicationSize: 4 (the master counts too) disagrees with deployment.config.replicaCount: 2; "
        "keep one of the two",
    ),
    (
        {"deploymentMode": "sentinel", "deployment": {"mode": "cluster"}},
        CLUSTER,
        "deployment.mode: 'cluster' disagrees with deploymentMode: 'sentinel'; keep one of the two",
    ),
)
