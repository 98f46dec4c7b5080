"""TLS: what asks for it, and what is said of it; what is refused is in bad_security."""

from __future__ import annotations

from typing import Any

import pytest

from .ruled import CLUSTER, cluster, lines, read, sentinel

TLS = {"enabled": True}
TURNED = (
    "additionalConfig.tls-port: is turned into transitEncryption.enabled: true; write that in the root instead, and "
    "see docs/security.md"
)
SAYS_IT_ALL = "has no effect: transitEncryption.enabled: true says it all"
PLAIN = "has no effect while transitEncryption.enabled is false: connections to port 6379 are plain"
GOES_ON = "keeper.enabled: false with TLS: Redis goes on showing a certificate that was renewed until it restarts"
YOURS = "has no effect with transitEncryption.existingSecret: that certificate is yours"
OFF = "has no effect while transitEncryption.enabled is false"


@pytest.mark.parametrize(
    ("config", "root", "enabled"),
    [
        ({}, {}, False),
        ({"tls-port": 6379}, {}, True),
        ({"tls-port": "6379", "port": "0"}, {}, True),
        ({"TLS-Port": 6379}, {}, True),
        ({"tls-port": 0}, {}, False),
        ({"tls-protocols": "TLSv1.3"}, {}, False),
        ({"tls-port": 6379}, {"transitEncryption": {"days": 90}}, True),
        ({}, {"transitEncryption": TLS}, True),
    ],
)
def test_what_asks_for_it(config: dict[str, Any], root: dict[str, Any], enabled: bool) -> None:
    for mode, more in (({}, {}), (sentinel(), {}), (cluster(), CLUSTER)):
        instance = read({**mode, "additionalConfig": config}, {**root, **more}).instance
        assert instance is not None
        assert instance.transit_encryption.enabled is enabled
        assert instance.flavour.keeper.enabled is enabled


def test_a_wrong_switch_is_an_error_and_not_turned_on() -> None:
    found = read({"additionalConfig": {"tls-port": 6379}}, {"transitEncryption": {"enabled": "no"}})
    assert [problem.path for problem in found.errors] == ["transitEncryption.enabled"]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("flavour", "given", "told"),
    [
        ({}, TLS, []),
        ({}, {**TLS, "names": ["*.example.com", "10.0.0.1"], "days": 90, "renewDays": 89}, []),
        ({}, {**TLS, "existingSecret": "mine"}, []),
        ({}, {**TLS, "issuer": {"name": "ours", "kind": "ClusterIssuer"}}, []),
        ({"additionalConfig": {"tls-port": 6379}}, {}, [TURNED]),
        ({"additionalConfig": {"tls-port": 6379}}, {"existingSecret": "mine"}, [TURNED]),
        # who has written the switch itself is not told to
        ({"additionalConfig": {"tls-port": 6379}}, TLS, [f"additionalConfig.tls-port: {SAYS_IT_ALL}"]),
        (
            {"additionalConfig": {"tls-port": 6379, "tls-replication": "yes", "tls-auth-clients": "no"}},
            {},
            [TURNED, f"additionalConfig.tls-replication: {SAYS_IT_ALL}"],
        ),
        ({"additionalConfig": {"tls-protocols": "TLSv1.3", "tls-auth-clients": "optional"}}, TLS, []),
        ({"additionalConfig": {"port": 0}}, {}, [f"additionalConfig.port: {PLAIN}"]),
        ({"additionalConfig": {"port": 6379}}, {}, []),
        ({"additionalConfig": {"tls-port": 0}}, {}, [f"additionalConfig.tls-port: {PLAIN}"]),
        ({"additionalConfig": {"tls-protocols": "TLSv1.3"}}, {}, [f"additionalConfig.tls-protocols: {PLAIN}"]),
        ({"keeper": {"enabled": False}}, TLS, [GOES_ON]),
        ({"keeper": {"enabled": False}}, {}, []),
        (
            {},
            {**TLS, "existingSecret": "mine", "names": ["a.example.com"], "days": 30, "renewDays": 5},
            [
                f"transitEncryption.days: {YOURS}",
                f"transitEncryption.names: {YOURS}",
                f"transitEncryption.renewDays: {YOURS}",
            ],
        ),
        (
            {},
            {**TLS, "existingSecret": "mine", "issuer": {"kind": "ClusterIssuer", "group": "example.com"}},
            [f"transitEncryption.issuer.group: {YOURS}", f"transitEncryption.issuer.kind: {YOURS}"],
        ),
        ({}, {**TLS, "issuer": {"name": "", "kind": "Issuer"}}, []),
        ({"additionalConfig": {"tls-protocols": "tlsv1.2 TLSv1.3", "tls-session-cache-size": 0}}, TLS, []),
        ({"additionalConfig": {"tls-protocols": ""}}, TLS, []),
        # nobody is given them
        ({"additionalConfig": {"tls-auth-clients": "maybe"}}, {}, [f"additionalConfig.tls-auth-clients: {PLAIN}"]),
        ({}, {"existingSecret": "mine"}, [f"transitEncryption.existingSecret: {OFF}"]),
        ({}, {"enabled": False, "existingSecret": "mine", "issuer": {"kind": "ClusterIssuer"}}, []),
    ],
)
def test_what_is_said(flavour: dict[str, Any], given: dict[str, Any], told: list[str]) -> None:
    resolution = read(flavour, {"transitEncryption": given})
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == told
