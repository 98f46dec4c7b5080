"""What is rendered for backups: who the pods are, what they are told, and what they must never be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import from_json
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .backup_effects import BACKED, BACKUP, EXPORTER, TEST, TOOLBOX
from .made import ACL, PASSWORD, SHAPES, TLS, TOKEN, at, by_name, instance, merged, shaped_objects
from .traps import every_shape

PODS = (BACKUP, TEST, EXPORTER)
HOSTS = {
    "standalone": ["cache-0.cache-headless.apps.svc"],
    "replicated": [f"cache-{number}.cache-headless.apps.svc" for number in range(3)],
    "sentinel": [f"cache-{number}.cache-headless.apps.svc" for number in range(3)],
    "cluster": [
        *(f"cache-leader-{number}.cache-leader-headless.apps.svc" for number in range(3)),
        *(f"cache-follower-{number}.cache-follower-headless.apps.svc" for number in range(6)),
    ],
}


def pods(shape: str, *more: dict[str, Any]) -> list[dict[str, Any]]:
    objects = shaped_objects(shape, merged(BACKED, *more), PASSWORD)
    return [at(objects, *pod) for pod in PODS]


@every_shape
def test_without_backups_there_is_nothing_of_them(shape: str) -> None:
    kinds = {one["kind"] for one in shaped_objects(shape, {"metrics": {"enabled": True}}).values()}
    assert not kinds & {"CronJob", "Deployment", "ServiceAccount"}


@every_shape
def test_jobs_are_told_who_where_and_how(shape: str) -> None:
    for pod in pods(shape):
        told = from_json(at(pod, *TOOLBOX, "env", 0, "value"))
        assert (told.namespace, told.name, told.version) == ("apps", "cache", "7.0.15")
        assert told.mode == ("standalone" if shape == "replicated" else shape)
        assert list(told.hosts) == HOSTS[shape]
        assert told.base == "redis/apps/cache/"
        assert (told.set, told.retention.grace_hours) == ("latest", 24)


def test_each_pod_runs_its_command() -> None:
    program = ["python3", "-m", "ansible_collections.eks.redis.plugins.module_utils.jobs"]
    assert [at(pod, *TOOLBOX, "command") for pod in pods("standalone")] == [
        [*program, "backup"],
        [*program, "restore-test"],
        [*program, "exporter"],
    ]


def test_the_password_comes_by_a_secret_and_only_to_who_asks_redis() -> None:
    key = {"secretKeyRef": {"name": "cache-auth", "key": "password"}}
    backup, test, exporter = (at(pod, *TOOLBOX, "env")[1:] for pod in pods("sentinel"))
    assert backup == [{"name": "REDISCLI_AUTH", "valueFrom": key}]
    assert test == exporter == []
    objects = shaped_objects("sentinel", BACKED, PASSWORD)
    assert TOKEN not in json.dumps([one for one in objects.values() if one["kind"] != "Secret"])
    assert at(shaped_objects("sentinel", BACKED), *BACKUP, *TOOLBOX, "env")[1:] == []


@every_shape
def test_only_who_asks_redis_has_the_ca_and_nobody_the_key(shape: str) -> None:
    objects = shaped_objects(shape, merged(BACKED, ACL), merged(PASSWORD, TLS))
    backup, test, exporter = (at(objects, *pod) for pod in PODS)
    own = {"secretKeyRef": {"name": "cache-logins", "key": "backup"}}
    assert at(backup, *TOOLBOX, "env")[1:] == [
        {"name": "EKS_REDIS_USER", "value": "eks-redis-backup"},
        {"name": "REDISCLI_AUTH", "valueFrom": own},
        {"name": "EKS_REDIS_CA", "value": "/tls/ca.crt"},
    ]
    assert {"name": "ca", "mountPath": "/tls", "readOnly": True} in at(backup, *TOOLBOX, "volumeMounts")
    secret = {"secretName": "cache-tls", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    assert {"name": "ca", "secret": secret} in backup["volumes"]
    for pod in (test, exporter):
        assert not [one for one in pod["volumes"] if "secret" in one]
        assert at(pod, *TOOLBOX, "env")[1:] == []


@every_shape
def test_all_pods_are_admitted_as_restricted(shape: str) -> None:
    for pod in pods(shape):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }
            assert set(container["resources"]) == {"requests", "limits"}
        assert {"name": "tmp", "mountPath": "/tmp"} in pod["containers"][0]["volumeMounts"]


@every_shape
def test_no_pod_asks_kubernetes_for_anything(shape: str) -> None:
    assert {pod["automountServiceAccountToken"] for pod in pods(shape)} == {False}
    assert shaped_objects(shape, BACKED)["ServiceAccount cache-backup"]["automountServiceAccountToken"] is False


@every_shape
def test_pods_of_jobs_are_not_taken_for_pods_of_redis(shape: str) -> None:
    """Neither by the engine, which finds those by what we manage, nor by Services, budgets and policies."""
    objects = shaped_objects(shape, merged(BACKED, {"networkPolicy": {"enabled": True}}))
    plain = shaped_objects(shape, {"networkPolicy": {"enabled": True}, "metrics": {"enabled": True}})
    selectors = [
        selector.get("matchLabels", selector)
        for name, one in plain.items()
        if name.split()[0] in ("Service", "PodDisruptionBudget", "NetworkPolicy") and not name.endswith("job-pods")
        for key, selector in one["spec"].items()
        if key in ("selector", "podSelector")
    ]
    assert len(selectors) > 1
    for pod in PODS:
        labels = at(objects, *pod[:-1])["metadata"]["labels"]
        assert "app.kubernetes.io/managed-by" not in labels
        assert not [one for one in selectors if one.items() <= labels.items()]


def test_pods_carry_the_labels_of_the_user() -> None:
    made = by_name(instance(BACKED, PASSWORD, {"team": "shop"}))
    for pod in PODS:
        assert at(made, *pod[:-1])["metadata"]["labels"]["team"] == "shop"
    # a selector that cannot change
    selector = made["Deployment cache-exporter-backup"]["spec"]["selector"]["matchLabels"]
    assert set(selector) == {"app.kubernetes.io/instance", "app.kubernetes.io/component"}


@every_shape
def test_jobs_never_overlap_and_always_end(shape: str) -> None:
    for name in ("cache-backup", "cache-restore-test"):
        spec = shaped_objects(shape, BACKED)[f"CronJob {name}"]["spec"]
        assert (spec["concurrencyPolicy"], spec["timeZone"]) == ("Forbid", "Etc/UTC")
        assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (3, 3)
        job = spec["jobTemplate"]["spec"]
        assert (job["backoffLimit"], job["activeDeadlineSeconds"]) == (2, 3600)
        assert job["template"]["spec"]["restartPolicy"] == "Never"


def test_a_restore_test_has_a_redis_of_the_instances_own_release() -> None:
    replica = {"deployment": {"config": {"replica": {"resources": {"limits": {"memory": "4Gi"}}}}}}
    _backup, test, _exporter = pods("sentinel", replica)
    (loader,) = test["initContainers"]
    assert loader["restartPolicy"] == "Always"
    assert loader["image"] == "quay.io/opstree/redis:v7.0.15"
    assert loader["resources"]["limits"]["memory"] == "4Gi"
    shared = {"name": "work", "mountPath": "/work"}
    assert shared in loader["volumeMounts"]
    assert shared in test["containers"][0]["volumeMounts"]
    assert not [each for each in loader["env"] if each["name"] == "REDIS_PASSWORD"]


@pytest.mark.parametrize(
    ("flavour", "account"),
    [
        ({}, ("cache-backup", True)),
        ({"serviceAccount": "redis"}, ("redis", False)),
        ({"backup": {"serviceAccount": "mine"}}, ("mine", False)),
        ({"serviceAccount": "redis", "backup": {"serviceAccount": "default"}}, ("default", False)),
    ],
)
def test_the_service_account_is_made_unless_one_is_named(flavour: dict[str, Any], account: tuple[str, bool]) -> None:
    given = merged(BACKED, flavour)
    assert names.backup_account(instance(given)) == account
    objects = shaped_objects("standalone", given)
    assert [name for name in objects if name.startswith("ServiceAccount")] == (
        [f"ServiceAccount {account[0]}"] if account[1] else []
    )
    assert at(objects, *BACKUP, "serviceAccountName") == account[0]


@pytest.mark.parametrize(
    ("make", "longest"), [(names.backup, 52), (names.restore_test, 52), (names.backup_exporter, 63)]
)
def test_names_fit_whatever_the_instance_is_called(make: Any, longest: int) -> None:
    long = [f"{'x' * 30}-{'y' * length}{end}" for length in range(1, 22) for end in ("", "z")]
    assert all(len(make(name)) <= longest for name in long)
    assert len({make(name) for name in long}) == len(long)
    assert make("cache").startswith("cache-")
    assert not [name for name in map(make, long) if "--" in name]


@pytest.mark.parametrize("shape", SHAPES)
def test_instances_whose_names_begin_alike_have_no_object_in_common(shape: str) -> None:
    """Somebody restores cache into cache-backup, beside it."""
    everything = merged(
        SHAPES[shape][0],
        BACKED,
        {"networkPolicy": {"enabled": True}, "service": {"type": "NodePort"}},
    )
    made = [named(name, everything, SHAPES[shape][1]) for name in ("cache", "cache-backup", "cache-restore-test")]
    assert not made[0] & made[1]
    assert not made[0] & made[2]
    assert not made[1] & made[2]


def named(name: str, flavour: dict[str, Any], root: dict[str, Any]) -> set[tuple[str, str]]:
    resolution = resolve(flavour, merged(root, PASSWORD), name=name, namespace="apps")
    assert resolution.instance is not None
    return {
        (one["kind"], one["metadata"]["name"])
        for one in manifests(resolution.instance)
        if one["kind"] != "Namespace" and "opstreelabs" not in one["apiVersion"]
    }
