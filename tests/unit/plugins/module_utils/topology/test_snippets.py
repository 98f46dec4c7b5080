"""The programs that connect to an instance: which lines there are, and that every variant is one of its language."""

from __future__ import annotations

import ast
import itertools
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets import go, java, node, python
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.access import WORDS, access
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.programs import LANGUAGES, snippets
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.weave import weave

from .made import PASSWORD, SHAPES, TOKEN, merged, shaped

TLS = {"transitEncryption": {"enabled": True}}
USER = {"acl": {"enabled": True}}
NODE_PORT = {"service": {"type": "NodePort"}}
TEXTS = {"python": python.TEXT, "node": node.TEXT, "java": java.TEXT, "go": go.TEXT}
SECURED = (
    ({}, {}),
    ({}, TLS),
    ({}, PASSWORD),
    (USER, PASSWORD),
    ({}, merged(PASSWORD, TLS)),
    (USER, merged(PASSWORD, TLS)),
)
# each shape with each of what secures it: the flavour and the root
VARIANTS = [
    pytest.param(shape, flavour, root, id=f"{shape}-{number}")
    for shape, (number, (flavour, root)) in itertools.product(SHAPES, enumerate(SECURED))
]


def programs(shape: str, flavour: dict[str, Any] | None = None, root: dict[str, Any] | None = None) -> dict[str, str]:
    return snippets(shaped(shape, flavour or {}, root))


def words(shape: str, flavour: dict[str, Any] | None = None, root: dict[str, Any] | None = None) -> frozenset[str]:
    made = shaped(shape, flavour or {}, root)
    return access(made, layout(made)).words


def values(shape: str, root: dict[str, Any] | None = None, flavour: dict[str, Any] | None = None) -> dict[str, str]:
    made = shaped(shape, flavour or {}, root)
    return access(made, layout(made)).values


def ruled(*rules: str) -> dict[str, Any]:
    """A flavour with a user for each of these."""
    users = [
        {"name": f"user-{number}", "rules": each, "passwordSecret": {"name": "of-users"}}
        for number, each in enumerate(rules)
    ]
    return {"acl": {"enabled": True, "users": users}}


def named(annotation: str, key: str = "external-dns.alpha.kubernetes.io/hostname") -> dict[str, Any]:
    return {"service": {"type": "LoadBalancer", "annotations": {key: annotation}}}


def test_a_line_stays_where_all_its_words_hold() -> None:
    text = "\n|all\na|of a\na b|of both\na !b|of a alone\n|a || $name\n"
    assert weave(text, {"a"}, {"name": "x"}) == "all\nof a\nof a alone\na || x\n"
    assert weave(text, {"a", "b"}, {"name": "x"}) == "all\nof a\nof both\na || x\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_a_margin_of_words_that_there_are(language: str) -> None:
    for line in TEXTS[language].strip("\n").split("\n"):
        needs, margin, _line = line.partition("|")
        assert margin, line
        assert {need.removeprefix("!") for need in needs.split()} <= WORDS.keys(), line


@pytest.mark.parametrize(("shape", "flavour", "root"), VARIANTS)
def test_a_program_is_whole(shape: str, flavour: dict[str, Any], root: dict[str, Any]) -> None:
    """What compilers say of it, tests/snippets asks; here, that brackets meet and that Python reads it."""
    found = programs(shape, flavour, root)
    assert tuple(found) == LANGUAGES
    ast.parse(found["python"])
    for language, text in found.items():
        assert all(text.count(one) == text.count(other) for one, other in ("()", "[]", "{}")), (language, text)
        assert "$" not in text
        assert TOKEN not in text
        assert not [line for line in text.splitlines() if len(line) > 120 or line != line.rstrip()]
        assert "\n\n\n\n" not in text
        for word, name in (("password", "REDIS_PASSWORD"), ("user", "REDIS_USERNAME"), ("tls", "REDIS_CA")):
            assert (name in text) == (word in words(shape, flavour, root))


@pytest.mark.parametrize(
    ("shape", "expected", "host", "port"),
    [
        ("standalone", {"service"}, "cache.apps.svc", "6379"),
        ("replicated", {"service", "reader", "replicas"}, "cache-master.apps.svc", "6379"),
        ("sentinel", {"sentinel", "reader", "replicas"}, "cache-sentinel.apps.svc", "26379"),
        ("cluster", {"cluster"}, "cache-leader.apps.svc", "6379"),
    ],
)
def test_the_mode_is_the_way(shape: str, expected: set[str], host: str, port: str) -> None:
    assert words(shape) == expected
    found = values(shape)
    assert (found["host"], found["port"]) == (host, port)
    assert found["group"] == ("myMaster" if shape == "sentinel" else "")
    assert found["reader_host"] == ("cache-replica.apps.svc" if "reader" in expected else "")


