"""The Roles of docs/kubernetes-permissions.md: what is done with nothing else, what is said where one verb lacks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import runs
import yaml
from actors import run_pods
from cluster import Cluster
from rights import GROUP, Right, Someone, granted

from ansible_collections.eks.redis.plugins.module_utils.engine.permissions import (
    CLUSTER,
    INSTANCE,
    MONITORS,
    OPERATOR,
)

Object = dict[str, Any]
Who = Callable[..., Someone]
REDIS = "redis.redis.opstreelabs.in"
PRIORITY = {"priorityClassName": "system-cluster-critical"}
ROOT = {"authentication": {"enabled": True, "authToken": "a-password-of-somebody"}}
MODES: dict[str, tuple[Object, Object]] = {
    "standalone": ({}, {}),
    "sentinel": ({"deployment": {"mode": "sentinel"}}, {}),
    "cluster": ({"deployment": {"mode": "cluster"}}, {"clusterModeEnabled": True}),
}
# the cases of rare rules that can be had without a node
DEPLOYED = (
    "the flavour has it",
    "the flavour names or makes one",
    "the flavour has less than before",
    "the flavour has metrics.serviceMonitor",
    "the flavour has volumes",
    "the operator does not get on",
)
GONE = ("it is there", "redis_delete_data is given")
# of what this cluster has no definitions
UNKNOWN = {"cert-manager.io", "external-secrets.io", "secrets-store.csi.x-k8s.io"}


def reachable(rights: set[Right]) -> set[Right]:
    """Without pods that run, and without the time to wait."""
    return {one for one in rights if one.resource != "pods/exec" and one.verb != "watch" and one.group not in UNKNOWN}


@pytest.fixture
def someone(cluster: Cluster, namespace: str) -> Iterator[Who]:
    made: list[Someone] = []

    def make(job: str, *without: Right) -> Someone:
        places = {INSTANCE: namespace, MONITORS: f"{namespace}-m", OPERATOR: "redis-operator"}
        made.append(Someone(cluster, job, places, frozenset(without)))
        return made[-1]

    yield make
    for one in made:
        one.remove()
    cluster.delete(f"/api/v1/namespaces/{namespace}-m")


@pytest.fixture
def given(namespace: str) -> Callable[..., Object]:
    """Options of the module for an instance of a mode, by its name; full: with all that can stand beside it."""

    def make(mode: str, *, full: bool) -> Object:
        flavour, root = MODES[mode]
        beside = {
            "metrics": {"enabled": True, "serviceMonitor": {"enabled": True, "namespace": f"{namespace}-m"}},
            "networkPolicy": {"enabled": True, "allowedNamespaces": [f"{namespace}-m"]},
            "backup": {"enabled": True, "s3Bucket": "backups"},
            "service": {"type": "LoadBalancer"},
            "keeper": {"enabled": True},
            "createServiceAccount": True,
        }
        bare = {"podDisruptionBudget": {"enabled": False}}
        return {
            "name": mode,
            "flavour": {**PRIORITY, **flavour, **(beside if full else bare)},
            "root": {**ROOT, **root},
        }

    return make


def claim(cluster: Cluster, namespace: str, instance: str) -> None:
    """A volume of an instance, as the StatefulSet's controller makes it."""
    labels = {"app.kubernetes.io/instance": instance, "app.kubernetes.io/managed-by": "eks.redis"}
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{instance}-{instance}-0"
    meta = {"name": f"{instance}-{instance}-0", "labels": labels}
    cluster.apply(path, {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec})


def test_instances_come_and_go_with_what_is_documented_and_all_of_it_is_used(
    someone, instance, given, cluster, namespace
) -> None:
    deployer, remover = someone("deploy"), someone("undeploy")
    for mode in MODES:
        full, bare = ({**given(mode, full=each), "kubeconfig": deployer.config()} for each in (True, False))
        for check in (True, False):
            done = instance(**full, check=check)
            assert done.get("changed"), done.get("msg")
        assert not instance(**full)["changed"]
        assert "deleted" in runs.changes(instance(**bare)).values()
        # nobody makes pods here
        assert "does not exist yet" in instance(**bare, wait=True, timeout=1)["msg"]
        instance(**full)
        claim(cluster, namespace, mode)
        gone = {"state": "absent", "delete_data": True, "wait": True, "timeout": 60}
        done = instance(name=mode, **gone, kubeconfig=remover.config())
        assert {"PersistentVolumeClaim", "Secret"} <= {one["kind"] for one in done["objects"]}
        assert runs.warnings(done) == []
    assert deployer.refused() | remover.refused() == set()
    assert reachable(granted("deploy", *DEPLOYED)) - deployer.asked() == set()
    assert reachable(granted("undeploy", *GONE)) - remover.asked() == set()


