"""Certificates: made by a CA of the instance's own and kept until it is time, or brought along and judged."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from certified import DAY, Authority, key_pem, secret
from cluster import eventually
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ExtendedKeyUsageOID as Purpose
from runs import changes, warnings

from ansible_collections.eks.redis.plugins.module_utils.engine.authority import Certificate

TLS = {"transitEncryption": {"enabled": True}}
MINE = {"transitEncryption": {"enabled": True, "existingSecret": "mine"}}
FIELD = "transitEncryption.existingSecret: "


@pytest.fixture
def read(cluster, namespace):
    """The data of a Secret."""

    def of(name: str) -> dict[str, bytes]:
        live = cluster.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        return {key: b64decode(value) for key, value in live["data"].items()}

    return of


@pytest.fixture
def bring(cluster, namespace):
    """Makes the Secret ``mine``."""

    def make(**data: bytes) -> None:
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        cluster.apply(f"/api/v1/namespaces/{namespace}", made)
        cluster.apply(f"/api/v1/namespaces/{namespace}/secrets/mine", secret(namespace, "mine", **data))

    return make


def test_a_ca_of_its_own_signs_for_every_name_and_stays(instance, read, namespace) -> None:
    predicted = changes(instance(flavour={}, root=TLS, check=True))
    done = changes(instance(flavour={}, root=TLS))
    assert done == predicted
    assert {done["Secret/cache-ca"], done["Secret/cache-tls"]} == {"created"}
    first = read("cache-tls")
    one = Certificate(first["tls.crt"])
    assert one.is_signed_by(Certificate(read("cache-ca")["ca.crt"]))
    assert one.fits(first["tls.key"])
    assert first.keys() == {"ca.crt", "tls.crt", "tls.key"}
    wanted = ["cache", f"cache.{namespace}.svc", f"cache-0.cache-headless.{namespace}.svc.cluster.local", "localhost"]
    assert one.lacks(wanted) == []
    assert one.lacks(["elsewhere"]) == ["elsewhere"]
    assert changes(instance(flavour={}, root=TLS)) == {}
    assert read("cache-tls") == first


def test_a_certificate_is_renewed_in_time_and_restarts_nothing(instance, read) -> None:
    instance(flavour={}, root=TLS)
    authority, before = read("cache-ca"), read("cache-tls")
    late = {"transitEncryption": {**TLS["transitEncryption"], "days": 400, "renewDays": 366}}
    assert changes(instance(flavour={}, root=late, check=True)) == {"Secret/cache-tls": "changed"}
    assert read("cache-tls") == before
    assert changes(instance(flavour={}, root=late)) == {"Secret/cache-tls": "changed"}
    after = read("cache-tls")
    assert read("cache-ca") == authority
    assert after["tls.key"] != before["tls.key"]
    assert Certificate(after["tls.crt"]).ends - Certificate(before["tls.crt"]).ends > timedelta(days=30)


def test_a_new_name_is_a_new_certificate(instance, read) -> None:
    instance(flavour={}, root=TLS)
    more = {"transitEncryption": {**TLS["transitEncryption"], "names": ["cache.example.com", "10.1.2.3"]}}
    assert changes(instance(flavour={}, root=more)) == {"Secret/cache-tls": "changed"}
    assert Certificate(read("cache-tls")["tls.crt"]).lacks(["cache.example.com", "10.1.2.3"]) == []


def test_a_lost_ca_is_no_reason_to_make_another(instance, cluster, namespace, read) -> None:
    instance(flavour={}, root=TLS)
    cluster.delete(f"/api/v1/namespaces/{namespace}/secrets/cache-ca")
    eventually(lambda: cluster.get(f"/api/v1/namespaces/{namespace}/secrets/cache-ca") is None)
    failed = instance(flavour={}, root=TLS)
    assert failed["msg"] == (
        f"Secret {namespace}/cache-ca, the CA of the instance, is not there or not whole; bring it back, or delete "
        f"Secret {namespace}/cache-tls too: both are then made anew; restart all pods after that, and give "
        "clients the new ca.crt"
    )
    cluster.delete(f"/api/v1/namespaces/{namespace}/secrets/cache-tls")
    eventually(lambda: cluster.get(f"/api/v1/namespaces/{namespace}/secrets/cache-tls") is None)
    done = changes(instance(flavour={}, root=TLS))
    assert done == {"Secret/cache-ca": "created", "Secret/cache-tls": "created"}


def test_no_key_is_shown(instance, read) -> None:
    shown = str(instance(flavour={}, root=TLS, diff=True))
    for name in ("cache-tls", "cache-ca"):
        for key, value in read(name).items():
            if key.endswith(".key"):
                assert value.decode() not in shown
                assert value.decode().splitlines()[1] not in shown
    assert "PRIVATE KEY" not in shown


CA, OTHER = Authority(), Authority("another CA")


def issued(*names: str, **options: Any) -> dict[str, bytes]:
    """Certificate and key as a Secret has them; options: as of ``Authority.issue``."""
    return dict(zip(("tls_crt", "tls_key"), CA.issue(*names, **options), strict=True))


GOOD = issued("cache.apps.svc")
ENDED = issued("cache", begins=-9 * DAY, ends=-DAY)
LATER = issued("cache", begins=DAY, ends=9 * DAY)
ONE_WAY = issued("cache", purposes=[Purpose.SERVER_AUTH])
BOTH_WAYS = issued("cache", purposes=[Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH])
LOCKED = key_pem(ec.generate_private_key(ec.SECP256R1()), b"passphrase")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"tls_crt": b"x"}, "Secret {}/mine has no key ca.crt and no key tls.key; its keys: tls.crt"),
        (
            {"ca_crt": CA.pem, **GOOD, "tls_crt": b"x"},
            "what Secret {}/mine has under tls.crt is not a certificate in PEM",
        ),
        (
            {"ca_crt": CA.pem, **GOOD, "tls_key": ENDED["tls_key"]},
            "in Secret {}/mine tls.key is not the key of the certificate in tls.crt",
        ),
        (
            {"ca_crt": CA.pem, **GOOD, "tls_key": LOCKED},
            "what Secret {}/mine has under tls.key is not a private key in PEM without a passphrase",
        ),
        (
            {"ca_crt": OTHER.pem, **GOOD},
            "in Secret {}/mine the CA in ca.crt has not signed the certificate in tls.crt: pods would not trust each "
            "other",
        ),
        (
            {"ca_crt": CA.pem, **ONE_WAY},
            "the certificate in Secret {}/mine is not for clientAuth: pods show it as servers and as clients",
        ),
        ({"ca_crt": b"x", **GOOD}, "what Secret {}/mine has under ca.crt is not a certificate in PEM"),
    ],
)
def test_a_certificate_of_the_users_is_judged_first(instance, bring, namespace, data, line) -> None:
    bring(**data)
    assert instance(flavour={}, root=MINE)["msg"] == FIELD + line.format(namespace)


def test_a_certificate_out_of_its_time_is_refused(instance, bring, namespace) -> None:
    for data, word in ((ENDED, "ended on"), (LATER, "begins only on")):
        bring(ca_crt=CA.pem, **data)
        said = instance(flavour={}, root=MINE)["msg"]
        assert said.startswith(f"{FIELD}the certificate in Secret {namespace}/mine {word} ")
        assert len(said.splitlines()) == 1


def test_a_missing_secret_is_named(instance, namespace) -> None:
    said = instance(flavour={}, root=MINE)["msg"]
    assert said == f"{FIELD}there is no Secret {namespace}/mine; create it first"


def test_a_good_one_is_used_as_it_is_and_what_it_lacks_is_told(instance, bring, cluster, namespace) -> None:
    bring(ca_crt=CA.pem, **GOOD)
    done = instance(flavour={}, root=MINE)
    assert not any(one.startswith("Secret/") for one in changes(done))
    assert any(
        f"the certificate in Secret {namespace}/mine lacks cache.{namespace}.svc" in line for line in warnings(done)
    )
    live = cluster.get(f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/cache")
    assert live["spec"]["TLS"]["secret"]["secretName"] == "mine"
    bring(ca_crt=CA.pem, **BOTH_WAYS)
    assert not instance(flavour={}, root=MINE).get("failed")


def test_an_issuer_takes_cert_manager(instance) -> None:
    said = instance(flavour={}, root={"transitEncryption": {"enabled": True, "issuer": {"name": "house"}}})["msg"]
    assert said == (
        "transitEncryption.issuer.name: the cluster does not know Certificates (cert-manager.io/v1); install "
        "cert-manager, or leave the field away: then a CA of the instance's own signs"
    )


def test_pods_that_follow_each_other_keep_how_they_speak(instance, namespace) -> None:
    flavour = {"deployment": {"config": {"replica": {"count": 1}}}}
    instance(flavour=flavour, root={})
    said = instance(flavour=flavour, root=TLS)["msg"]
    assert said.startswith(
        f"transitEncryption.enabled: instance {namespace}/cache runs without TLS, and its pods follow"
    )
