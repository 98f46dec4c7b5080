# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the objects beside the custom resource; none of them is one the operator uses (operator sheet §2.1)."""

from __future__ import annotations

from hashlib import sha256

from ansible_collections.eks.redis.plugins.module_utils.contract import discovery
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance

CONFIG_KEY = "redis-additional.conf"
PASSWORD_KEY = "password"
# The operator's default; clients ask the sentinels for it (operator sheet §1.6)
MASTER_GROUP = "myMaster"
# what Kubernetes allows: it adds 11 characters to the name of a CronJob for that of a Job, which becomes a label
_CRON_JOB, _SERVICE = 52, 63
# what our Services for clients lead to, and what each adds to the instance's name
_CLIENTS = {"primary": "-client", "reader": "-reader", "sentinel": "-sentinel-client"}


def config(instance: Instance) -> str:
    """The ConfigMap with the additional redis.conf."""
    return f"{instance.name}-config"


def client(instance: Instance, leads_to: str) -> str:
    """The Service for clients with a type, annotations or a DNS name of their own; see `clients`."""
    return f"{instance.name}{_CLIENTS[leads_to]}"


def clients(instance: Instance) -> dict[str, list[str]]:
    """What Services of ours lead to (primary, reader, sentinel), and the DNS names that each has outside the cluster.

    Empty where the operator's plain ClusterIP Services are all that is asked for.
    """
    service, deployment = instance.flavour.service, instance.flavour.deployment
    found: dict[str, list[str]] = {"primary": []} if service.type != "ClusterIP" or service.annotations else {}
    if service.reader and discovery.leads_to("reader", deployment.mode, deployment.config.replica.count) == "reader":
        found = {"primary": [], "reader": []}
    for name in discovery.NAMES:
        host = getattr(instance.discovery, name).partition(":")[0]
        if host and not discovery.inside(host, instance.namespace):
            target = discovery.leads_to(name, deployment.mode, deployment.config.replica.count)
            found.setdefault(target, []).append(host)
    return found


def certificate(instance: Instance) -> str:
    """The Secret with the certificate that all pods show: keys ca.crt, tls.crt, tls.key."""
    return instance.transit_encryption.existing_secret or f"{instance.name}-tls"


def authority(instance: Instance) -> str:
    """The Secret with the instance's own CA, which no pod sees: keys ca.crt and ca.key."""
    return f"{instance.name}-ca"


def acl(instance: Instance) -> str:
    """The Secret with the ACL file, under the only key that the operator reads, user.acl."""
    return f"{instance.name}-acl"


def logins(instance: Instance) -> str:
    """The Secret with the passwords of our own ACL users, a key each: exporter, backup, keeper."""
    return f"{instance.name}-logins"


def keeper(instance: Instance) -> str:
    """The Deployment that keeps labels and certificates current, and what it needs."""
    return f"{instance.name}-keeper"


def service_account(instance: Instance) -> str:
    """The ServiceAccount of the pods."""
    return f"{instance.name}-redis" if instance.flavour.create_service_account else instance.flavour.service_account


def nodes(instance: Instance) -> str:
    """The headless Service of a cluster's nodes, from which external-dns makes their names."""
    return f"{instance.name}-nodes"


def budget(statefulset: str) -> str:
    """The PodDisruptionBudget of some pods; the operator deletes those of the names it would use (sheet §0.5)."""
    return f"{statefulset}-pdb"


def exporter(of: str) -> str:
    """The Service of the exporters of Redis or of the sentinels; -metrics is the operator's (opstree-versions §2)."""
    return f"{of}-exporter"


def service_monitor(namespace: str, name: str) -> str:
    """ServiceMonitors of all instances live where Prometheus is; no namespace and no instance has a dot in its name."""
    return f"{namespace}.{name}"


def backup(name: str) -> str:
    """The CronJob that backs an instance up."""
    return _within(_CRON_JOB, name, "-backup")


def restore_test(name: str) -> str:
    """The CronJob that tests its newest set."""
    return _within(_CRON_JOB, name, "-restore-test")


def restore(name: str) -> str:
    """The ConfigMap that says which restore is not complete; Jobs of restores have this name and a suffix."""
    return _within(_CRON_JOB, name, "-restore")


def migration(name: str) -> str:
    """The ConfigMap that says how far its exit from a cache is; Jobs of it have this name and a suffix."""
    return _within(_CRON_JOB, name, "-exit")


def door_slice(service: str) -> str:
    """The EndpointSlice by which a Service for applications leads to where no pod is, or is not yet."""
    return f"{service}-exit"


def backup_exporter(name: str) -> str:
    """Deployment and Service of the metrics of its backups; <name>-backup-exporter is of an instance <name>-backup."""
    return _within(_SERVICE, name, "-exporter-backup")


def backup_account(instance: Instance) -> tuple[str, bool]:
    """The ServiceAccount of backups, and whether it is made here."""
    named = instance.flavour.backup.service_account
    if named or instance.flavour.service_account != "default":
        return named or instance.flavour.service_account, False
    return f"{instance.name}-backup", True


def job_pods(name: str) -> str:
    """The NetworkPolicy of the pods of jobs; <name>-backup is that of an instance <name>-backup."""
    return f"{name}-job-pods"


def _within(longest: int, name: str, suffix: str) -> str:
    """The name with the suffix; of a name too long for that the beginning, and a digest that tells it from others."""
    if len(name) + len(suffix) <= longest:
        return f"{name}{suffix}"
    digest = sha256(name.encode()).hexdigest()[:6]
    return f"{name[: longest - len(suffix) - 7].rstrip('-')}-{digest}{suffix}"


def password(instance: Instance) -> tuple[str, str]:
    """Name and key of the Secret that holds the password."""
    existing = instance.authentication.existing_secret
    return (existing.name, existing.key) if existing.name else (f"{instance.name}-auth", PASSWORD_KEY)