@pytest.mark.parametrize(
    ("mode", "lacking"),
    [
        ("standalone", Right(INSTANCE, "", "configmaps", "get")),
        ("standalone", Right(INSTANCE, "", "configmaps", "create")),
        ("standalone", Right(INSTANCE, "", "configmaps", "patch")),
        ("standalone", Right(INSTANCE, "", "secrets", "create")),
        ("standalone", Right(INSTANCE, "", "services", "list")),
        ("standalone", Right(INSTANCE, "", "services", "delete")),
        ("standalone", Right(INSTANCE, "", "serviceaccounts", "patch")),
        ("standalone", Right(INSTANCE, "apps", "deployments", "delete")),
        ("standalone", Right(INSTANCE, "batch", "cronjobs", "create")),
        ("standalone", Right(INSTANCE, "networking.k8s.io", "networkpolicies", "patch")),
        ("standalone", Right(INSTANCE, "", "pods", "list")),
        ("standalone", Right(INSTANCE, "apps", "statefulsets", "list")),
        ("standalone", Right(INSTANCE, REDIS, "redis", "create")),
        ("standalone", Right(MONITORS, "monitoring.coreos.com", "servicemonitors", "create")),
        ("sentinel", Right(INSTANCE, REDIS, "redissentinels", "patch")),
        ("sentinel", Right(INSTANCE, "policy", "poddisruptionbudgets", "create")),
        ("sentinel", Right(INSTANCE, "rbac.authorization.k8s.io", "roles", "create")),
        ("cluster", Right(INSTANCE, REDIS, "redisclusters", "get")),
    ],
    ids=str,
)
def test_a_verb_that_lacks_is_named(someone, instance, given, namespace, mode: str, lacking: Right) -> None:
    who = someone("deploy", lacking)
    full, bare = ({**given(mode, full=each), "kubeconfig": who.config()} for each in (True, False))
    steps = (full, bare, {**bare, "wait": True, "timeout": 1})
    failed = next(one for one in (instance(**step) for step in steps) if one.get("failed"))
    name = ".".join(filter(None, (lacking.resource, lacking.group)))
    where = namespace if lacking.place == INSTANCE else f"{namespace}-m"
    assert (
        f"user {who.user} may not {lacking.verb} {name} in namespace {where}: it needs a Role with the verb "
        f"{lacking.verb} on {name}"
    ) in failed["msg"]


def test_nobody_grants_what_they_do_not_have(someone, instance, given, namespace) -> None:
    who = someone("deploy", Right(INSTANCE, "", "pods", "get"))
    failed = instance(**given("sentinel", full=True), kubeconfig=who.config())
    assert failed["msg"].startswith(
        f"Role {namespace}/sentinel-keeper: user {who.user} may not grant what they do not have themselves: "
    )
    assert 'Verbs:["get"]' in failed["msg"]
    assert failed["msg"].endswith("they need a Role with these verbs")


# of any namespace, which counts for the instance's own too
NAMESPACES = Right(CLUSTER, "", "namespaces", "get")


def test_whom_it_lets_in_is_not_known(someone, instance, given) -> None:
    who = someone("deploy", NAMESPACES)
    done = instance(**given("standalone", full=True), kubeconfig=who.config())
    (warning,) = (one for one in runs.warnings(done) if one.startswith("not checked beforehand"))
    assert warning.startswith("not checked beforehand (the namespaces that are let in): ")
    assert warning.endswith(" with the verb get on namespaces")


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        (Right(INSTANCE, "", "namespaces", "get"), "the namespace"),
        (Right(CLUSTER, "storage.k8s.io", "storageclasses", "list"), "the StorageClass"),
        (Right(CLUSTER, "scheduling.k8s.io", "priorityclasses", "get"), "objects the flavour names"),
        (Right(CLUSTER, "apps", "deployments", "list"), "the operator"),
        (Right(CLUSTER, "", "nodes", "list"), ""),
        (Right(CLUSTER, "monitoring.coreos.com", "servicemonitors", "list"), ""),
    ],
    ids=str,
)
def test_a_read_that_only_helps_is_missed_in_a_warning(someone, instance, given, lacking: Right, told: str) -> None:
    who = someone("deploy", lacking, NAMESPACES)
    done = instance(**given("standalone", full=False), kubeconfig=who.config())
    assert done["changed"]
    warnings = [one for one in runs.warnings(done) if one.startswith("not checked beforehand")]
    assert len(warnings) == bool(told)
    name = f"{lacking.resource}.{lacking.group}" if lacking.group else lacking.resource
    assert not told or (
        warnings[0].startswith(f"not checked beforehand ({told}): ")
        and warnings[0].endswith(f" with the verb {lacking.verb} on {name}")
    )


def test_what_may_not_be_looked_for_stays_and_is_told(someone, instance, given, cluster, namespace) -> None:
    who = someone("undeploy", Right(INSTANCE, "batch", "cronjobs", "list"))
    assert instance(**given("standalone", full=True))["changed"]
    done = instance(name="standalone", state="absent", kubeconfig=who.config())
    assert runs.warnings(done) == [
        f"not looked for, so that what there is of them stays: CronJob in namespace {namespace}: user {who.user} may "
        f"not list cronjobs.batch in namespace {namespace}: it needs a Role with the verb list on cronjobs.batch"
    ]
    left = cluster.get(f"/apis/batch/v1/namespaces/{namespace}/cronjobs")["items"]
    assert {one["metadata"]["name"] for one in left} == {"standalone-backup", "standalone-restore-test"}


