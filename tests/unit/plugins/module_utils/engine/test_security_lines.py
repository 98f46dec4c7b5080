from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.security_lines import lines

from .guarded import PASSWORD, TLS, guarded, shown, storage_class
from .views import CLUSTER, REPLICATED, SENTINEL

KEY = "arn:aws:kms:us-east-1:111122223333:key/0ab1"
UNREAD = {
    **dict.fromkeys(("classes", "policies", "keepers", "objects", "namespace", "certificate", "users")),
    "ours": {},
}


def told(flavour=None, root=None, **other) -> dict[str, str]:
    """By subject."""
    return dict(line.split(": ", 1) for line in lines(guarded(flavour, root, **other)))


def test_a_plain_instance() -> None:
    assert list(lines(guarded())) == [
        "at rest: 1 x gp3, whether encrypted is not known",
        "in transit: not encrypted",
        "log-in: no password",
        "users: default (everything, no password)",
        "network: inside the cluster only; every pod may connect",
        "pods: user 1000, not root, read-only, no capabilities, no escalation, seccomp, a Kubernetes token; the "
        "namespace enforces nothing",
    ]


def test_one_that_is_guarded() -> None:
    flavour = {**SENTINEL, "acl": {"enabled": True}, "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]}}
    root = {"authentication": {"enabled": True, "generate": True}, **TLS}
    found = told(
        flavour,
        root,
        classes={"gp3": storage_class(encrypted="true", kmsKeyId=KEY)},
        namespace={"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
        users=("user default on # -@all +ping", "user app off # ~app:* +get"),
    )
    assert found == {
        "at rest": f"3 x gp3, encrypted with {KEY}",
        "in transit": "TLS only; certificate in Secret cache-tls, signed by the instance's own CA; ends "
        "2027-09-25T12:00:00Z (300 days left); all pods show it",
        "log-in": "password in Secret cache-auth, made with the instance; the sentinels ask for it too",
        "users": "default, app (off)",
        "network": "inside the cluster only; of others only namespace web may connect",
        "pods": "user 1000, not root, read-only, no capabilities, no escalation, seccomp, a Kubernetes token; the "
        "namespace enforces restricted",
    }


def test_what_nobody_could_tell() -> None:
    found = told(SENTINEL, {**TLS, "authentication": {"enabled": True, "generate": True}}, **UNREAD)
    assert found == {
        "at rest": "3 x gp3, whether encrypted is not known",
        "in transit": "TLS only; certificate in Secret cache-tls, who signs it is not known; its end is not "
        "known; what pods show is not known",
        "log-in": "password in Secret cache-auth, where it comes from is not known; the sentinels ask for it too",
        "users": "not known",
        "network": "inside the cluster only; NetworkPolicies may not be read",
        "pods": "user 1000, not root, read-only, no capabilities, no escalation, seccomp, a Kubernetes token",
    }


@pytest.mark.parametrize(
    ("live", "text"),
    [
        (storage_class(encrypted="true"), "encrypted with the account's key for EBS"),
        (storage_class(encrypted="false"), "no encryption asked for"),
    ],
)
def test_volumes(live, text) -> None:
    assert told(REPLICATED, classes={"gp3": live})["at rest"] == f"3 x gp3, {text}"


@pytest.mark.parametrize(
    ("transit", "certificate", "text"),
    [
        (
            {"existingSecret": "mine"},
            shown(1),
            "Secret mine, made by its owner; ends 2026-11-30T12:00:00Z (1 day left)",
        ),
        (
            {"issuer": {"name": "company"}},
            shown(-2, name="company", kind="Issuer"),
            "Secret cache-tls, signed by Issuer company of cert-manager; has ended 2026-11-27T12:00:00Z",
        ),
        ({"issuer": {"name": "company"}}, None, "signed by an issuer of cert-manager; its end is not known"),
    ],
)
def test_certificates(transit, certificate, text) -> None:
    found = told(root={"transitEncryption": {"enabled": True, **transit}}, certificate=certificate)
    assert text in found["in transit"]


def test_pods_that_may_not_show_it() -> None:
    keepers = [{"metadata": {"name": "cache-keeper"}, "spec": {"replicas": 1}}]
    assert told(root=TLS, keepers=keepers)["in transit"].endswith("; the keeper has not seen it with all pods")


@pytest.mark.parametrize(
    ("flavour", "text"),
    [
        (
            {"service": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"]}},
            "Service cache-client LoadBalancer internet-facing, from 10.0.0.0/8; every pod may connect",
        ),
        ({"service": {"type": "NodePort"}}, "Service cache-client NodePort; every pod may connect"),
        (
            {"networkPolicy": {"enabled": True, "allowedNamespaces": ["a", "b"], "allowedCidrs": ["10.0.0.0/8"]}},
            "inside the cluster only; of others only namespaces a, b and network 10.0.0.0/8 may connect",
        ),
        ({"networkPolicy": {"enabled": True}}, "inside the cluster only; nobody else may connect"),
    ],
)
def test_networks(flavour, text) -> None:
    assert told(flavour, PASSWORD)["network"] == text


@pytest.mark.parametrize(
    ("let_in", "text"),
    [
        ({"everybody": ["cache"], "networks": ["0.0.0.0/0"]}, "everybody may connect, by NetworkPolicy cache"),
        ({"everybody": ["a", "b"], "others": ["a"]}, "everybody may connect, by NetworkPolicies a, b"),
        ({"others": ["extra"]}, "of others only pods named in NetworkPolicy extra may connect"),
        (
            {"namespaces": ["web"], "others": ["a", "b"]},
            "of others only namespace web and pods named in NetworkPolicies a, b may connect",
        ),
    ],
)
def test_whom_policies_let_in(let_in, text) -> None:
    found = guarded({"networkPolicy": {"enabled": True}})
    found["network"] |= let_in
    assert f"network: inside the cluster only; {text}" in lines(found)


def test_names_of_nodes() -> None:
    root = {"discovery": {"nodes": "nodes.cache.example.com"}}
    assert told(CLUSTER, root)["network"] == "nodes have names outside: nodes.cache.example.com; every pod may connect"
    flavour = {**CLUSTER, "service": {"type": "NodePort"}}
    assert told(flavour, root)["network"].startswith("Service cache-client NodePort; nodes have names outside: ")


def test_addresses_of_a_load_balancer() -> None:
    found = guarded({"service": {"type": "LoadBalancer"}}, PASSWORD)
    found["network"]["exposed"][0]["hosts"] = ["a.elb.example"]
    assert any("LoadBalancer internet-facing at a.elb.example; " in line for line in lines(found))


def test_pods_that_may_more_than_they_should() -> None:
    found = guarded()
    found["pods"] |= {"users": [], "non_root": False, "not_privileged": False, "seccomp": False, "token": False}
    assert list(lines(found))[-1] == (
        "pods: user of the image, root not refused, read-only, no capabilities, no escalation, privileged, no seccomp, "
        "no Kubernetes token; the namespace enforces nothing"
    )
    found["pods"] |= {"token": None}
    assert list(lines(found))[-1] == "pods: there are none"
