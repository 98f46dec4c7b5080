"""What the webhook makes of a pod, applied as the API server applies it."""

from __future__ import annotations

import copy
from types import MappingProxyType

import pytest

from lab.identity import injection

ROLE = "arn:aws:iam::123456789012:role/backup"
ANNOTATED = MappingProxyType({"eks.amazonaws.com/role-arn": ROLE})
WEB_FOLDER = "/var/run/secrets/eks.amazonaws.com/serviceaccount"
POD_FOLDER = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
WEB = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": f"{WEB_FOLDER}/token"}
REGION = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
REGIONAL = {"AWS_STS_REGIONAL_ENDPOINTS": "regional"}


def pod(*containers, **spec):
    return {"metadata": {}, "spec": {"containers": [{"name": "main"}, *containers], **spec}}


def applied(given, identity, annotations=ANNOTATED, **extra):
    """The pod after the patch; extra: further variables."""
    groups = [*injection.settings("us-east-1", annotations), *([extra] if extra else [])]
    seconds = injection.expiration(given["metadata"].get("annotations") or {}, annotations)
    changed = copy.deepcopy(given)
    for step in injection.patch(given, identity, groups, seconds):
        assert step["op"] == "add"  # which replaces what is there
        *folders, last = step["path"].strip("/").split("/")
        target = changed
        for folder in folders:
            target = target[folder]
        target[last] = step["value"]
    return changed


def with_role(given, annotations=ANNOTATED, **extra):
    return applied(given, injection.web_identity(annotations), annotations, **extra)


def variables(container):
    names = [entry["name"] for entry in container["env"]]
    assert len(names) == len(set(names))
    return {entry["name"]: entry["value"] for entry in container["env"]}


def token(changed, volume):
    (found,) = [one for one in changed["spec"]["volumes"] if one["name"] == volume]
    (source,) = found["projected"]["sources"]
    return source["serviceAccountToken"]


def test_no_role_no_web_identity():
    assert injection.web_identity({}) is None
    assert injection.web_identity({"eks.amazonaws.com/role-arn": ""}) is None


def test_web_identity_reaches_every_container():
    changed = with_role(pod({"name": "second"}, initContainers=[{"name": "first"}]))
    assert token(changed, "aws-iam-token") == {
        "audience": "sts.amazonaws.com",
        "expirationSeconds": 86400,
        "path": "token",
    }
    everybody = [*changed["spec"]["containers"], *changed["spec"]["initContainers"]]
    assert [one["name"] for one in everybody] == ["main", "second", "first"]
    for container in everybody:
        assert variables(container) == {**WEB, **REGION, **REGIONAL}
        assert container["volumeMounts"] == [{"name": "aws-iam-token", "mountPath": WEB_FOLDER, "readOnly": True}]
    assert "labels" not in changed["metadata"]


def test_pod_identity():
    given = pod()
    given["metadata"]["labels"] = {"app": "backup"}
    changed = applied(given, injection.pod_identity(), {})
    assert token(changed, "eks-pod-identity-token") == {
        "audience": "pods.eks.amazonaws.com",
        "expirationSeconds": 86400,
        "path": "eks-pod-identity-token",
    }
    (container,) = changed["spec"]["containers"]
    assert variables(container) == {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"{POD_FOLDER}/eks-pod-identity-token",
        **REGION,
        **REGIONAL,
    }
    assert container["volumeMounts"] == [{"name": "eks-pod-identity-token", "mountPath": POD_FOLDER, "readOnly": True}]
    assert changed["metadata"]["labels"] == {"app": "backup", "eks.amazonaws.com/pod-identity": "enabled"}


def test_what_a_pod_has_stays():
    own = {"name": "main", "env": [{"name": "A", "value": "1"}], "volumeMounts": [{"name": "data", "mountPath": "/d"}]}
    given = {"metadata": {}, "spec": {"containers": [own], "volumes": [{"name": "data", "emptyDir": {}}]}}
    changed = with_role(given)
    (container,) = changed["spec"]["containers"]
    assert variables(container)["A"] == "1"
    assert [mount["name"] for mount in container["volumeMounts"]] == ["data", "aws-iam-token"]
    assert [volume["name"] for volume in changed["spec"]["volumes"]] == ["aws-iam-token", "data"]


@pytest.mark.parametrize(
    ("own", "kept_away"),
    [
        ("AWS_ROLE_ARN", WEB),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", WEB),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_STS_REGIONAL_ENDPOINTS", REGIONAL),
        ("AWS_ENDPOINT_URL", {"AWS_ENDPOINT_URL": "http://stand-in"}),
    ],
)
def test_variables_that_belong_together_are_left_to_whoever_sets_one(own, kept_away):
    given = {"metadata": {}, "spec": {"containers": [{"name": "main", "env": [{"name": own, "value": "mine"}]}]}}
    (container,) = with_role(given, AWS_ENDPOINT_URL="http://stand-in")["spec"]["containers"]
    everything = {**WEB, **REGION, **REGIONAL, "AWS_ENDPOINT_URL": "http://stand-in"}
    expected = {name: value for name, value in everything.items() if name not in kept_away}
    assert variables(container) == {**expected, own: "mine"}


def test_a_second_time_changes_nothing():
    once = with_role(pod(initContainers=[{"name": "first"}]))
    assert with_role(once) == once


def test_containers_can_be_skipped():
    given = pod({"name": "proxy"}, {"name": "logs"})
    given["metadata"]["annotations"] = {"eks.amazonaws.com/skip-containers": "proxy, logs"}
    main, *others = with_role(given)["spec"]["containers"]
    assert "env" in main
    assert others == [{"name": "proxy"}, {"name": "logs"}]


def test_annotations_of_the_account_choose_audience_and_endpoint():
    chosen = {
        **ANNOTATED,
        "eks.amazonaws.com/audience": "vault.example.org",
        "eks.amazonaws.com/sts-regional-endpoints": "false",
    }
    changed = with_role(pod(), chosen)
    assert token(changed, "aws-iam-token")["audience"] == "vault.example.org"
    assert "AWS_STS_REGIONAL_ENDPOINTS" not in variables(changed["spec"]["containers"][0])


@pytest.mark.parametrize(
    ("of_pod", "of_account", "seconds"),
    [
        (None, None, 86400),
        (None, "3600", 3600),
        ("7200", "3600", 7200),
        ("soon", "3600", 3600),
        ("10", None, 600),
    ],
)
def test_the_pod_s_expiration_goes_before_the_account_s(of_pod, of_account, seconds):
    given = [{"eks.amazonaws.com/token-expiration": text} if text else {} for text in (of_pod, of_account)]
    assert injection.expiration(*given) == seconds