def test_what_secures_it() -> None:
    assert words("sentinel", {}, merged(PASSWORD, TLS)) - words("sentinel") == {"password", "tls", "environment"}
    assert words("sentinel", ruled("~*"), PASSWORD) - words("sentinel") == {"password", "user", "environment"}
    assert words("sentinel", {}, TLS) - words("sentinel") == {"tls", "environment"}


@pytest.mark.parametrize(
    ("shape", "names", "host", "port", "way"),
    [
        ("standalone", {"endpoint": "r.example.com"}, "r.example.com", "6379", "service"),
        ("replicated", {"primary": "w.example.com", "reader": "r.example.com"}, "w.example.com", "6379", "service"),
        ("sentinel", {"endpoint": "s.example.com"}, "s.example.com", "26379", "sentinel"),
        ("sentinel", {"primary": "w.example.com", "reader": "r.example.com"}, "w.example.com", "6379", "service"),
        ("cluster", {"endpoint": "c.example.com"}, "c.example.com", "6379", "cluster"),
        # a Service that Kubernetes answers for, such as one that led to a cache before
        ("standalone", {"endpoint": "door.shop.svc"}, "door.shop.svc", "6379", "service"),
        # there is nobody who only reads
        ("standalone", {"primary": "w.example.com", "reader": "r.example.com"}, "w.example.com", "6379", "service"),
        ("cluster", {"primary": "w.example.com", "reader": "r.example.com"}, "w.example.com", "6379", "cluster"),
    ],
)
def test_the_names_that_the_root_gives_come_first(
    shape: str, names: dict[str, str], host: str, port: str, way: str
) -> None:
    root = {"discovery": names}
    found = values(shape, root)
    assert (found["host"], found["port"]) == (host, port)
    assert way in words(shape, {}, root)
    if "reader" in names and shape in ("replicated", "sentinel"):
        assert (found["reader_host"], found["reader_port"]) == ("r.example.com", "6379")


@pytest.mark.parametrize(
    ("shape", "flavour", "names", "reader", "whether"),
    [
        ("sentinel", {}, {"endpoint": "s.example.com"}, "", {"reader"}),
        ("sentinel", {"service": {"reader": True}}, {"primary": "w.example.com"}, "", set()),
        ("replicated", {}, {"endpoint": "w.example.com"}, "", set()),
        ("replicated", {"service": {"reader": True}}, {"primary": "w.example.com"}, "", set()),
        # who finds this one is in the cluster
        ("sentinel", {}, {"endpoint": "door.shop.svc"}, "cache-replica.apps.svc", {"reader", "replicas"}),
        ("replicated", {}, {"endpoint": "door.shop.svc"}, "cache-replica.apps.svc", {"reader", "replicas"}),
        ("sentinel", {"service": {"reader": True}}, {}, "cache-replica.apps.svc", {"reader", "replicas"}),
    ],
)
def test_readers_from_outside_dial_no_service(
    shape: str, flavour: dict[str, Any], names: dict[str, str], reader: str, whether: set[str]
) -> None:
    root = {"discovery": names}
    assert values(shape, root, flavour)["reader_host"] == reader
    assert words(shape, flavour, root) & {"reader", "replicas"} == whether
    for language, text in programs(shape, flavour, root).items():
        # Jedis does not ask the sentinels for replicas
        has = "replicas" in whether or ("reader" in whether and language != "java")
        assert ("connectReader" in text or "connect_reader" in text) == has, language


@pytest.mark.parametrize(
    ("shape", "names", "host", "port"),
    [
        ("standalone", {"endpoint": "e.example.com"}, "cache.apps.svc", "6379"),
        ("cluster", {"endpoint": "e.example.com"}, "cache-leader.apps.svc", "6379"),
        ("sentinel", {"primary": "w.example.com", "reader": "r.example.com"}, "cache-sentinel.apps.svc", "26379"),
        ("standalone", {"endpoint": "e.example.com:30001"}, "e.example.com", "30001"),
        ("standalone", {"endpoint": "door.shop.svc"}, "door.shop.svc", "6379"),
    ],
)
def test_a_name_without_a_port_is_none_for_ports_of_nodes(
    shape: str, names: dict[str, str], host: str, port: str
) -> None:
    found = values(shape, {"discovery": names}, NODE_PORT)
    assert (found["host"], found["port"]) == (host, port)
    assert "w.example.com" not in programs(shape, NODE_PORT, {"discovery": names})["python"]


