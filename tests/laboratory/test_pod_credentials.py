"""Pods with AWS credentials on the running laboratory: real tokens, the stand-in's STS, IAM, KMS and S3."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from cluster import Cluster, eventually
from store import Call, Client, Store, denied

from lab import environment, model, toolbox
from lab.identity import injection

ISSUER = model.OIDC_ISSUER.removeprefix("https://")
# says one thing of each call: its error, or that it is done; an SDK waits for credentials for seconds only
SCRIPT = """
import json, sys, time
import boto3
from botocore.exceptions import BotoCoreError, ClientError

def said(service, operation, given):
    end = time.monotonic() + 120
    while True:
        try:
            getattr(boto3.Session().client(service), operation)(**given)
        except (BotoCoreError, ClientError) as error:
            if "timed out" not in str(error).lower() or time.monotonic() > end:
                return str(error)
        else:
            return "done"

print(json.dumps([said(*call) for call in json.loads(sys.argv[1])]))
"""


@pytest.fixture(scope="module")
def client(full: Cluster) -> Client:
    """Makes clients of the account's administrator."""
    keys = {"aws_access_key_id": "laboratory", "aws_secret_access_key": "laboratory"}
    session, url = boto3.Session(region_name=model.REGION, **keys), environment.aws_endpoint(full.lab)
    return lambda service: session.client(service, endpoint_url=url, config=Config(proxies={}))


@pytest.fixture
def store(client: Client) -> Iterator[Store]:
    made = Store(client)
    yield made
    made.remove()


@pytest.fixture
def namespaces(full: Cluster) -> Iterator[tuple[str, str]]:
    """Two new ones."""
    made = (f"t-{uuid.uuid4().hex[:10]}", f"t-{uuid.uuid4().hex[:10]}")
    for name in made:
        full.apply(f"/api/v1/namespaces/{name}", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield made
    for name in made:
        full.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def begin(full: Cluster) -> Callable[..., Callable[[], list[str]]]:
    """Starts a pod of a new ServiceAccount that makes calls; what it gives waits for the end and has what they said.

    change: what else is done to the pod before it is made.
    """

    def begin(
        namespace: str,
        account: str,
        *calls: Call,
        change: Callable[[dict[str, Any]], Any] = lambda pod: None,
        **annotations: str,
    ) -> Callable[[], list[str]]:
        core, named = f"/api/v1/namespaces/{namespace}", {"name": account}
        path = f"{core}/pods/{account}"
        annotated = {"eks.amazonaws.com/" + name.replace("_", "-"): value for name, value in annotations.items()}
        described = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {**named, "annotations": annotated}}
        full.apply(f"{core}/serviceaccounts/{account}", described)
        command = ["python3", "-c", SCRIPT, json.dumps(calls)]
        container = {"name": "main", "image": toolbox.IMAGE.names[0], "command": command}
        spec = {"serviceAccountName": account, "restartPolicy": "Never", "containers": [container]}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": named, "spec": spec}
        change(pod)
        full.apply(path, pod)

        def said() -> list[str]:
            eventually(lambda: full.get(path)["status"]["phase"] in ("Succeeded", "Failed"), seconds=300)
            found: list[str] = full.get(f"{path}/log")
            return found

        return said

    return begin


@pytest.fixture
def provider(client: Client) -> Iterator[str]:
    """The ARN of the account's trust in the cluster's issuer."""
    iam = client("iam")
    arn = f"arn:aws:iam::{client('sts').get_caller_identity()['Account']}:oidc-provider/{ISSUER}"
    if arn in [known["Arn"] for known in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]:
        yield arn
        return
    iam.create_open_id_connect_provider(Url=model.OIDC_ISSUER, ClientIDList=["sts.amazonaws.com"])
    yield arn
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)


