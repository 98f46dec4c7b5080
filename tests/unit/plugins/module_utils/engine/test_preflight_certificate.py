"""What must hold of a certificate: a chain that OpenSSL takes, the names that clients call, and one CA at a time."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.authority import new_authority
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight_certificate import certificate, transit
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from ..topology.made import SHAPES, TLS, merged
from .pki import DAY, Made, live, make

MINE = merged(TLS, {"transitEncryption": {"existingSecret": "mine"}})
ISSUED = merged(TLS, {"transitEncryption": {"issuer": {"name": "house"}}})
ROOT = make("root", ca=True)
FIELD = "transitEncryption.existingSecret: "
KINDS = {"standalone": "Redis", "replicated": "RedisReplication", "sentinel": "RedisReplication"}


def secret(shown: Made, *trusted: Made, chain: tuple[Made, ...] = ()) -> dict[str, Any]:
    file = {"tls.crt": b"".join(one.pem for one in (shown, *chain)), "tls.key": shown.key_pem}
    return live(**file, **{"ca.crt": b"".join(one.pem for one in trusted)})


def case(
    shape: str, flavour: dict[str, Any], root: dict[str, Any], secrets: dict[str, Any], *lives: dict[str, Any]
) -> Any:
    given = merged(SHAPES[shape][0], flavour), merged(SHAPES[shape][1], root)
    instance = resolve(*given, name="cache", namespace="apps").instance
    assert instance is not None
    return SimpleNamespace(
        instance=instance,
        layout=layout(instance),
        api=SimpleNamespace(get=lambda kind, name, _namespace: secrets.get(name) if kind == "Secret" else None),
        lives={f"{one['kind']} apps/{one['metadata']['name']}": one for one in lives},
    )


def lines(findings: Any) -> list[str]:
    return [f"{'' if one.fatal else 'warning: '}{one.text}" for one in findings]


def judged(mine: dict[str, Any], shape: str = "standalone", root: Any = None, flavour: Any = None) -> list[str]:
    return lines(certificate(case(shape, flavour or {}, merged(MINE, root or {}), {"mine": mine})))


HOSTS = ("cache.apps.svc",)


def test_a_chain_in_any_order_needs_no_word() -> None:
    middle = make("middle", ROOT, ca=True)
    leaf = make("leaf", middle, hosts=HOSTS)
    for chain in ((middle,), (ROOT, middle), (middle, ROOT)):
        assert judged(secret(leaf, ROOT, chain=chain)) == []


@pytest.mark.parametrize(
    ("trusted", "reason"),
    [
        (make("root", ca=True), "the CA in ca.crt has not signed the certificate in tls.crt"),
        (
            make("old", ca=True, begins=-9 * DAY, ends=-DAY),
            r"CN=old, which signed CN=leaf, ended on [-0-9]{10} [:0-9]{5} UTC",
        ),
        (make("no CA", ca=False), "CN=no CA, which signed CN=leaf, is not the certificate of a CA"),
    ],
)
def test_a_chain_that_pods_would_refuse_is_refused(trusted: Made, reason: str) -> None:
    by = ROOT if "has not signed" in reason else trusted
    (said,) = judged(secret(make("leaf", by, hosts=HOSTS), trusted))
    assert re.fullmatch(f"{FIELD}in Secret apps/mine {reason}: pods would not trust each other", said)


def test_a_key_that_is_too_short_is_refused() -> None:
    leaf = make("leaf", ROOT, hosts=HOSTS, key=rsa.generate_private_key(65537, 1024))
    assert judged(secret(leaf, ROOT)) == [
        f"{FIELD}the certificate in Secret apps/mine has an RSA key of 1024 bits; allowed: 2048 and more"
    ]


NODES = {"discovery": {"nodes": "nodes.example.com"}}
PRIMARY = {"discovery": {"primary": "w.example.com"}}
NODE_PORT = {"service": {"type": "NodePort"}}
ANNOTATED = {"service": {"annotations": {"external-dns.alpha.kubernetes.io/hostname": "a.example.com"}}}
OWN_NODES = "*.cache-leader-headless.apps.svc.cluster.local, *.cache-follower-headless.apps.svc.cluster.local"


@pytest.mark.parametrize(
    ("shape", "flavour", "root", "held", "lacking"),
    [
        ("standalone", {}, {}, (), "cache.apps.svc"),
        ("standalone", {}, PRIMARY, HOSTS, "w.example.com"),
        ("standalone", NODE_PORT, PRIMARY, HOSTS, "w.example.com"),
        ("standalone", ANNOTATED, {}, HOSTS, "a.example.com"),
        ("cluster", {}, {}, ("cache-leader.apps.svc",), OWN_NODES),
        ("cluster", {}, NODES, ("cache-leader.apps.svc",), "*.nodes.example.com"),
    ],
)
def test_names_that_it_lacks_are_told(shape: str, flavour: Any, root: Any, held: Any, lacking: str) -> None:
    mine = secret(make("leaf", ROOT, hosts=held), ROOT)
    assert judged(mine, shape, root, flavour) == [
        f"warning: {FIELD}the certificate in Secret apps/mine lacks {lacking}: clients that check names refuse it"
    ]


def test_names_of_nodes_may_be_held_one_by_one_or_by_a_pattern() -> None:
    service = "cache-leader.apps.svc"
    each = [
        f"cache-{role}-{n}.nodes.example.com" for role, most in (("leader", 3), ("follower", 6)) for n in range(most)
    ]
    for held in ((service, "*.nodes.example.com"), (service, *each)):
        assert judged(secret(make("leaf", ROOT, hosts=held), ROOT), "cluster", NODES) == []


def test_an_own_ca_that_is_renewed_is_told() -> None:
    def told(**data: bytes) -> list[str]:
        of = {**live(**data), "kind": "Secret", "metadata": {"name": "cache-ca"}}
        return lines(certificate(case("standalone", {}, TLS, {}, of)))

    assert told(**{"ca.crt": new_authority("apps/cache").certificate}) == []
    for ends, verb in ((DAY, "ends"), (-DAY, "ended")):
        (said,) = told(**{"ca.crt": make("apps/cache CA", ca=True, begins=-9 * DAY, ends=ends).pem})
        assert re.fullmatch(
            rf"warning: transitEncryption: the CA in Secret apps/cache-ca {verb} on [-0-9]{{10}} [:0-9]{{5}} UTC and "
            r"is renewed, with the same key: clients that have a copy of its ca.crt trust the instance only until "
            r"then; give them the new one",
            said,
        )
    assert lines(certificate(case("standalone", {}, TLS, {}))) == []


A, B = make("a", ca=True), make("b", ca=True)
OF_A, OF_B = secret(make("leaf", A), A), secret(make("leaf", B), B)
OF_A_TOO = secret(make("leaf", A), A)
BOTH_A, BOTH_B = secret(make("leaf", A), A, B), secret(make("leaf", B), A, B)
NOTHING = live()


def by_issuer(name: str, kind: str) -> dict[str, Any]:
    found = {"cert-manager.io/issuer-name": name, "cert-manager.io/issuer-kind": kind}
    return {**OF_A, "metadata": {"annotations": found}}


OF_A_BY_HOUSE, OF_A_BY_ANOTHER = by_issuer("house", "Issuer"), by_issuer("house", "ClusterIssuer")


def moved(shape: str, root: dict[str, Any], had: str, **secrets: dict[str, Any]) -> list[str]:
    resource = {
        "kind": KINDS.get(shape, "RedisCluster"),
        "metadata": {"name": "cache"},
        "spec": {"TLS": {"secret": {"secretName": had}}},
    }
    return lines(transit(case(shape, {}, root, {key.replace("_", "-"): one for key, one in secrets.items()}, resource)))


@pytest.mark.parametrize("shape", ["replicated", "sentinel", "cluster"])
def test_pods_do_not_go_one_by_one_to_another_ca(shape: str) -> None:
    begins = "transitEncryption: the pods of instance apps/cache trust each other by ca.crt of Secret apps/"
    middle = "so that they cannot go one by one from one to the other; "
    both = "let ca.crt of both hold the CAs of both, and restart the pods, before you change it"
    for had, old, new in (("a", OF_A, OF_B), ("cache-tls", OF_A, OF_B), ("a", OF_A, BOTH_B), ("a", BOTH_A, OF_B)):
        assert moved(shape, MINE, had, **{had: old, "mine": new}) == [
            f"{begins}{had}, and Secret apps/mine is of another ca.crt, {middle}{both}, or deploy under another name"
        ]
    for root, made, way in (
        (TLS, "another CA", "keep the certificate as it is"),
        (ISSUED, "a CA that nobody knows yet", "have cert-manager make it first"),
    ):
        for old in (OF_A, OF_A_BY_ANOTHER):
            assert moved(shape, root, "a", a=old) == [
                f"{begins}a, and Secret apps/cache-tls is still to be made, by {made}, {middle}{way}, or deploy under "
                "another name"
            ]


@pytest.mark.parametrize(
    ("shape", "root", "had", "secrets"),
    [
        ("sentinel", MINE, "a", {"a": OF_A, "mine": OF_A_TOO}),
        ("sentinel", MINE, "a", {"a": BOTH_A, "mine": BOTH_B}),
        ("sentinel", ISSUED, "a", {"a": OF_A, "cache_tls": OF_A_TOO}),
        ("sentinel", ISSUED, "a", {"a": OF_A_BY_HOUSE}),
        ("sentinel", MINE, "mine", {"mine": OF_B}),
        # nothing to judge by, or told elsewhere
        ("sentinel", MINE, "a", {"mine": OF_B}),
        ("sentinel", MINE, "a", {"a": OF_A}),
        ("sentinel", MINE, "a", {"a": OF_A, "mine": NOTHING}),
        # nobody to understand each other
        ("standalone", MINE, "a", {"a": OF_A, "mine": OF_B}),
    ],
)
def test_other_changes_of_the_secret_need_no_word(shape: str, root: Any, had: str, secrets: Any) -> None:
    assert moved(shape, root, had, **secrets) == []
