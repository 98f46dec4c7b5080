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


def values(shape: str, root: dict[str, Any] | None = None) -> dict[str, str]:
    made = shaped(shape, {}, root)
    return access(made, layout(made)).values


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
        ("replicated", {"service", "reader"}, "cache-master.apps.svc", "6379"),
        ("sentinel", {"sentinel", "reader"}, "cache-sentinel.apps.svc", "26379"),
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
    assert words("sentinel", USER, PASSWORD) - words("sentinel") == {"password", "user", "environment"}
    assert words("sentinel", {}, TLS) - words("sentinel") == {"tls", "environment"}
    assert "named" in words("cluster", {}, {"discovery": {"nodes": "nodes.example.com"}})


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
    ],
)
def test_the_names_that_the_root_gives_come_first(
    shape: str, names: dict[str, str], host: str, port: str, way: str
) -> None:
    root = {"discovery": names}
    found = values(shape, root)
    assert (found["host"], found["port"]) == (host, port)
    assert way in words(shape, {}, root)
    if "reader" in names:
        assert (found["reader_host"], found["reader_port"]) == ("r.example.com", "6379")


def test_a_reader_alone_leaves_the_sentinels_to_say_who_the_master_is() -> None:
    root = {"discovery": {"endpoint": "s.example.com"}}
    assert values("sentinel", root)["reader_host"] == "cache-replica.apps.svc"


def test_sentinels_are_told_the_password_too() -> None:
    found = programs("sentinel", {}, PASSWORD)
    assert {language: text.count("REDIS_PASSWORD") for language, text in found.items()} == dict.fromkeys(LANGUAGES, 2)


def test_what_is_checked_of_a_certificate() -> None:
    """Pods are dialled by address: where a library can be told the name of the certificate, it is."""
    for shape, host in (("sentinel", "cache-sentinel.apps.svc"), ("cluster", "cache-leader.apps.svc")):
        found = programs(shape, {}, TLS)
        assert '"ssl_check_hostname": False' in found["python"]
        assert f'servername: "{host}"' in found["node"]
        assert f'SNIHostName("{host}")' in found["java"]
        assert f'ServerName: "{host}"' in found["go"]
    named = programs("cluster", {}, merged(TLS, {"discovery": {"nodes": "nodes.example.com"}}))
    assert "ssl_check_hostname" not in named["python"]
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
