from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.security_pods import pods
from ansible_collections.eks.redis.plugins.module_utils.engine.security_points import points, urgent

from .guarded import NAMESPACE, PASSWORD, TLS, guarded, shown, storage_class
from .views import CLUSTER, SENTINEL, SINGLE

KEEPER = "Deployment cache-keeper: 0 of 1 pod ready, so "
SAFE_FLAVOUR = {
    "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]},
    "acl": {"enabled": True, "restrictDefault": True},
}
SAFE_ROOT = {"authentication": {"enabled": True, "generate": True}, **TLS}
SAFE_AROUND = {
    "classes": {"gp3": storage_class(encrypted="true")},
    "namespace": {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
    "users": ("user default on # resetchannels -@all +ping", "user app on # ~app:* &* -@all +get"),
}


def opened(flavour=None, root=None, **other) -> list[str]:
    return list(points("apps", guarded(flavour, root, **other)))


def test_a_plain_instance() -> None:
    assert opened() == [
        "connections are not encrypted: set transitEncryption.enabled",
        "Redis asks for no password: set authentication.enabled",
        "every pod of the cluster may connect: set networkPolicy.enabled and allowedNamespaces",
        "StorageClass gp3 does not say whether it encrypts: role eks.redis.storage_class makes one that does, for new "
        "volumes",
        "the pods hold a token for the Kubernetes API and need none: set createServiceAccount",
        "the namespace enforces no level of Pod Security: kubectl label --overwrite namespace apps "
        "pod-security.kubernetes.io/enforce=restricted",
    ]


@pytest.mark.parametrize("flavour", [SINGLE, SENTINEL, CLUSTER])
def test_one_that_is_well_guarded_has_only_the_token_left(flavour) -> None:
    # pods of these tests always have one
    assert opened({**flavour, **SAFE_FLAVOUR}, SAFE_ROOT, **SAFE_AROUND) == [
        "the pods hold a token for the Kubernetes API and need none: set createServiceAccount"
    ]


def test_what_may_not_be_read_is_no_point() -> None:
    unread = dict.fromkeys(("classes", "policies", "keepers", "objects", "namespace", "certificate", "users"))
    unread["ours"] = {}
    assert opened({**SINGLE, **SAFE_FLAVOUR}, SAFE_ROOT, **unread) == [
        "the pods hold a token for the Kubernetes API and need none: set createServiceAccount"
    ]


@pytest.mark.parametrize(
    ("transit", "certificate", "told"),
    [
        ({}, shown(30), None),
        ({}, shown(29), "ends in 29 days, at 2026-12-28T12:00:00Z: deploy again, which renews it"),
        ({}, shown(1), "ends in 1 day, at 2026-11-30T12:00:00Z: deploy again, which renews it"),
        ({}, shown(-1), "has ended at 2026-11-28T12:00:00Z: deploy again, which renews it"),
        # one that lives shortly is renewed late
        ({}, shown(10, life=30), None),
        ({}, shown(9, life=30), "ends in 9 days, at 2026-12-08T12:00:00Z: deploy again, which renews it"),
        (
            {"issuer": {"name": "company"}},
            shown(3, name="company"),
            "ends in 3 days, at 2026-12-02T12:00:00Z: cert-manager has not renewed it; kubectl describe certificate "
            "--namespace apps cache-tls may say why",
        ),
    ],
)
def test_a_certificate_that_ends(transit, certificate, told) -> None:
    root = {"transitEncryption": {"enabled": True, **transit}}
    found = guarded(root=root, certificate=certificate)
    wanted = [] if told is None else [f"the certificate in Secret cache-tls {told}"]
    assert list(urgent("apps", found)) == wanted
    assert list(points("apps", found))[: len(wanted)] == wanted


def test_a_certificate_of_the_users_own() -> None:
    root = {"transitEncryption": {"enabled": True, "existingSecret": "mine"}}
    assert list(urgent("apps", guarded(root=root, certificate=shown(0)))) == [
        "the certificate in Secret mine ends in 0 days, at 2026-11-29T12:00:00Z: renew it in Secret apps/mine"
    ]


@pytest.mark.parametrize(
    ("root", "harm"),
    [(TLS, "pods may show an old certificate"), ({}, "Services may follow a failover late")],
)
def test_a_keeper_that_is_not_ready(root, harm) -> None:
    keepers = [{"metadata": {"name": "cache-keeper"}, "spec": {"replicas": 1}}]
    assert list(urgent("apps", guarded(root=root, keepers=keepers))) == [
        f"{KEEPER}{harm}: kubectl logs --namespace apps deployment/cache-keeper says why"
    ]


@pytest.mark.parametrize(
    ("flavour", "root", "other", "told"),
    [
        (
            SINGLE,
            {},
            {"classes": {"gp3": storage_class(encrypted="false")}},
            "StorageClass gp3 asks for no encryption: role eks.redis.storage_class makes one that does, for new "
            "volumes",
        ),
        (
            SINGLE,
            PASSWORD,
            {"users": ("user default on # ~* &* +@all", "user app on nopass ~* &* +get", "user old off nopass +get")},
            "Redis asks user app for no password: give them one in acl.users",
        ),
        (
            {"acl": {"enabled": True}},
            PASSWORD,
            {"users": ("user default on # ~* &* +@all",)},
            "user default may do everything: set acl.restrictDefault",
        ),
        (
            {"service": {"type": "LoadBalancer"}},
            PASSWORD,
            {},
            "Service cache-client lets the whole internet in: set service.loadBalancerSourceRanges, or the annotation "
            'service.beta.kubernetes.io/aws-load-balancer-internal: "true" without '
            "service.beta.kubernetes.io/aws-load-balancer-scheme",
        ),
        (
            {"networkPolicy": {"enabled": True, "allowedCidrs": ["10.0.0.0/8", "0.0.0.0/0"]}},
            PASSWORD,
            {},
            "NetworkPolicy cache lets everybody in: narrow networkPolicy.allowedCidrs, or what somebody else wrote "
            "there",
        ),
        (
            SINGLE,
            {},
            {"namespace": {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}}},
            "the namespace enforces baseline of Pod Security: kubectl label --overwrite namespace apps "
            "pod-security.kubernetes.io/enforce=restricted",
        ),
    ],
)
def test_single_points(flavour, root, other, told) -> None:
    assert told in opened(flavour, root, **other)