def test_a_role_by_annotation(store: Store, namespaces: tuple[str, str], provider: str, begin: Any) -> None:
    here, elsewhere = namespaces

    def role_of(account: str, without: str = "") -> str:
        claims = {f"{ISSUER}:sub": f"system:serviceaccount:{here}:{account}", f"{ISSUER}:aud": "sts.amazonaws.com"}
        trust = {"Principal": {"Federated": provider}, "Condition": {"StringEquals": claims}}
        return store.role({**trust, "Action": "sts:AssumeRoleWithWebIdentity"}, without=without)

    backup, cannot_put = role_of("backup"), role_of("cannot-put", without="s3:PutObject")
    cannot_encrypt = role_of("cannot-encrypt", without="kms:GenerateDataKey")
    rightful = begin(
        here, "backup", store.put("backups/1"), store.get("backups/1"), store.put("others/1"), role_arn=backup
    )
    refused = [
        begin(here, "cannot-put", store.put("backups/2"), role_arn=cannot_put),
        begin(here, "cannot-encrypt", store.put("backups/2"), role_arn=cannot_encrypt),
    ]
    strangers = [
        begin(here, "stranger", store.put("backups/2"), role_arn=backup),
        begin(elsewhere, "backup", store.put("backups/2"), role_arn=backup),
    ]

    *allowed, other_prefix = rightful()
    assert allowed == ["done", "done"]
    assert denied(backup, "PutObject", "s3:PutObject", store.arn("others/1")).fullmatch(other_prefix)
    (no_put,), (no_key,) = (said() for said in refused)
    assert denied(cannot_put, "PutObject", "s3:PutObject", store.arn("backups/2")).fullmatch(no_put)
    assert denied(cannot_encrypt, "PutObject", "kms:GenerateDataKey", store.key).fullmatch(no_key)
    call = "AssumeRoleWithWebIdentity"
    not_trusted = (
        f"An error occurred (AccessDenied) when calling the {call} operation: Not authorized to perform sts:{call}"
    )
    assert [said() for said in strangers] == [[not_trusted], [not_trusted]]
    assert store.content() == {"backups/1": store.key}


def as_if_associated(pod: dict[str, Any]) -> None:
    """Gives a pod what the webhook gives to those of associated ServiceAccounts."""
    groups = [*injection.settings(model.REGION, {}), {"AWS_ENDPOINT_URL": f"http://{model.AWS_NAME}:{model.AWS_PORT}"}]
    for step in injection.patch(pod, injection.pod_identity(), groups, seconds=3600):
        part, name = step["path"].strip("/").split("/")
        pod[part][name] = step["value"]


@pytest.fixture
def associate(client: Client) -> Iterator[Callable[[str, str, str], None]]:
    """Gives a ServiceAccount of a namespace a role."""
    eks, cluster, made = client("eks"), {"clusterName": model.CLUSTER}, []

    def associate(namespace: str, account: str, role: str) -> None:
        wanted = {"namespace": namespace, "serviceAccount": account, "roleArn": role}
        made.append(eks.create_pod_identity_association(**cluster, **wanted)["association"]["associationId"])

    yield associate
    for identifier in made:
        eks.delete_pod_identity_association(**cluster, associationId=identifier)


def test_a_role_by_pod_identity(store: Store, namespaces: tuple[str, str], associate: Any, begin: Any) -> None:
    here, elsewhere = namespaces
    trust = {"Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    backup, cannot_put = store.role(trust), store.role(trust, without="s3:PutObject")
    associate(here, "backup", backup)
    associate(here, "cannot-put", cannot_put)
    rightful = begin(here, "backup", store.put("backups/1"), store.get("backups/1"), store.put("others/1"))
    refused = begin(here, "cannot-put", store.put("backups/2"))
    strangers = [
        begin(here, "stranger", store.put("backups/2"), change=as_if_associated),
        begin(elsewhere, "backup", store.put("backups/2"), change=as_if_associated),
    ]

    *allowed, other_prefix = rightful()
    assert allowed == ["done", "done"]
    assert denied(backup, "PutObject", "s3:PutObject", store.arn("others/1")).fullmatch(other_prefix)
    (no_put,) = refused()
    assert denied(cannot_put, "PutObject", "s3:PutObject", store.arn("backups/2")).fullmatch(no_put)
    for said, namespace, account in zip(strangers, (here, elsewhere), ("stranger", "backup"), strict=True):
        (refusal,) = said()
        assert refusal.startswith("Error when retrieving credentials from container-role: ")
        assert (
            f"(ResourceNotFoundException): No association found for service account {account} "
            f"in namespace {namespace} of cluster {model.CLUSTER}, fault: client" in refusal
        )
    assert store.content() == {"backups/1": store.key}
