"""Which chains lead to a trusted CA: as OpenSSL itself says in a handshake."""

from __future__ import annotations

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.eks.redis.plugins.module_utils.engine.chain import distrust

from .pki import DAY, Made, complaint, make

ROOT = make("root", ca=True)
MIDDLE = make("middle", ROOT, ca=True)
LEAF = make("leaf", MIDDLE, ca=False)
OTHER = make("other", ca=True)
ENDED = make("old root", ca=True, begins=-9 * DAY, ends=-DAY)
ENDED_MIDDLE = make("old middle", ROOT, ca=True, begins=-9 * DAY, ends=-DAY)
LATER = make("new root", ca=True, begins=DAY, ends=9 * DAY)
NO_CA = make("no CA", ca=False)
NO_CA_MIDDLE = make("no CA", ROOT, ca=False)
UNSAID = make("unsaid")
SHORT = make("short root", ca=True, length=0)
BELOW_SHORT = make("middle", SHORT, ca=True)
WEAK = make("weak root", ca=True, key=rsa.generate_private_key(65537, 1024))
RENEWED = make("old root", ca=True, key=ENDED.key)
SELF = make("self", ca=False)
LOOKS_LIKE_ROOT = make("root", ROOT, ca=False)
BEYOND = "the CA in ca.crt has not signed the certificate in tls.crt"
ON = r"20\d\d-\d\d-\d\d \d\d:\d\d UTC"


def file(*certificates: Made) -> bytes:
    return b"".join(one.pem for one in certificates)


@pytest.mark.parametrize(
    ("shown", "trusted"),
    [
        ([make("leaf", ROOT)], [ROOT]),
        ([LEAF, MIDDLE], [ROOT]),
        ([LEAF, MIDDLE, ROOT], [ROOT]),
        ([LEAF, ROOT, MIDDLE], [ROOT]),
        ([LEAF], [ROOT, MIDDLE]),
        ([LEAF], [OTHER, MIDDLE, ROOT]),
        ([make("leaf", SHORT)], [SHORT]),
        ([make("leaf", ENDED)], [ENDED, RENEWED]),
        ([SELF], [SELF]),
    ],
)
def test_these_are_trusted(shown: list[Made], trusted: list[Made], tmp_path) -> None:
    assert complaint(tmp_path, file(*shown), shown[0].key_pem, file(*trusted)) == ""
    assert distrust(file(*shown), file(*trusted)) == ""


@pytest.mark.parametrize(
    ("shown", "trusted", "reason"),
    [
        ([make("leaf", ROOT)], [OTHER], BEYOND),
        ([LEAF], [ROOT], BEYOND),
        ([SELF], [OTHER], BEYOND),
        ([LOOKS_LIKE_ROOT], [ROOT], BEYOND),
        ([LEAF, MIDDLE], [OTHER], "ca.crt lacks CN=root, which signed CN=middle"),
        ([LEAF, MIDDLE, ROOT], [OTHER], "ca.crt lacks CN=root, which signed CN=middle"),
        # one in the middle is not enough
        ([LEAF], [MIDDLE], "ca.crt lacks CN=root, which signed CN=middle"),
        ([LEAF], [LEAF], BEYOND),
        ([make("leaf", ENDED)], [ENDED], f"CN=old root, which signed CN=leaf, ended on {ON}"),
        (
            [make("leaf", ENDED_MIDDLE), ENDED_MIDDLE],
            [ROOT],
            f"CN=old middle, which signed CN=leaf, ended on {ON}",
        ),
        ([make("leaf", LATER)], [LATER], f"CN=new root, which signed CN=leaf, begins only on {ON}"),
        ([make("leaf", NO_CA)], [NO_CA], "CN=no CA, which signed CN=leaf, is not the certificate of a CA"),
        (
            [make("leaf", NO_CA_MIDDLE), NO_CA_MIDDLE],
            [ROOT],
            "CN=no CA, which signed CN=leaf, is not the certificate of a CA",
        ),
        ([make("leaf", UNSAID)], [UNSAID], "CN=unsaid, which signed CN=leaf, is not the certificate of a CA"),
        (
            [make("leaf", BELOW_SHORT), BELOW_SHORT],
            [SHORT],
            "CN=short root, which signed CN=middle, allows only 0 CAs below it",
        ),
        (
            [make("leaf", WEAK)],
            [WEAK],
            "CN=weak root, which signed CN=leaf, has an RSA key of 1024 bits; allowed: 2048 and more",
        ),
    ],
)
def test_these_are_not_and_it_says_why(shown: list[Made], trusted: list[Made], reason: str, tmp_path) -> None:
    assert complaint(tmp_path, file(*shown), shown[0].key_pem, file(*trusted))
    assert re.fullmatch(reason, distrust(file(*shown), file(*trusted)))


def test_what_is_no_certificate() -> None:
    for shown, trusted in ((b"x", ROOT.pem), (LEAF.pem, b""), (LEAF.pem, b"x")):
        with pytest.raises(ValueError):
            distrust(shown, trusted)
