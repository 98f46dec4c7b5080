"""Backups against a real API server: their objects, the Jobs that are begun by hand, and what is told of the bucket."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import runs
from cluster import eventually
from unit.plugins.module_utils.datapath.made import document, proof_of

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import from_json
from ansible_collections.eks.redis.plugins.module_utils.engine.jobs import ended

BACKED = {"backup": {"enabled": True, "s3Bucket": "backups", "roleArn": "arn:aws:iam::123456789012:role/cache-backup"}}
METERED = {**BACKED, "metrics": {"enabled": True}}
OBJECTS = {
    "ServiceAccount/cache-backup",
    "CronJob/cache-backup",
    "CronJob/cache-restore-test",
    "Service/cache-exporter-backup",
    "Deployment/cache-exporter-backup",
}


@pytest.fixture
def batch(namespace: str) -> str:
    return f"/apis/batch/v1/namespaces/{namespace}"


@pytest.fixture
def backup(capsys: pytest.CaptureFixture[str], namespace: str) -> Callable[..., dict[str, Any]]:
    def run(**options: Any) -> dict[str, Any]:
        return runs.module(capsys, "backup", **{"name": "cache", "namespace": namespace, **options})

    return run


def test_what_backups_need_comes_and_goes_with_them(instance, cluster, namespace, batch) -> None:
    made = runs.changes(instance(flavour=METERED))
    assert {name for name, change in made.items() if change == "created"} >= OBJECTS
    since = cluster.position()
    assert not instance(flavour=METERED)["changed"]
    assert cluster.writes(since, namespace=namespace) == []

    account = cluster.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/cache-backup")
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] == BACKED["backup"]["roleArn"]
    template = cluster.get(f"{batch}/cronjobs/cache-backup")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    told = from_json(template["containers"][0]["env"][0]["value"])
    assert told.hosts == (f"cache-0.cache-headless.{namespace}.svc",)

    for check in (True, False):
        gone = runs.changes(instance(flavour={"metrics": {"enabled": True}}, check=check))
        assert {name for name, change in gone.items() if change == "deleted"} == OBJECTS
    assert cluster.get(f"{batch}/cronjobs")["items"] == []
    assert not instance(flavour={"metrics": {"enabled": True}})["changed"]


@pytest.mark.parametrize("account", [{}, {"roleArn": "", "serviceAccount": "mine"}])
def test_an_unchanged_deploy_asks_once_for_each_object(capsys, instance, asked, namespace, account) -> None:
    runs.module(capsys, "service_account", name="mine", namespace=namespace)
    flavour = {**METERED, "networkPolicy": {"enabled": True}, "backup": {**BACKED["backup"], **account}}
    objects = len(instance(flavour=flavour)["objects"])
    requests = asked(instance, flavour=flavour)
    assert {one["verb"] for one in requests} <= {"get", "list"}
    assert len(requests) <= objects + 5


def test_when_it_was_backed_up_is_told_with_all_else(capsys, instance, cluster, namespace, batch) -> None:
    instance(flavour=BACKED)
    when = {"lastScheduleTime": "2026-11-29T02:00:00Z", "lastSuccessfulTime": "2026-11-29T02:00:09Z"}
    cluster.merge(f"{batch}/cronjobs/cache-backup/status", {"status": when}, "kube-controller-manager")
    (found,) = runs.module(capsys, "instance_info", namespace=namespace)["instances"]
    assert [(one["kind"], one["last_success"], one["schedule"]) for one in found["backups"]] == [
        ("backup", "2026-11-29T02:00:09Z", "0 2 * * *"),
        ("restore-test", None, "0 5 * * *"),
    ]


def test_an_instance_that_goes_takes_its_backups_along(instance, cluster, namespace, batch) -> None:
    instance(flavour=METERED)
    instance(state="absent")
    assert cluster.get(f"{batch}/cronjobs")["items"] == []
    assert cluster.get(f"/apis/apps/v1/namespaces/{namespace}/deployments")["items"] == []
    accounts = cluster.get(f"/api/v1/namespaces/{namespace}/serviceaccounts")["items"]
    assert [one["metadata"]["name"] for one in accounts if one["metadata"]["name"] != "default"] == []


def test_an_identity_that_is_there_is_not_taken(capsys, instance, cluster, namespace) -> None:
    """The role workload_identity makes one of this name, with a role; an apply would take the role from it."""
    instance(flavour={})
    role = "arn:aws:iam::123456789012:role/eks-redis-prod-apps-cache-backup"
    runs.module(capsys, "service_account", name="cache-backup", namespace=namespace, role_arn=role)
    flavour = {"backup": {"enabled": True, "s3Bucket": "backups"}}
    refused = instance(flavour=flavour)
    assert refused["msg"] == (
        f"backup: ServiceAccount {namespace}/cache-backup is there and not of this instance; name it with "
        "backup.serviceAccount: cache-backup, then it is used as it is"
    )
    flavour["backup"]["serviceAccount"] = "cache-backup"
    assert not instance(flavour=flavour).get("failed")
    account = cluster.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/cache-backup")
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] == role
    flavour["backup"]["serviceAccount"] = "other"
    assert instance(flavour=flavour)["msg"] == (
        f"backup.serviceAccount: there is no ServiceAccount {namespace}/other; create it first"
    )


def test_check_mode_begins_nothing(instance, backup, cluster, namespace, batch) -> None:
    instance(flavour=BACKED)
    since = cluster.position()
    result = backup(check=True)
    assert (result["changed"], result["job"]) == (True, None)
    assert result["summary"] == [f"created: a Job of CronJob {namespace}/cache-backup"]
    assert cluster.writes(since, namespace=namespace) == []
    assert cluster.get(f"{batch}/jobs")["items"] == []


def test_a_backup_is_the_job_of_its_cronjob(instance, backup, cluster, namespace, batch) -> None:
    instance(flavour=BACKED)
    result = backup(wait=False)
    job = cluster.get(f"{batch}/jobs/{result['job']}")
    cron_job = cluster.get(f"{batch}/cronjobs/cache-backup")
    (owner,) = job["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("CronJob", "cache-backup", cron_job["metadata"]["uid"])
    assert job["metadata"]["managedFields"][0]["manager"] == "eks.redis"
    wanted, found = (one["spec"]["template"]["spec"] for one in (cron_job["spec"]["jobTemplate"], job))
    assert found == wanted
    # it is no object of the instance, and goes with the CronJob
    assert not instance(flavour=BACKED)["changed"]


def test_one_that_runs_is_named(instance, backup, cluster, namespace, batch) -> None:
    instance(flavour=BACKED)
    job = backup(wait=False)["job"]
    refused = backup()
    assert refused["failed"]
    assert refused["msg"].startswith(
        f"a backup of instance {namespace}/cache is running already: Job {namespace}/{job}, since 20"
    )
    # it ends when its time is up
    cluster.merge(f"{batch}/jobs/{job}", {"spec": {"activeDeadlineSeconds": 1}}, "kubectl-edit")
    eventually(lambda: ended(cluster.get(f"{batch}/jobs/{job}")))
    assert backup(wait=False)["job"] != job


def test_a_pod_that_does_not_come_is_the_reason(instance, backup, cluster, namespace, batch, time_is_up_when) -> None:
    """No node is there to take it."""
    instance(flavour=BACKED)
    time_is_up_when("is in phase Pending")
    result = backup(timeout=180)
    assert result["failed"]
    assert result["changed"]
    assert result["msg"].startswith(f"Job {namespace}/{result['job']} has not ended after 180 s: Pod {result['job']}-")
    assert result["msg"].endswith("; it goes on in the cluster")
    assert cluster.get(f"{batch}/jobs/{result['job']}")


def test_a_service_account_that_is_gone_is_the_reason(instance, backup, cluster, namespace, time_is_up_when) -> None:
    instance(flavour=BACKED)
    cluster.delete(f"/api/v1/namespaces/{namespace}/serviceaccounts/cache-backup")
    spec = {"serviceAccountName": "cache-backup", "containers": [{"name": "backup", "image": "backup"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "backup"}, "spec": spec}
    # admission hears of it later
    eventually(lambda: "not found" in cluster.refusal(f"/api/v1/namespaces/{namespace}/pods", pod))
    time_is_up_when("FailedCreate")
    message = backup(timeout=180)["msg"]
    assert "has no pod; last event: FailedCreate: Error creating: pods" in message
    assert 'serviceaccount "cache-backup" not found' in message


def test_no_backups_and_no_instance(instance, backup, namespace) -> None:
    assert backup()["msg"].startswith(f"there is no instance {namespace}/cache in the cluster at https://")
    instance(flavour={})
    assert backup()["msg"] == (
        f"instance {namespace}/cache has no backups, there is no CronJob {namespace}/cache-backup of eks.redis: deploy "
        "it with backup.enabled: true and backup.s3Bucket in its flavour"
    )


def test_a_cluster_without_the_operators_kinds(capsys, empty) -> None:
    message = runs.module(capsys, "backup", name="cache", namespace="apps")["msg"]
    assert message.endswith(", which does not know the operator's kinds either")


@pytest.fixture
def bucket(account) -> Iterator[str]:
    s3 = account.client("s3")
    name = f"t-{uuid.uuid4().hex[:10]}"
    s3.create_bucket(Bucket=name)
    yield name


@pytest.fixture
def info(capsys, account, namespace) -> Callable[..., dict[str, Any]]:
    def run(**options: Any) -> dict[str, Any]:
        return runs.module(capsys, "backup_info", **{"name": "cache", "namespace": namespace, **options})

    return run


def put(account: Any, bucket: str, namespace: str, started: datetime, *, verified: bool) -> str:
    """A set as a backup leaves it; its name."""
    made = document(started, namespace=namespace)
    texts = {keys.MANIFEST: made.to_json(), **({keys.VERDICT: proof_of(made).to_json()} if verified else {})}
    files: dict[str, Any] = {shard.file: b"x" * shard.bytes for shard in made.shards} | texts
    for file, body in files.items():
        key = keys.key(keys.base("redis", namespace, "cache"), made.set, file)
        account.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    return made.set


def test_what_is_in_the_bucket_of_an_instance(instance, info, account, bucket, namespace, monkeypatch) -> None:
    instance(flavour={"backup": {"enabled": True, "s3Bucket": bucket, "s3Region": account.region}})
    empty = info()
    assert (empty["sets"], empty["newest"], empty["rpo_seconds"]) == ([], None, None)
    assert runs.warnings(empty) == ["there is no complete set: nothing can be restored"]

    today = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    put(account, bucket, "elsewhere", today, verified=True)
    name = put(account, bucket, namespace, today, verified=True)
    # wherever else the environment leads
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    found = info(check=True)
    assert not found["changed"]
    assert (found["bucket"], found["prefix"]) == (bucket, f"redis/{namespace}/cache/")
    assert (found["newest"], found["newest_verified"]) == (name, name)
    assert [one["state"] for one in found["sets"]] == ["verified"]
    assert 3500 < found["rpo_seconds"] < 3900
    assert found["next_run"].endswith("T02:00:00Z")
    assert runs.warnings(found) == []
    assert found["summary"][0].startswith(f"{namespace}/cache: 1 set, 1 verified, ")


def test_the_sets_of_an_instance_that_is_gone(info, account, bucket, namespace, monkeypatch) -> None:
    name = put(account, bucket, namespace, datetime.now(UTC).replace(microsecond=0), verified=False)
    monkeypatch.setenv("K8S_AUTH_HOST", "https://127.0.0.1:9")
    found = info(bucket=bucket, aws={"region": account.region})
    assert (found["newest"], found["newest_verified"], found["next_run"], found["schedule"]) == (name, None, None, None)
    assert info(bucket=bucket, prefix="other")["sets"] == []


def test_a_bucket_that_cannot_be_read(instance, info, account, namespace) -> None:
    gone = f"t-{uuid.uuid4().hex[:10]}"
    message = info(bucket=gone)["msg"]
    assert message.startswith(f"s3:ListObjectsV2 {gone}: NoSuchBucket: ")
    instance(flavour={})
    assert info()["msg"].startswith(f"instance {namespace}/cache has no backups")


def test_the_playbooks(deploy, cluster, account, bucket, namespace, tmp_path) -> None:
    flavour = {"backup": {"enabled": True, "s3Bucket": bucket, "s3Region": account.region}}
    given = {"redis_name": "cache", "redis_namespace": namespace}
    made = deploy("deploy", cluster=cluster, redis_flavour=flavour, redis_wait=False, **given)
    assert made.code == 0, made.output
    put(account, bucket, namespace, datetime.now(UTC).replace(microsecond=0), verified=True)
    told = deploy("backup_info", cluster=cluster, **given)
    assert told.code == 0, told.output
    assert f"{namespace}/cache: 1 set, 1 verified, " in told.output
    assert f" in s3://{bucket}/redis/{namespace}/cache/" in told.output

    begun = deploy("backup", cluster=cluster, redis_wait=False, **given)
    assert begun.code == 0, begun.output
    (job,) = cluster.get(f"/apis/batch/v1/namespaces/{namespace}/jobs")["items"]
    assert f"created: Job {namespace}/{job['metadata']['name']}" in begun.output
    busy = deploy("backup", cluster=cluster, redis_timeout=5, **given)
    assert busy.code != 0
    assert "is running already" in busy.errors[0]
    for name in ("backup", "backup_info"):
        assert deploy(name, cluster=cluster).errors == [
            "redis_name and redis_namespace are needed, for example: -e redis_name=cache -e redis_namespace=apps"
        ]