@pytest.mark.parametrize(
    ("shape", "flavour", "names", "host", "way"),
    [
        ("standalone", named("redis.example.com"), {}, "redis.example.com", "service"),
        ("standalone", named("a.example.com", "external-dns.kubernetes.io/hostname"), {}, "a.example.com", "service"),
        ("replicated", named("redis.example.com"), {}, "redis.example.com", "service"),
        ("cluster", named("redis.example.com"), {}, "redis.example.com", "cluster"),
        # as discovery.primary, whose annotation is the same
        ("sentinel", named("redis.example.com"), {}, "redis.example.com", "service"),
        ("sentinel", named("redis.example.com"), {"endpoint": "s.example.com"}, "s.example.com", "sentinel"),
        ("standalone", named("redis.example.com"), {"endpoint": "e.example.com"}, "e.example.com", "service"),
        ("standalone", named("*.example.com, Redis.Example.com.,b.example.com"), {}, "redis.example.com", "service"),
        ("standalone", named("*.example.com, _x.example.com,,"), {}, "cache.apps.svc", "service"),
        ("standalone", merged(named("redis.example.com"), NODE_PORT), {}, "cache.apps.svc", "service"),
    ],
)
def test_so_do_names_by_annotations_of_its_service(
    shape: str, flavour: dict[str, Any], names: dict[str, str], host: str, way: str
) -> None:
    root = {"discovery": names}
    assert values(shape, root, flavour)["host"] == host
    assert way in words(shape, flavour, root)


def test_sentinels_are_told_the_password_too() -> None:
    found = programs("sentinel", {}, PASSWORD)
    assert {language: text.count("REDIS_PASSWORD") for language, text in found.items()} == dict.fromkeys(LANGUAGES, 2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentinels_are_told_no_password_of_a_user(language: str) -> None:
    for shape in SHAPES:
        text = programs(shape, USER, PASSWORD)[language]
        assert text.count("REDIS_PASSWORD") == 1
        assert text.count("REDIS_SENTINEL_PASSWORD") == (shape == "sentinel")
        assert "REDIS_SENTINEL_PASSWORD" not in programs(shape, {}, PASSWORD)[language]


@pytest.mark.parametrize(
    ("rules", "prefix"),
    [
        (["~app:* &app:* +@all -@admin -@dangerous"], "app:"),
        (["~app:* +@all", "~other:* +@all"], "app:"),
        (["%R~shared:* %W~log:* %RW~app:* ~b:* +@all"], "app:"),
        (["~one ~[ab]* ~a?* ~app:*x ~app:* +@all"], "app:"),
        (["~old:* resetkeys ~app:* +@all"], "app:"),
        (["(~selected:* +@all) ~app:* +get +set"], "app:"),
        (["~* +@all"], ""),
        (["allkeys +@all"], ""),
        (["~one +@all"], None),
        (["+@all"], None),
        (["~app:* resetkeys +ping"], None),
        (["(~selected:* +@all) +ping"], None),
        ([], None),
    ],
)
def test_keys_are_such_as_the_first_user_may_have(rules: list[str], prefix: str | None) -> None:
    made = ruled(*rules)
    assert ("unruled" in words("cluster", made, PASSWORD)) == (prefix is None)
    for shape in SHAPES:
        for text in programs(shape, made, PASSWORD).values():
            assert f'"{prefix or ""}greeting"' in text
            assert (f'"{prefix or ""}{{user:1}}:name"' in text) == (shape == "cluster")
            assert ("choose keys that the rules of the user allow" in text) == (prefix is None)


def test_without_users_any_key_will_do() -> None:
    for text in programs("cluster", {}, PASSWORD).values():
        assert '"greeting"' in text
        assert "rules" not in text


def test_who_is_no_master_any_more_is_left() -> None:
    """Behind one address the connection stays where it led to: somebody has to break it."""
    for shape in ("standalone", "replicated"):
        found = programs(shape)
        assert "redis.ReadOnlyError" in found["python"]
        assert "READONLY" in found["node"]
        assert "READONLY" in found["java"]


def test_what_is_checked_of_a_certificate() -> None:
    """Pods are dialled by address: where a library can be told the name of the certificate, it is."""
    for shape, host in (("sentinel", "cache-sentinel.apps.svc"), ("cluster", "cache-leader.apps.svc")):
        found = programs(shape, {}, TLS)
        assert ('"ssl_check_hostname": False' in found["python"]) == (shape == "sentinel")
        assert f'servername: "{host}"' in found["node"]
        assert f'SNIHostName("{host}")' in found["java"]
        assert f'ServerName: "{host}"' in found["go"]
    assert "ssl_check_hostname" not in programs("replicated", {}, TLS)["python"]
    for shape in SHAPES:
        for text in programs(shape, {}, TLS).values():
            assert not any(
                word in text for word in ("CERT_NONE", "rejectUnauthorized", "InsecureSkipVerify", "INSECURE")
            )


def test_a_cluster_is_shown_hash_tags() -> None:
    for shape in SHAPES:
        for text in programs(shape).values():
            assert ("{user:1}:name" in text) == (shape == "cluster")
