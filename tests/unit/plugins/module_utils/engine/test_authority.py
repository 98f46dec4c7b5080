"""Certificates of an instance's own CA, as clients judge them in a handshake, strict ones too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.eks.redis.plugins.module_utils.engine.authority import (
    Certificate,
    Pair,
    issue,
    new_authority,
    renewed,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.chain import distrust

from .pki import DAY, Made, complaint, make

HOST = "cache.apps.svc"
# what a namespace and a name have together
LENGTHS = [10, 60, 61, 62, 63, 64, 65, 115]


def of_before(name: str = "apps/cache", **options: object) -> tuple[Pair, Made]:
    """A CA and a certificate as earlier releases made them: no identifiers of keys, and names cut at their ends."""
    above = make(f"{name} CA"[:64], ca=True, length=0, **options)
    return Pair(above.pem, above.key_pem), above


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("strict", [False, True])
def test_every_client_takes_it_whatever_the_length_of_the_name(length: int, strict: bool, tmp_path) -> None:
    name = ("apps/" + "x" * length)[:length]
    above = new_authority(name)
    shown = issue(above, name, [HOST, "127.0.0.1"], 90)
    assert complaint(tmp_path, shown.certificate, shown.key, above.certificate, host=HOST, strict=strict) == ""
    assert distrust(shown.certificate, above.certificate) == ""
    assert complaint(tmp_path, shown.certificate, shown.key, above.certificate, host="elsewhere", strict=strict)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_ca_of_before_can_sign_for_long_names(length: int, tmp_path) -> None:
    """It had the name of what it signed, which OpenSSL takes for a certificate that signed itself."""
    name = ("apps/" + "x" * length)[:length]
    above, made = of_before(name)
    before = make(name[:64], made, ca=False, hosts=(HOST,))
    broken = length >= 63
    assert bool(complaint(tmp_path, before.pem, before.key_pem, above.certificate)) is broken
    shown = issue(above, name, [HOST], 90)
    assert complaint(tmp_path, shown.certificate, shown.key, above.certificate) == ""


def test_a_renewed_ca_and_the_one_before_trust_what_either_signed(tmp_path) -> None:
    old, made = of_before()
    new = renewed(old)
    before = make("apps/cache", made, ca=False, hosts=(HOST,))
    after = issue(new, "apps/cache", [HOST], 90)
    assert new.certificate != old.certificate
    shown = ((before.pem, before.key_pem), (after.certificate, after.key))
    for certificate, key in shown:
        for trusted in (old.certificate, new.certificate, old.certificate + new.certificate):
            assert complaint(tmp_path, certificate, key, trusted, host=HOST) == ""
            assert distrust(certificate, trusted) == ""
    # who asks strictly needs both anew
    strict = [
        complaint(tmp_path, certificate, key, one.certificate, strict=True) == ""
        for certificate, key in shown
        for one in (old, new)
    ]
    assert strict == [False, False, False, True]


def test_a_renewed_ca_keeps_its_name_and_key_for_ten_years_more() -> None:
    old, _made = of_before(ends=DAY)
    new = renewed(old)
    one = Certificate(new.certificate)
    assert one.fits(old.key) and one.fits(new.key)
    assert one.name == Certificate(old.certificate).name == "CN=apps/cache CA"
    assert one.may_sign and one.path_length == 0
    assert one.ends - datetime.now(UTC) > timedelta(days=3649)


def test_a_certificate_ends_with_its_ca_at_the_latest() -> None:
    above, _made = of_before(ends=9 * DAY)
    shown = Certificate(issue(above, "apps/cache", [HOST], 90).certificate)
    assert abs(shown.ends - Certificate(above.certificate).ends) < timedelta(minutes=1)


def test_when_it_is_time_for_another_one() -> None:
    above = new_authority("apps/cache")
    one = Certificate(issue(above, "apps/cache", [HOST], 90).certificate)
    assert not one.is_due(timedelta(days=89))
    assert one.is_due(timedelta(days=90))
    assert not Certificate(above.certificate).is_due(timedelta(days=3649))
    # what strict clients refuse
    old, made = of_before()
    assert Certificate(old.certificate).is_due(timedelta(0))
    assert Certificate(make("apps/cache", made).pem).is_due(timedelta(0))


def test_names_are_compared_without_regard_to_case() -> None:
    one = Certificate(make("leaf", hosts=("Redis.Example.com", "*.Nodes.example.com")).pem)
    assert one.lacks(["redis.example.com", "cache-0.nodes.example.com", "elsewhere"]) == ["elsewhere"]


def test_keys_that_are_too_short() -> None:
    assert Certificate(make("leaf").pem).weakness == ""
    assert Certificate(make("leaf", key=rsa.generate_private_key(65537, 2048)).pem).weakness == ""
    short = Certificate(make("leaf", key=rsa.generate_private_key(65537, 1024)).pem)
    assert short.weakness == "has an RSA key of 1024 bits; allowed: 2048 and more"


def test_what_is_made_is_for_both_ways_and_signs_nothing() -> None:
    one = Certificate(issue(new_authority("apps/cache"), "apps/cache", [HOST, "10.1.2.3"], 90).certificate)
    assert one.purposes_lacking == []
    assert not one.may_sign and not one.is_root
    assert one.subjects == {HOST, "10.1.2.3"}
    usage = one.x509.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.digital_signature
