"""The story of an instance on the running laboratory, by somebody with the documented Roles and no other right."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import runs
import yaml
from botocore.config import Config
from cluster import Cluster, eventually
from rights import Right, Someone, granted

from ansible_collections.eks.redis.plugins.module_utils.engine.permissions import INSTANCE, MONITORS, OPERATOR
from lab import environment, model

Object = dict[str, Any]
SMALL = {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}}
# as small as the file system allows
FLAVOUR: Object = {
    "master": {"resources": SMALL},
    "persistence": {"size": "1Gi", "storageClass": "gp3-xfs"},
    "networkPolicy": {"enabled": True},
}
# what a flavour may have beside it
BESIDE: Object = {"metrics": {"enabled": True, "serviceMonitor": {"enabled": True}}, "keeper": {"enabled": True}}
# pods restart, and volumes grow
CHANGED: Object = {
    "additionalConfig": {"slowlog-max-len": "256"},
    "persistence": {"size": "2Gi", "storageClass": "gp3-xfs"},
}
ROOT: Object = {"authentication": {"enabled": True, "generate": True}}
# as few pods as prove it
FEW: Object = {"mode": "cluster", "config": {"replicasPerShard": 0}}
MODES: dict[str, tuple[Object, Object]] = {
    "standalone": ({}, ROOT),
    "sentinel": ({**BESIDE, "deployment": {"mode": "sentinel"}}, ROOT),
    "cluster": ({"deployment": FEW}, {**ROOT, "clusterModeEnabled": True}),
}
EXEC = Right(INSTANCE, "", "pods/exec", "get")
# where there are replicas, pods are restarted one by one
RESTARTED = Right(INSTANCE, "", "pods", "delete")
# Kubernetes 1.34 asks for get alone
LATER = Right(INSTANCE, "", "pods/exec", "create")


@pytest.fixture
def space(full: Cluster) -> Iterator[str]:
    """A namespace."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    yield name
    full.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def someone(full: Cluster, space: str) -> Iterator[Callable[..., Someone]]:
    made: list[Someone] = []

    def make(job: str, *without: Right) -> Someone:
        places = {INSTANCE: space, MONITORS: "monitoring", OPERATOR: "redis-operator"}
        made.append(Someone(full, job, places, frozenset(without)))
        return made[-1]

    yield make
    for one in made:
        one.remove()


@pytest.fixture
def play(space: str, tmp_path: Path) -> Callable[..., runs.Play]:
    """Runs a playbook as somebody."""

    def run(who: Someone, name: str, **variables: Any) -> runs.Play:
        kubeconfig = tmp_path / f"{uuid.uuid4().hex}.yml"
        kubeconfig.write_text(yaml.safe_dump(who.config()))
        one = {} if "redis_instances" in variables else {"redis_name": "cache", "redis_namespace": space}
        given = {**one, **variables}
        path = os.environ["PATH"]
        return runs.playbook(name, given, kubeconfig=str(kubeconfig), directory=tmp_path, path=path)

    return run


def unused(who: Someone, job: str) -> set[Right]:
    """What every run of a job uses and this one has not: of the operator's kinds each mode has its own, and where all
    is there at once nothing is watched."""
    left = granted(job) - who.asked() - {LATER}
    return {one for one in left if one.group != "redis.redis.opstreelabs.in" and one.verb != "watch"}


def instances(space: str, changed: Object | None = None) -> dict[str, Object]:
    """One of each mode, in one namespace; all in one run, as they mostly wait."""
    return {
        "redis_instances": [
            {"name": mode, "namespace": space, "flavour": {**FLAVOUR, **own, **(changed or {})}, "root": root}
            for mode, (own, root) in MODES.items()
        ]
    }