def test_the_playbook_says_who_cannot_look_for_the_operator(someone, cluster, namespace, tmp_path: Path) -> None:
    who = someone("deploy", Right(CLUSTER, "apps", "deployments", "list"))
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(who.config()))
    told = {"redis_name": "cache", "redis_namespace": namespace, "redis_flavour": {}}
    play = runs.playbook("deploy", told, kubeconfig=str(kubeconfig), directory=tmp_path, path=os.environ["PATH"])
    assert play.errors == [
        f"Deployment: user {who.user} may not list deployments.apps in the whole cluster: it needs a ClusterRole with "
        "the verb list on deployments.apps"
    ]


def test_the_operator_is_installed_and_taken_away(started: Cluster, tmp_path: Path) -> None:
    """By Helm and by us; the rules are those of the chart and of Helm 3."""
    places = {INSTANCE: "apps", OPERATOR: "redis-operator"}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": ["eks.redis.operator"]}
    (tmp_path / "operator.yml").write_text(json.dumps([play]))
    path = f"{started.lab.bin}{os.pathsep}{os.environ['PATH']}"

    def run(who: Someone, **variables: Any) -> runs.Play:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(who.config()))
        given = ("operator.yml", "-e", json.dumps({**started.operator, **variables}))
        return runs.ansible(*given, kubeconfig=str(kubeconfig), directory=tmp_path, path=path)

    weak = Someone(started, "operator", places, frozenset({Right(CLUSTER, GROUP, "clusterroles", "escalate")}))
    who = Someone(started, "operator", places)
    try:
        refused = run(weak).errors[0]
        assert f"user {weak.user} may not grant what they do not have themselves: " in refused
        for changed in (True, False):
            done = run(who)
            assert done.code == 0, done.output
            assert bool(done.recap["changed"]) == changed
        done = run(who, operator_state="absent")
        assert done.code == 0, done.output
    finally:
        weak.remove()
        who.remove()
    assert who.refused() == set()
    used = granted("operator", "one is installed", "operator_state is absent") - who.asked()
    assert {one for one in used if one.verb not in ("escalate", "bind")} == set()


def test_an_instance_is_looked_at(capsys, someone, instance, cluster, namespace, operate) -> None:
    instance(flavour={})
    operate()
    run_pods(cluster, namespace, "app=cache")
    who = someone("info")
    (found,) = runs.module(capsys, "instance_info", namespace=namespace, kubeconfig=who.config())["instances"]
    assert found["ready"] == 1
    assert who.refused() == set()
    # Kubernetes 1.34 asks for get alone
    assert granted("info") - who.asked() == {Right(INSTANCE, "", "pods/exec", "create")}
    blind = someone("info", Right(INSTANCE, "", "pods", "list"))
    failed = runs.module(capsys, "instance_info", namespace=namespace, kubeconfig=blind.config())
    assert failed["msg"].endswith("it needs a Role with the verb list on pods")


def test_a_backup_is_begun(capsys, someone, instance, namespace) -> None:
    instance(flavour={"backup": {"enabled": True, "s3Bucket": "backups"}})
    options = {"name": "cache", "namespace": namespace}
    for verb, name in (("get", "cronjobs"), ("list", "jobs"), ("create", "jobs")):
        other = someone("backup", Right(INSTANCE, "batch", name, verb))
        failed = runs.module(capsys, "backup", **options, check=True, kubeconfig=other.config())
        assert failed["msg"].endswith(f"it needs a Role with the verb {verb} on {name}.batch")
    who = someone("backup")
    result = runs.module(capsys, "backup", **options, timeout=3, kubeconfig=who.config())
    assert f"Job {namespace}/{result['job']} has not ended after 3 s" in result["msg"]
    assert who.refused() == set()
    # there is no node, so that no pod says anything
    words = {Right(INSTANCE, "", "pods/log", "get"), Right(INSTANCE, "", "pods", "get")}
    assert reachable(granted("backup")) - who.asked() == words


def test_restores_and_exits_come_to_know_what_they_work_on(capsys, account, someone, instance, namespace) -> None:
    """As far as without a node: the instance is not well."""
    bucket = f"b-{namespace}"
    account.client("s3").create_bucket(Bucket=bucket)
    instance(flavour={"backup": {"enabled": True, "s3Bucket": bucket, "s3Region": account.region}})
    options = {"name": "cache", "namespace": namespace}
    restorer, mover = someone("restore"), someone("migrate")
    assert "there is no verified set" in runs.module(capsys, "restore", **options, kubeconfig=restorer.config())["msg"]
    cache = {"what": "ElastiCache shop", "addresses": ["192.0.2.11:6379"]}
    moved = runs.module(capsys, "migration", **options, cache=cache, kubeconfig=mover.config())
    assert "the instance is not well: " in moved["msg"]
    door = {**options, "service": "redis", "kubeconfig": mover.config()}
    assert runs.module(capsys, "client_service", **door, addresses=cache["addresses"])["changed"]
    assert runs.module(capsys, "client_service", **door, state="absent")["changed"]
    assert restorer.refused() | mover.refused() == set()
