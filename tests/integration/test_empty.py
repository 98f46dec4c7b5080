"""A cluster without namespace, operator and CRDs: check mode names what the run then creates."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
import runs
import yaml
from actors import operator
from conftest import CLASS

GROUP = "redis.redis.opstreelabs.in"
KIND = {
    "clusterrolebindings": "ClusterRoleBinding",
    "clusterroles": "ClusterRole",
    "configmaps": "ConfigMap",
    "customresourcedefinitions": "CustomResourceDefinition",
    "deployments": "Deployment",
    "namespaces": "Namespace",
    "redis": "Redis",
    "secrets": "Secret",
    "serviceaccounts": "ServiceAccount",
}
# where nothing has to be made and taken away for it
DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/redis-operator"
INSTANCE = {"redis_name": "cache", "redis_namespace": "apps"}


def written(cluster, since: int) -> set[str]:
    """The objects that were created or changed, as the diff calls them; leases and events of nobody here."""
    found = set()
    for event in cluster.audit(since):
        reference = event.get("objectRef") or {}
        ours = event["userAgent"].startswith(("eks.redis", "Helm/"))
        real = "dryRun=All" not in event["requestURI"]
        if ours and real and event["verb"] in ("create", "update", "patch") and reference["resource"] in KIND:
            name = reference.get("name") or event["requestURI"]
            where = (
                f"{reference['namespace']}/"
                if reference.get("namespace") and reference["resource"] != "namespaces"
                else ""
            )
            found.add(f"{KIND[reference['resource']]} {where}{name}")
    return found


def test_check_names_every_object_that_the_run_then_creates(started, deploy) -> None:
    started.apply("/apis/storage.k8s.io/v1/storageclasses/gp3", CLASS)
    since = started.position()
    check = deploy("deploy", "--check", "--diff", cluster=started, **INSTANCE)
    assert check.code == 0, check.output
    assert started.writes(since) == []
    assert "Namespace apps" in check.objects
    assert f"CustomResourceDefinition redisclusters.{GROUP}" in check.objects

    since = started.position()
    real = deploy("deploy", "--diff", cluster=started, redis_wait=False, **INSTANCE)
    assert real.code == 0, real.output
    assert written(started, since) == check.objects

    since = started.position()
    again = deploy("deploy", "--diff", cluster=started, redis_wait=False, **INSTANCE)
    assert again.code == 0, again.output
    assert again.recap["changed"] == 0
    assert again.objects == set()
    assert started.writes(since, namespace="apps") == []
    assert written(started, since) == set()
    assert deploy("deploy", "--check", cluster=started, **INSTANCE).recap["changed"] == 0


def test_plan_writes_nothing_and_shows_the_flavour(empty, deploy) -> None:
    since = empty.position()
    play = deploy("plan", cluster=empty, **INSTANCE)
    assert play.code == 0, play.output
    assert empty.writes(since) == []
    assert {"Namespace apps", "ConfigMap apps/cache-config", "Redis apps/cache"} <= play.objects
    assert '"mode": "standalone"' in play.output


def test_without_an_operator_nothing_is_changed(empty, capsys) -> None:
    since = empty.position()
    options = {"name": "cache", "namespace": "apps", "flavour": {}}
    failed = runs.module(capsys, "instance", **options)
    install = "the playbook eks.redis.deploy or the role eks.redis.operator installs it"
    assert failed["msg"].splitlines() == [
        f"the CustomResourceDefinition of Redis ({GROUP}/v1beta2) is missing in this cluster; {install}",
        f"no redis operator runs in this cluster; {install}",
        "persistence.storageClass: it is empty and the cluster has no default StorageClass; name one or mark one as "
        "default; there are: none",
    ]
    assert empty.writes(since) == []
    predicted = runs.module(capsys, "instance", check=True, **options)
    assert runs.warnings(predicted) == failed["msg"].splitlines()
    assert runs.changes(predicted) == {
        "Namespace/apps": "created",
        "ConfigMap/cache-config": "created",
        "Redis/cache": "created",
    }


def test_without_prometheus_there_is_nothing_to_monitor_with(empty, capsys) -> None:
    flavour = {"metrics": {"enabled": True, "serviceMonitor": {"enabled": True}}}
    failed = runs.module(capsys, "instance", name="cache", namespace="apps", flavour=flavour, check=True)
    assert failed["msg"] == (
        "metrics.serviceMonitor.enabled: the cluster does not know ServiceMonitors; install the Prometheus operator, "
        "or set it to false"
    )


def test_undeploy_where_nothing_is(empty, deploy) -> None:
    play = deploy("undeploy", cluster=empty, **INSTANCE)
    assert play.code == 0, play.output
    assert play.recap["changed"] == 0


def test_undeploy_without_an_operator_to_finish_it(empty, capsys) -> None:
    crds = Path(empty.operator["operator_chart"], "crds", "crds.yaml").read_text()
    crd = next(
        one for one in yaml.load_all(crds, Loader=yaml.CSafeLoader) if one and one["spec"]["names"]["kind"] == "Redis"
    )
    empty.define(crd)
    manifest = {
        "apiVersion": f"{GROUP}/v1beta2",
        "kind": "Redis",
        "metadata": {"name": "cache", "finalizers": ["redisFinalizer"]},
        "spec": {"kubernetesConfig": {"image": "redis"}},
    }
    path = f"/apis/{GROUP}/v1beta2/namespaces/default/redis/cache"
    empty.apply(path, manifest, manager="eks.redis")
    since = empty.position()
    failed = runs.module(capsys, "instance", name="cache", namespace="default", state="absent")
    assert failed["msg"] == (
        "no redis operator watches namespace default, and only it can finish the deletion of Redis default/cache; "
        "install it with the role eks.redis.operator, then run again; nothing was deleted"
    )
    assert empty.writes(since) == []
    empty.apply(path, {**manifest, "metadata": {"name": "cache"}}, manager="eks.redis")


OLD = "quay.io/opstree/redis-operator:v0.21.0"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            {"image": OLD},
            f"operator default/redis-operator ({OLD}) is older than 0.22.0, and such an operator may empty a "
            "Redis that rejoins: upgrade it, with operator_upgrade=true or as it was installed",
        ),
        (
            {"FEATURE_GATES": ""},
            "operator default/redis-operator ({}) runs without the feature gate GenerateConfigInInitContainer, "
            "on which our configuration rests: set the Helm value featureGates.GenerateConfigInInitContainer=true, "
            "with operator_upgrade=true or as it was installed; a Redis that it already runs with an AOF file would "
            "start empty then: save it first",
        ),
        (
            {"WATCH_NAMESPACE": "shop, web"},
            "operator default/redis-operator ({}) watches only the namespaces shop, web: add apps to "
            "operator_watch_namespaces and run with operator_upgrade=true",
        ),
    ],
)
def test_an_operator_that_does_not_fit(empty, capsys, change, line) -> None:
    environment = {key: value for key, value in change.items() if key != "image"}
    deployment = operator(empty, **environment)
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["image"] = change.get("image", container["image"])
    empty.apply(DEPLOYMENT, deployment)
    failed = runs.module(capsys, "instance", name="cache", namespace="apps", flavour={})
    assert line.format(container["image"]) in failed["msg"].splitlines()


def test_an_old_operator_stops_the_role(empty, deploy) -> None:
    deployment = operator(empty)
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = OLD
    empty.apply(DEPLOYMENT, deployment)
    play = deploy("deploy", cluster=empty, **INSTANCE)
    assert play.errors == [
        f"operator {OLD} is older than 0.22.0; upgrade it with -e operator_upgrade=true, which restarts the pods of "
        "its instances"
    ]


@pytest.mark.parametrize(
    "versions",
    [
        {"operator_version": "v0.21.0"},
        {"operator_chart": "redis-operator", "operator_chart_version": "0.21.2"},
        {"operator_chart": "redis-operator", "operator_chart_version": "0.26.0"},
    ],
)
def test_versions_that_do_not_work_are_refused_before_anything(empty, deploy, versions) -> None:
    since = empty.position()
    play = deploy("deploy", cluster=empty, **{**INSTANCE, **versions})
    assert play.code != 0
    version = {**empty.operator, **versions}["operator_version"]
    assert play.errors[0].startswith(f"operator_version {version}, operator_chart_version ")
    assert play.errors[0].endswith("chart 0.26.0 stops its operator at the start, use 0.26.1")
    assert [event for event in empty.audit(since) if event["userAgent"].startswith(("eks.redis", "Helm/"))] == []


def test_helm_is_missing(empty, deploy, tmp_path) -> None:
    """A PATH with what Ansible needs and without helm."""
    for name in ("sh", "python3"):
        (tmp_path / name).symlink_to(shutil.which(name))
    play = deploy("deploy", cluster=empty, path=f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin", **INSTANCE)
    assert play.errors == [
        "helm is not in the PATH of the controller; install helm 3, without it the operator cannot be installed"
    ]


def test_a_chart_that_is_not_there(empty, deploy, tmp_path) -> None:
    play = deploy("deploy", cluster=empty, **{**INSTANCE, "operator_chart": str(tmp_path / "no-chart")})
    (error,) = play.errors
    assert re.match(rf"helm cannot render the chart {tmp_path}/no-chart: ", error), error


def test_a_flavour_with_an_error_installs_no_operator(empty, deploy) -> None:
    since = empty.position()
    play = deploy("deploy", cluster=empty, redis_flavour={"persistence": {"size": "5GB"}}, **INSTANCE)
    assert play.errors[0].startswith("persistence.size: '5GB' is not a size")
    assert empty.writes(since) == []


def test_a_list_with_an_error_installs_no_operator(empty, deploy) -> None:
    since = empty.position()
    bad = {"name": "bad", "namespace": "apps", "flavour": {"persistence": {"size": "5GB"}}}
    play = deploy("deploy", cluster=empty, redis_instances=[{"name": "good", "namespace": "apps"}, bad])
    (error,) = play.errors
    assert error.startswith("apps/bad: persistence.size: '5GB' is not a size"), play.output
    assert empty.writes(since) == []