@pytest.mark.parametrize(
    ("flavour", "root", "words"),
    [
        # one user who may do everything is what Redis has without an ACL file
        (SINGLE, PASSWORD, "may do everything"),
        # a password would be asked for in the first place
        (SINGLE, {}, "asks user default"),
        (
            {"service": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"]}},
            PASSWORD,
            "the whole internet",
        ),
        ({"service": {"type": "NodePort"}}, PASSWORD, "the whole internet"),
        ({"networkPolicy": {"enabled": True, "allowedCidrs": ["10.0.0.0/8"]}}, PASSWORD, "lets everybody in"),
        # its pods would not be admitted any more
        ({"securityContext": {"runAsNonRoot": False}}, PASSWORD, "kubectl label"),
        (SINGLE, PASSWORD, "the sentinels"),
    ],
)
def test_what_is_no_point(flavour, root, words) -> None:
    assert not any(words in text for text in opened(flavour, root, users=()))


def test_no_level_is_advised_for_pods_that_nobody_has_seen() -> None:
    found = guarded()
    found["pods"] |= pods({}, NAMESPACE)
    assert not any("kubectl label" in text for text in points("apps", found))


def test_pods_that_may_be_root_are_for_the_flavour_to_change() -> None:
    told = [text for text in opened({"securityContext": {"runAsNonRoot": False}}) if "Pod Security" in text]
    assert told == [
        "Pod cache-0 container cache is not as Pod Security restricted has it (non_root): set "
        "securityContext.runAsNonRoot: true, and a securityContext.runAsUser that is not 0"
    ]


def test_the_certificate_of_a_secret_that_has_the_name_of_ours() -> None:
    root = {"transitEncryption": {"enabled": True, "existingSecret": "cache-tls"}}
    assert list(urgent("apps", guarded(root=root, certificate=shown(0), ours={"cache-tls": False}))) == [
        "the certificate in Secret cache-tls ends in 0 days, at 2026-11-29T12:00:00Z: renew it in Secret apps/cache-tls"
    ]


def test_a_container_that_may_more_than_it_should() -> None:
    found = guarded()
    found["pods"]["lacking"] = [{"pod": "cache-0", "container": "sidecar", "check": "seccomp"}]
    assert "Pod cache-0 container sidecar is not as Pod Security restricted has it (seccomp): deploy again" in points(
        "apps", found
    )
