from __future__ import annotations

import json

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.security_facts import Around, at_rest, security

from .guarded import NOW, PASSWORD, TLS, guarded, rendered, shown, storage_class
from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE

KEY = "arn:aws:kms:us-east-1:111122223333:key/0ab1"


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_all_of_it_is_json(flavour) -> None:
    found = guarded(flavour, {**PASSWORD, **TLS})
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_who_may_read_nothing_more_is_told_what_pods_and_custom_resources_say(flavour) -> None:
    seen, _objects = rendered(flavour, {**PASSWORD, **TLS})
    found = security(seen, Around(when=NOW))
    assert {one["encrypted"] for one in found["at_rest"]} == {None}
    certificate = {"secret": "cache-tls", "signer": None, "issuer": None, "begins": None, "ends": None}
    assert found["in_transit"] == {"tls": True, "certificate": {**certificate, "days_left": None, "shown": None}}
    assert (found["keeper"], found["users"], found["network"]["policies"]) == (None, None, None)
    assert found["authentication"]["password"]
    assert found["pods"]["level"] is None
    assert found["pods"]["non_root"]


@pytest.mark.parametrize(
    ("live", "encrypted", "key"),
    [
        (storage_class(encrypted="true", kmsKeyId=KEY), True, KEY),
        (storage_class(encrypted="True"), True, None),
        (storage_class(encrypted="false"), False, None),
        # the account may encrypt by default
        (storage_class(type="gp3"), None, None),
        # what these words mean there is not known here
        (storage_class("efs.csi.aws.com", encrypted="true", kmsKeyId=KEY), None, None),
        ({"metadata": {"name": "gp3"}, "provisioner": "ebs.csi.aws.com"}, None, None),
    ],
)
def test_volumes_are_told_by_their_class(live, encrypted, key) -> None:
    seen, _objects = rendered(REPLICATED)
    (found,) = at_rest(seen, {"gp3": live})
    assert found == {
        "storage_class": "gp3",
        "volumes": 3,
        "encrypted": encrypted,
        "key": key,
        "provisioner": live["provisioner"],
    }


def test_volumes_of_a_class_that_is_gone_or_may_not_be_read() -> None:
    seen, _objects = rendered()
    unknown = {"storage_class": "gp3", "volumes": 1, "encrypted": None, "key": None, "provisioner": None}
    assert at_rest(seen, {}) == at_rest(seen, None) == [unknown]
    seen.seen.claims.clear()
    assert at_rest(seen, {}) == []


@pytest.mark.parametrize(
    ("transit", "certificate", "told"),
    [
        ({}, shown(), {"secret": "cache-tls", "signer": "own", "issuer": None}),
        (
            {"issuer": {"name": "company"}},
            shown(name="company", kind="Issuer"),
            {"secret": "cache-tls", "signer": "cert-manager", "issuer": "Issuer company"},
        ),
        # its Secret may not be read, or cert-manager has not made it yet
        ({"issuer": {"name": "company"}}, None, {"secret": "cache-tls", "signer": "cert-manager", "issuer": None}),
        ({"existingSecret": "mine"}, shown(), {"secret": "mine", "signer": "given", "issuer": None}),
        (
            {"existingSecret": "mine"},
            shown(name="acme", kind="ClusterIssuer"),
            {"secret": "mine", "signer": "cert-manager", "issuer": "ClusterIssuer acme"},
        ),
    ],
)
def test_who_signs_the_certificate(transit, certificate, told) -> None:
    root = {"transitEncryption": {"enabled": True, **transit}}
    found = guarded(root=root, certificate=certificate)["in_transit"]["certificate"]
    assert {key: found[key] for key in told} == told


@pytest.mark.parametrize(
    ("transit", "other", "signer"),
    [
        # a Secret of the user's that has the name of ours
        ({"existingSecret": "cache-tls"}, {"ours": {"cache-tls": False}}, "given"),
        ({"existingSecret": "cache-tls"}, {"ours": {"cache-tls": False}, "objects": None}, "given"),
        ({}, {"ours": {"cache-tls": True}, "objects": None}, "own"),
        # the Secret may not be read
        ({}, {"ours": {}}, None),
        ({"existingSecret": "mine"}, {"ours": {}, "objects": None}, "given"),
        ({"issuer": {"name": "corp"}}, {"ours": {}}, "cert-manager"),
        # nor what was made with the instance
        ({"issuer": {"name": "corp"}}, {"ours": {}, "objects": None}, None),
    ],
)
def test_the_name_of_a_secret_does_not_tell_who_signs(transit, other, signer) -> None:
    root = {"transitEncryption": {"enabled": True, **transit}}
    found = guarded(root=root, certificate=None, **other)["in_transit"]["certificate"]
    assert (found["signer"], found["issuer"]) == (signer, None)