def test_with_the_documented_roles_all_of_it_is_done(someone, play, space: str) -> None:
    deployer, looker, remover = someone("deploy"), someone("info"), someone("undeploy")
    first, changed = instances(space), instances(space, CHANGED)

    def done(who: Someone, name: str, **variables: Any) -> runs.Play:
        outcome = play(who, name, redis_timeout=900, **variables)
        assert outcome.code == 0, outcome.output
        return outcome

    done(deployer, "plan", **first)
    assert done(deployer, "deploy", **first).recap["changed"]
    assert not done(deployer, "deploy", **first).recap["changed"]
    # a pod may be slow to answer where many start
    for name in MODES:
        eventually(lambda name=name: ", not proven" not in done(looker, "info", redis_name=name).output, 300)
    assert done(deployer, "deploy", **changed).recap["changed"]

    # whoever may not ask Redis is told so
    blind = someone("deploy", EXEC)
    said = play(blind, "deploy", redis_timeout=900, **changed).output
    message = f"user {blind.user} may not get pods/exec in namespace {space}: it needs a Role with the verb get on "
    assert said.count(f"{message}pods/exec") >= len(MODES), said

    done(remover, "undeploy", redis_delete_data=True, **first)
    # who made a password is told by the labels of its Secret, which no example lets anybody read
    untold = {f"get /api/v1/namespaces/{space}/secrets/{name}-auth" for name in MODES}
    for who, job, refused in ((deployer, "deploy", set()), (looker, "info", untold), (remover, "undeploy", set())):
        assert who.refused() == refused
        assert unused(who, job) == set()
    assert RESTARTED in deployer.asked()


@pytest.fixture
def bucket(full: Cluster, space: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """A bucket of the laboratory's AWS, and a role by which ServiceAccount cache-backup may do anything in it."""
    for name, value in environment.variables(full.lab).items():
        if name.startswith("AWS_") or name.lower() == "no_proxy":
            monkeypatch.setenv(name, value)
    s3, iam = (boto3.client(service, config=Config(proxies={})) for service in ("s3", "iam"))
    s3.create_bucket(Bucket=space)
    account = boto3.client("sts", config=Config(proxies={})).get_caller_identity()["Account"]
    issuer = model.OIDC_ISSUER.removeprefix("https://")
    provider = f"arn:aws:iam::{account}:oidc-provider/{issuer}"
    if provider not in [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]:
        iam.create_open_id_connect_provider(Url=model.OIDC_ISSUER, ClientIDList=["sts.amazonaws.com"])
    claims = {f"{issuer}:sub": f"system:serviceaccount:{space}:cache-backup", f"{issuer}:aud": "sts.amazonaws.com"}
    web = {"Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": provider}}
    trust = document({**web, "Condition": {"StringEquals": claims}})
    role = iam.create_role(RoleName=space, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    reach = [f"arn:aws:s3:::{space}", f"arn:aws:s3:::{space}/*"]
    iam.put_role_policy(
        RoleName=space, PolicyName="backup", PolicyDocument=document({"Action": "s3:*", "Resource": reach})
    )
    yield space, role
    iam.delete_role_policy(RoleName=space, PolicyName="backup")
    iam.delete_role(RoleName=space)
    for one in s3.list_objects_v2(Bucket=space).get("Contents", ()):
        s3.delete_object(Bucket=space, Key=one["Key"])
    s3.delete_bucket(Bucket=space)


def document(*statements: Object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]})


def test_with_the_documented_roles_a_backup_is_made_and_restored(someone, play, bucket: tuple[str, str]) -> None:
    name, role = bucket
    backup = {"enabled": True, "s3Bucket": name, "s3Region": model.REGION, "roleArn": role}
    flavour = {"master": FLAVOUR["master"], "persistence": FLAVOUR["persistence"], "backup": backup}
    deployer, saver, restorer = someone("deploy"), someone("backup"), someone("restore")
    for who, playbook, given in (
        (deployer, "deploy", {"redis_flavour": flavour}),
        (saver, "backup", {}),
        (saver, "backup_info", {}),
        (restorer, "restore", {"redis_restore_set": "latest", "redis_force": True}),
        (someone("undeploy"), "undeploy", {"redis_delete_data": True}),
    ):
        done = play(who, playbook, redis_timeout=900, **given)
        assert done.code == 0, done.output
        assert who.refused() == set()
    for who, job in ((saver, "backup"), (restorer, "restore")):
        assert unused(who, job) == set()
