"""Where each field of the backups shows, which is the same in each mode: tables for test_effects."""

from __future__ import annotations

from typing import Any

from .effects import TOLERATION, Effect
from .made import SHAPES, merged
from .places import Path, Places

BACKED: dict[str, Any] = {"backup": {"enabled": True, "s3Bucket": "backups"}, "metrics": {"enabled": True}}
POD = ("spec", "jobTemplate", "spec", "template", "spec")
BACKUP: Path = ("CronJob cache-backup", *POD)
TEST: Path = ("CronJob cache-restore-test", *POD)
EXPORTER: Path = ("Deployment cache-exporter-backup", "spec", "template", "spec")
TOOLBOX = ("containers", 0)
ROLE = "arn:aws:iam::123456789012:role/cache-backup"


def everywhere(*places: Path) -> Places:
    return dict.fromkeys(SHAPES, places)


def pods(*path: str | int) -> Places:
    """In each pod of ours."""
    return everywhere(*((*pod, *path) for pod in (BACKUP, TEST, EXPORTER)))


def jobs(*path: str | int) -> Places:
    """In each Job's template."""
    return everywhere(*((*pod[:-2], *path) for pod in (BACKUP, TEST)))


def loader(*path: str | int) -> Places:
    return everywhere((*TEST, "initContainers", 0, *path))


def backed(path: str, value: Any, shown: Any, places: Places, others: dict[str, Any] | None = None) -> Effect:
    return Effect(path, value, shown, places, merged(BACKED, others or {}))


BACKUP_EFFECTS: tuple[Effect, ...] = (
    Effect(
        "backup.enabled",
        True,
        "CronJob",
        everywhere(("CronJob cache-backup", "kind"), ("CronJob cache-restore-test", "kind")),
        {"backup": {"s3Bucket": "backups"}},
    ),
    Effect(
        "backup.enabled",
        True,
        "backup-exporter",
        everywhere(
            ("Service cache-exporter-backup", "spec", "ports", 0, "name"),
            ("Deployment cache-exporter-backup", "metadata", "labels", "app.kubernetes.io/component"),
            ("ServiceMonitor apps.cache", "spec", "endpoints", 1, "port"),
        ),
        {"backup": {"s3Bucket": "backups"}, "metrics": {"enabled": True, "serviceMonitor": {"enabled": True}}},
    ),
    Effect(
        "metrics.enabled",
        True,
        "cache-exporter-backup",
        everywhere(
            ("Service cache-exporter-backup", "metadata", "name"),
            ("Deployment cache-exporter-backup", "metadata", "name"),
        ),
        {"backup": {"enabled": True, "s3Bucket": "backups"}},
    ),
    backed("backup.schedule", "@daily", "@daily", everywhere(("CronJob cache-backup", "spec", "schedule"))),
    backed(
        "backup.restoreTest.schedule",
        "@daily",
        "@daily",
        everywhere(("CronJob cache-restore-test", "spec", "schedule")),
    ),
    backed("backup.timeout", 600, 600, jobs("activeDeadlineSeconds")),
    backed("backup.image", "toolbox:v9", "toolbox:v9", pods(*TOOLBOX, "image")),
    *(
        backed(
            f"backup.resources.{leaf}",
            value,
            value,
            everywhere(*((*pod, *TOOLBOX, "resources", *leaf.split(".")) for pod in (BACKUP, TEST))),
        )
        for leaf, value in {
            "requests.cpu": "150m",
            "requests.memory": "300Mi",
            "limits.cpu": "3",
            "limits.memory": "1Gi",
        }.items()
    ),
    backed("backup.serviceAccount", "mine", "mine", pods("serviceAccountName")),
    backed("serviceAccount", "mine", "mine", pods("serviceAccountName")),
    backed(
        "backup.roleArn",
        ROLE,
        ROLE,
        everywhere(("ServiceAccount cache-backup", "metadata", "annotations", "eks.amazonaws.com/role-arn")),
    ),
    backed("persistence.size", "50Gi", "50Gi", everywhere((*TEST, "volumes", 1, "emptyDir", "sizeLimit"))),
    backed("image", "redis:7.2.6", "redis:7.2.6", loader("image")),
    backed("master.resources.limits.memory", "8Gi", "8Gi", loader("resources", "limits", "memory")),
    backed("nodeSelector", {"spot": "no"}, {"spot": "no"}, pods("nodeSelector")),
    backed("tolerations", [TOLERATION], [TOLERATION], pods("tolerations")),
    backed("priorityClassName", "high", "high", pods("priorityClassName")),
    backed("securityContext.runAsUser", 999, 999, pods("securityContext", "runAsUser")),
    backed("securityContext.fsGroup", 999, 999, pods("securityContext", "fsGroup")),
    backed("imagePullPolicy", "Always", "Always", pods(*TOOLBOX, "imagePullPolicy")),
    backed("imagePullPolicy", "Always", "Always", loader("imagePullPolicy")),
    backed("imagePullSecrets", ["a"], [{"name": "a"}], pods("imagePullSecrets")),
)
# field -> a value, and where it stands, and as what, in the settings of every pod
SETTINGS: dict[str, tuple[Any, tuple[str, ...], Any]] = {
    "backup.s3Bucket": ("other", ("store", "bucket"), "other"),
    "backup.s3Region": ("eu-central-1", ("store", "region"), "eu-central-1"),
    "backup.prefix": ("teams/shop", ("store", "prefix"), "teams/shop"),
    "backup.kmsKey": (
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
        ("store", "kms_key"),
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
    ),
    "backup.retention": (30, ("retention", "days"), 30),
    "backup.keepVerified": (5, ("retention", "keep_verified"), 5),
    "backup.maxLag": ("1Gi", ("source", "max_lag"), 2**30),
    "backup.timeout": (600, ("source", "timeout"), 600),
    "backup.schedule": ("@daily", ("schedule",), "@daily"),
    "backup.restoreTest.enabled": (False, ("restore_test", "schedule"), ""),
    "backup.restoreTest.schedule": ("@daily", ("restore_test", "schedule"), "@daily"),
}