def test_when_the_certificate_ends() -> None:
    found = guarded(root=TLS, certificate=shown(10, 90))["in_transit"]["certificate"]
    moments = {"begins": "2026-09-10T12:00:00Z", "ends": "2026-12-09T12:00:00Z", "days_left": 10}
    assert {key: found[key] for key in moments} == moments
    assert guarded(root=TLS, certificate=shown(-1))["in_transit"]["certificate"]["days_left"] == -1


@pytest.mark.parametrize(("ready", "told"), [(1, True), (0, False)])
def test_whether_pods_show_it_is_what_the_keeper_says(ready, told) -> None:
    keepers = [{"metadata": {"name": "cache-keeper"}, "spec": {"replicas": 1}, "status": {"readyReplicas": ready}}]
    found = guarded(root=TLS, keepers=keepers)
    assert found["in_transit"]["certificate"]["shown"] is told
    assert found["keeper"] == {"name": "cache-keeper", "desired": 1, "ready": ready}


def test_without_tls_there_is_no_certificate() -> None:
    assert guarded()["in_transit"] == {"tls": False, "certificate": None}
    assert guarded()["keeper"] is None


@pytest.mark.parametrize(
    ("flavour", "login", "objects", "told"),
    [
        (SINGLE, {}, (), {"password": False, "secret": None, "source": None, "sentinels": None}),
        (SENTINEL, {}, (), {"password": False, "secret": None, "source": None, "sentinels": False}),
        (SINGLE, {"existingSecret": {"name": "mine"}}, (), {"password": True, "secret": "mine", "source": "given"}),
        (SINGLE, {"generate": True}, ("Service apps/x",), {"secret": "cache-auth", "source": "own"}),
        (SINGLE, {"generate": True}, ("ExternalSecret apps/cache-auth",), {"source": "external-secrets"}),
        (SINGLE, {"generate": True}, ("SecretProviderClass apps/cache-auth",), {"source": "secrets-store"}),
        (SINGLE, {"generate": True}, None, {"password": True, "source": None}),
        (SENTINEL, {"generate": True}, (), {"sentinels": True}),
    ],
)
def test_where_the_password_comes_from(flavour, login, objects, told) -> None:
    root = {"authentication": {"enabled": True, **login}} if login else {}
    found = guarded(flavour, root, objects=objects)["authentication"]
    assert {key: found[key] for key in told} == told


@pytest.mark.parametrize(
    ("login", "ours", "told"),
    [
        ({"existingSecret": {"name": "cache-auth"}}, {"cache-auth": False}, "given"),
        ({"authToken": "a-password-of-somebody"}, {"cache-auth": True}, "own"),
        ({"generate": True}, {"cache-auth": True}, "own"),
        # it may not be read
        ({"generate": True}, {}, None),
        ({"existingSecret": {"name": "mine"}}, {}, "given"),
        # the operator that makes it may hand on our labels
        ({"externalSecret": {"remoteKey": "prod/redis", "store": "aws"}}, {"cache-auth": True}, "external-secrets"),
    ],
)
def test_the_name_of_a_secret_does_not_tell_where_the_password_comes_from(login, ours, told) -> None:
    root = {"authentication": {"enabled": True, **login}}
    assert guarded(root=root, ours=ours)["authentication"]["source"] == told


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ({"externalSecret": {"remoteKey": "prod/redis", "store": "aws"}}, "external-secrets"),
        ({"secretsStore": {"objectName": "prod/redis"}}, "secrets-store"),
    ],
)
def test_secret_stores_are_found_by_what_is_rendered_for_them(source, told) -> None:
    assert guarded(root={"authentication": {"enabled": True, **source}})["authentication"]["source"] == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "user default on nopass sanitize-payload ~* &* +@all",
            {"name": "default", "on": True, "password": False, "everything": True, "rules": "~* &* +@all"},
        ),
        # Redis 6.0 knows no channels
        ("user default on # ~* +@all", {"password": True, "everything": True, "rules": "~* +@all"}),
        ("user app off # ~app:* &* -@all +get", {"on": False, "everything": False, "rules": "~app:* &* -@all +get"}),
        ("user app on # # ~* &* +@all -flushall", {"everything": False, "rules": "~* &* +@all -flushall"}),
        (
            "user app on sanitize-payload # resetchannels -@all (~x resetchannels -@all +get)",
            {"everything": False, "rules": "resetchannels -@all (~x resetchannels -@all +get)"},
        ),
    ],
)
def test_users_are_told_without_passwords(line, told) -> None:
    (found,) = guarded(users=(line,))["users"]
    assert {key: found[key] for key in told} == told
    assert "#" not in json.dumps(found)
