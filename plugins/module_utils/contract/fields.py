# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract as data: every field of a flavour and of the root, in the order in which they are documented."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.contract import acl
from ansible_collections.eks.redis.plugins.module_utils.contract import patterns as p
from ansible_collections.eks.redis.plugins.module_utils.contract.field import Derived, Field, resources, same
from ansible_collections.eks.redis.plugins.module_utils.contract.images import TOOLBOX
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import (
    boolean,
    choice,
    hidden,
    integer,
    list_of,
    map_of,
    one_of,
    record,
    size,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.redis_conf import ADDITIONAL_CONFIG

ROOT: tuple[Field, ...] = (
    Field("version", p.VERSION, "7.0.15", "Redis version; the tag of the default images"),
    Field("clusterModeEnabled", boolean(), False, "true exactly when deployment.mode is cluster"),
    Field("authentication.enabled", boolean(), False, "Clients must give a password"),
    Field(
        "authentication.authToken",
        p.optional(p.TOKEN),
        "",
        "The password; kept in the Secret <name>-auth, key password",
    ),
    Field(
        "authentication.existingSecret.name",
        p.optional(hidden(p.NAME)),
        "",
        "A Secret of yours that holds the password instead",
    ),
    Field("authentication.existingSecret.key", hidden(p.SECRET_KEY), "password", "Key in that Secret"),
    Field(
        "authentication.generate",
        boolean(),
        False,
        "A password is made with the instance and kept in the Secret <name>-auth, key password",
    ),
    Field(
        "authentication.externalSecret.remoteKey",
        p.optional(p.REMOTE_SECRET),
        "",
        "A secret that External Secrets Operator copies into the Secret <name>-auth instead: its name in the store",
    ),
    Field(
        "authentication.externalSecret.property",
        p.optional(p.PROPERTY),
        "",
        "What of it is the password, when it is a JSON object; empty: all of it",
    ),
    Field("authentication.externalSecret.store", p.optional(p.NAME), "", "The SecretStore that holds it"),
    Field(
        "authentication.externalSecret.storeKind",
        choice("SecretStore", "ClusterSecretStore"),
        "SecretStore",
        "Whether that store is of the namespace or of the cluster",
    ),
    Field("authentication.externalSecret.refreshInterval", p.REFRESH, "1h", "How often it is copied"),
    Field(
        "authentication.secretsStore.objectName",
        p.optional(p.REMOTE_SECRET),
        "",
        "A secret of AWS Secrets Manager, name or ARN, that Secrets Store CSI copies into <name>-auth instead",
    ),
    Field(
        "authentication.secretsStore.property",
        p.optional(p.PROPERTY),
        "",
        "What of it is the password, when it is a JSON object; empty: all of it",
    ),
    Field(
        "authentication.secretsStore.region",
        p.optional(p.REGION),
        "",
        "Region of that secret; empty: that of the node, by its label",
    ),
    Field(
        "authentication.secretsStore.podIdentity",
        boolean(),
        False,
        "The IAM role that reads it comes by EKS Pod Identity, not by an annotation of serviceAccount (IRSA)",
    ),
    Field("transitEncryption.enabled", boolean(), False, "TLS, and nothing but TLS, on ports 6379, 26379 and the bus"),
    Field(
        "transitEncryption.existingSecret",
        p.optional(p.NAME),
        "",
        "A Secret of yours with the certificate: keys ca.crt, tls.crt and tls.key",
    ),
    Field(
        "transitEncryption.issuer.name",
        p.optional(p.NAME),
        "",
        "The issuer of cert-manager that signs it instead; with neither, a CA of the instance's own does",
    ),
    Field("transitEncryption.issuer.kind", p.KIND, "Issuer", "Issuer, ClusterIssuer, or the kind of another issuer"),
    Field("transitEncryption.issuer.group", p.NAME, "cert-manager.io", "API group of that kind"),
    Field(
        "transitEncryption.names",
        list_of(p.SAN),
        (),
        "DNS names and IP addresses that the certificate holds too, beside all of the instance's own",
    ),
    Field("transitEncryption.days", integer(2, 3650), 365, "How long the certificate is valid"),
    Field(
        "transitEncryption.renewDays",
        integer(1, 3649),
        Derived("a third of days", lambda values: max(1, values["transitEncryption.days"] // 3)),
        "How long before its end it is renewed: by a run, or by cert-manager",
    ),
    Field(
        "discovery.endpoint",
        p.optional(p.HOST),
        "",
        "DNS name that clients are told; outside of the cluster external-dns makes it, see below",
    ),
    Field("discovery.primary", p.optional(p.HOST), "", "DNS name for writes, instead of discovery.endpoint"),
    Field("discovery.reader", p.optional(p.HOST), "", "DNS name for reads, beside discovery.primary"),
    Field(
        "discovery.nodes",
        p.optional(p.DOMAIN),
        "",
        "Domain in which the nodes of a cluster have names outside of Kubernetes: <pod>.<domain>, see below",
    ),
)

_REPLICA = "deployment.config.replica"
_SENTINEL = "deployment.config.sentinel"
_MASTER_LEAVES = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")

FLAVOUR: tuple[Field, ...] = (
    Field("deployment.mode", choice("standalone", "sentinel", "cluster"), "standalone", "Topology"),
    *resources("master", "a master's Redis container", "500m", "1Gi", "1000m", "2Gi"),
    Field(
        f"{_REPLICA}.count",
        integer(0, 5),
        Derived("0 (sentinel: 2)", lambda values: 2 if values["deployment.mode"] == "sentinel" else 0),
        "Replicas of the master",
    ),
    *resources(
        _REPLICA,
        "a replica's Redis container",
        *(same(f"master.resources.{leaf}", f"as master.resources.{leaf}") for leaf in _MASTER_LEAVES),
    ),
    Field(
        f"{_SENTINEL}.enabled",
        boolean(),
        Derived("true in mode sentinel", lambda values: values["deployment.mode"] == "sentinel"),
        "Only read: must agree with deployment.mode",
    ),
    Field(f"{_SENTINEL}.replicas", one_of(3, 5, 7), 3, "Sentinels, a pod each"),
    Field(
        f"{_SENTINEL}.quorum",
        integer(2, 7),
        Derived("the majority of replicas", lambda values: values[f"{_SENTINEL}.replicas"] // 2 + 1),
        "Sentinels that must agree that the master is down",
    ),
    *resources(_SENTINEL, "a sentinel", "100m", "128Mi", "200m", "256Mi"),
    Field(f"{_SENTINEL}.downAfterMilliseconds", integer(1000), 5000, "Silence after which a master is down"),
    Field(f"{_SENTINEL}.failoverTimeout", integer(1000), 60000, "Milliseconds a failover may take"),
    Field(f"{_SENTINEL}.parallelSyncs", integer(1), 1, "Replicas that are pointed to a new master at the same time"),
    Field("deployment.config.numShards", integer(3, 500), 3, "Shards, a master each"),
    Field(
        "deployment.config.replicasPerShard", integer(0, 5), 1, "Replicas of each master; 0: nobody takes over a shard"
    ),
    Field("persistence.enabled", boolean(), True, "A volume for each Redis pod; off: data lives as long as its pod"),
    Field("persistence.storageClass", p.optional(p.NAME), "", "StorageClass; empty: the cluster's default"),
    Field("persistence.size", size("Mi", "Gi", "Ti"), "10Gi", "Size of each pod's volume; it can grow, never shrink"),
    Field("persistence.rdb.enabled", boolean(), True, "Snapshots of the dataset on the volume"),
    Field("persistence.rdb.saveInterval", p.SAVE, "900 1 300 10 60 10000", "When to snapshot: seconds and changes"),
    Field("persistence.aof.enabled", boolean(), False, "Append-only file: every write is logged on the volume"),
    Field(
        "persistence.aof.fsyncPolicy", choice("always", "everysec", "no"), "everysec", "When the log reaches the disk"
    ),
    Field(
        "antiAffinity",
        choice("soft", "required"),
        "soft",
        "Pods of a kind avoid, or never share, a node; zones are avoided in either case",
    ),
    Field(
        "topologySpreadConstraints",
        list_of(
            record(
                "maxSkew",
                "topologyKey",
                "whenUnsatisfiable",
                maxSkew=integer(1),
                topologyKey=p.LABEL_KEY,
                whenUnsatisfiable=choice("DoNotSchedule", "ScheduleAnyway"),
            )
        ),
        (),
        "How pods of a kind spread over zones or nodes",
    ),
    Field(
        "service.type",
        choice("ClusterIP", "NodePort", "LoadBalancer"),
        "ClusterIP",
        "Type of the Service <name>-client, which is made when type or annotations are set",
    ),
    Field(
        "service.annotations", map_of(p.LABEL_KEY, p.ANNOTATION_VALUE), {}, "Annotations of the Service <name>-client"
    ),
    Field("service.loadBalancerClass", p.optional(p.LABEL_KEY), "", "Controller that makes the load balancer"),
    Field(
        "service.loadBalancerSourceRanges", list_of(p.CIDR), (), "Networks that the load balancer lets in; empty: all"
    ),
    Field("service.reader", boolean(), False, "A Service <name>-reader like it, which leads to the replicas only"),
    Field("updateStrategy.type", choice("RollingUpdate", "OnDelete"), "RollingUpdate", "Only RollingUpdate works"),
    Field("updateStrategy.rollingUpdate.maxUnavailable", integer(1), 1, "Only 1 works: pods roll one by one"),
    Field("metrics.enabled", boolean(), False, "redis_exporter in each pod, port 9121, Service <name>-exporter"),
    Field("metrics.image", p.IMAGE, "quay.io/opstree/redis-exporter:v1.48.0", "Image of the exporter"),
    Field("metrics.serviceMonitor.enabled", boolean(), False, "A ServiceMonitor for the Prometheus operator"),
    Field("metrics.serviceMonitor.interval", p.INTERVAL, "30s", "Time between two scrapes"),
    Field("metrics.serviceMonitor.namespace", p.LABEL, "monitoring", "Namespace of Prometheus; it must exist"),
    Field("backup.enabled", boolean(), False, "Backups to S3 by the CronJob <name>-backup"),
    Field("backup.schedule", p.CRON, "0 2 * * *", "When to back up (UTC)"),
    Field("backup.s3Bucket", p.optional(p.BUCKET), "", "Bucket; required when backups are enabled"),
    Field("backup.s3Region", p.REGION, "us-east-1", "Region of the bucket"),
    Field("backup.prefix", p.optional(p.PREFIX), "redis", "Where in the bucket: below it each instance has a folder"),
    Field(
        "backup.kmsKey", p.optional(p.KMS_KEY), "", "KMS key of the objects; empty: as the bucket encrypts by default"
    ),
    Field("backup.retention", integer(1, 365), 7, "Days that sets are kept; never the last ones that are verified"),
    Field("backup.keepVerified", integer(1, 100), 3, "Verified sets that are kept however old they are"),
    Field("backup.maxLag", size("Mi", "Gi"), "16Mi", "How far a replica may be behind to be the source of a backup"),
    Field("backup.timeout", integer(60, 86400), 3600, "Seconds that a backup may take, its retries included"),
    Field("backup.restoreTest.enabled", boolean(), True, "Load sets into a throw-away Redis, which verifies them"),
    Field("backup.restoreTest.schedule", p.CRON, "0 5 * * *", "When to test the newest set (UTC)"),
    Field("backup.image", p.IMAGE, TOOLBOX, "Image of backups, restore tests, restores, migrations and the keeper"),
    *resources("backup", "a backup", "100m", "256Mi", "1000m", "512Mi"),
    Field(
        "backup.serviceAccount",
        p.optional(p.NAME),
        "",
        "ServiceAccount of backups; empty: as serviceAccount, and where that is default, <name>-backup, which is made",
    ),
    Field("backup.roleArn", p.optional(p.ROLE_ARN), "", "IAM role (IRSA) of the ServiceAccount that is made"),
    Field(
        "networkPolicy.enabled", boolean(), False, "Only listed namespaces may connect; needs a CNI that enforces it"
    ),
    Field(
        "networkPolicy.allowedNamespaces",
        list_of(p.LABEL),
        (),
        "Namespaces whose pods may connect; the instance's own counts only when it is listed",
    ),
    Field(
        "networkPolicy.allowedCidrs",
        list_of(p.CIDR),
        (),
        "Networks that may connect too, such as those of nodes and of clients outside: 10.0.0.0/16",
    ),
    Field(
        "networkPolicy.operatorNamespace", p.LABEL, "redis-operator", "Namespace of the operator, which may connect too"
    ),
    Field(
        "acl.enabled",
        boolean(),
        False,
        "An ACL file: the users below, and one of least rights for exporter and backups",
    ),
    Field(
        "acl.restrictDefault",
        boolean(),
        False,
        "The user default, by which the operator and the pods log in, is left with what those need: it reads no data",
    ),
    Field(
        "acl.users",
        list_of(
            record(
                "name",
                "rules",
                "passwordSecret",
                name=acl.USER,
                rules=acl.RULES,
                passwordSecret=record("name", name=hidden(p.NAME), key=hidden(p.SECRET_KEY)),
            )
        ),
        (),
        "Users: name, rules as ACL SETUSER has them, Secret of the password, in which key is password by default",
    ),
    Field(
        "keeper.enabled",
        boolean(),
        Derived(
            "true with transitEncryption or authentication.secretsStore",
            lambda values: (
                values["transitEncryption.enabled"]
                or (values["authentication.enabled"] and values["authentication.secretsStore.objectName"] != "")
            ),
        ),
        "A Deployment <name>-keeper: Services follow a failover at once, new certificates are read without a restart",
    ),
    *resources("keeper", "a keeper", "20m", "64Mi", "200m", "128Mi"),
    Field(
        "podDisruptionBudget.enabled",
        boolean(),
        True,
        "Limits how many pods a drain of nodes evicts at once; a single pod gets none",
    ),
    Field(
        "podDisruptionBudget.minAvailable",
        integer(1),
        1,
        "Redis pods of the instance, whatever their role, that must stay up; less than there are",
    ),
    Field("serviceAccount", p.NAME, "default", "ServiceAccount of all pods; it must exist (IRSA, Pod Identity)"),
    Field(
        "createServiceAccount",
        boolean(),
        False,
        "A ServiceAccount <name>-redis is made for the pods, which gets no token, instead of serviceAccount",
    ),
    Field("nodeSelector", map_of(p.LABEL_KEY, p.LABEL_VALUE), {}, "Labels of the nodes that all pods run on"),
    Field(
        "tolerations",
        list_of(
            record(
                key=p.optional(p.LABEL_KEY),
                operator=choice("Exists", "Equal"),
                value=p.LABEL_VALUE,
                effect=choice("NoSchedule", "PreferNoSchedule", "NoExecute", ""),
                tolerationSeconds=integer(0),
            )
        ),
        (),
        "Taints of nodes that all pods put up with",
    ),
    Field("priorityClassName", p.optional(p.NAME), "", "PriorityClass of all pods; it must exist"),
    Field("securityContext.runAsNonRoot", boolean(), True, "Refuse to run as root"),
    Field("securityContext.runAsUser", integer(0), 1000, "User id of all containers"),
    Field("securityContext.fsGroup", integer(0), 1000, "Group id that owns the volumes"),
    Field("additionalConfig", ADDITIONAL_CONFIG, {}, "Directives of redis.conf that have no field of their own"),
    Field(
        "image",
        p.IMAGE,
        Derived("quay.io/opstree/redis:v<version>", lambda values: f"quay.io/opstree/redis:v{values['version']}"),
        "Image of Redis",
    ),
    Field(
        "sentinelImage",
        p.IMAGE,
        Derived(
            "quay.io/opstree/redis-sentinel:v<version>",
            lambda values: f"quay.io/opstree/redis-sentinel:v{values['version']}",
        ),
        "Image of the sentinels",
    ),
    Field("imagePullPolicy", choice("IfNotPresent", "Always", "Never"), "IfNotPresent", "When to pull the images"),
    Field("imagePullSecrets", list_of(p.NAME), (), "Secrets for a private registry; they must exist"),
)

FIELDS: tuple[Field, ...] = (*ROOT, *FLAVOUR)
