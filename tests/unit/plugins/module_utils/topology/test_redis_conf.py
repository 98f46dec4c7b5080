"""The additional redis.conf."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology.redis_conf import redis_conf

from .made import TLS, instance

TITLE = "# Rendered from the flavour: change the flavour, not this file"


def lines(**flavour: Any) -> list[str]:
    return of(instance(flavour))


def of(made: Instance) -> list[str]:
    text = redis_conf(made)
    assert text.endswith("\n")
    return text.splitlines()


def test_defaults() -> None:
    assert lines() == [
        TITLE,
        'appendfilename "appendonly.aof"',
        "tcp-keepalive 300",
        'save ""',
        "save 900 1",
        "save 300 10",
        "save 60 10000",
        "appendonly no",
        "appendfsync everysec",
    ]


def test_append_only() -> None:
    persistence = {"rdb": {"enabled": False}, "aof": {"enabled": True, "fsyncPolicy": "always"}}
    assert lines(persistence=persistence)[3:] == ['save ""', "appendonly yes", "appendfsync always"]


def test_a_policy_for_a_log_that_is_not_there_restarts_nothing() -> None:
    assert lines(persistence={"aof": {"enabled": False, "fsyncPolicy": "always"}}) == lines()


def test_without_persistence_nothing_is_written_but_there_is_a_place_to_write() -> None:
    assert lines(persistence={"enabled": False}) == [
        TITLE,
        'appendfilename "appendonly.aof"',
        "tcp-keepalive 300",
        'save ""',
        "dir /etc/redis",
        "appendonly no",
    ]


def test_additional_directives_come_last_in_order_of_their_names() -> None:
    additional = {"timeout": 0, "maxmemory-policy": "allkeys-lru", "notify-keyspace-events": "", "activedefrag": True}
    assert lines(additionalConfig=additional)[-4:] == [
        "activedefrag yes",
        "maxmemory-policy allkeys-lru",
        'notify-keyspace-events ""',
        "timeout 0",
    ]


def test_own_keepalive_replaces_ours() -> None:
    found = [line for line in lines(additionalConfig={"tcp-keepalive": "60"}) if line.startswith("tcp-keepalive")]
    assert found == ["tcp-keepalive 60"]


TUNED = {"tls-auth-clients": "no", "tls-protocols": "TLSv1.3"}


def test_how_tls_is_spoken_is_handed_on() -> None:
    assert of(instance({"additionalConfig": TUNED}, TLS))[-2:] == ["tls-auth-clients no", "tls-protocols TLSv1.3"]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("TLSv1.2 TLSv1.3", '"TLSv1.2 TLSv1.3"'),
        ('"TLSv1.2 TLSv1.3"', '"TLSv1.2 TLSv1.3"'),
        ("'TLSv1.2 TLSv1.3'", "'TLSv1.2 TLSv1.3'"),
        ("", '""'),
    ],
)
def test_protocols_are_one_argument(given: str, written: str) -> None:
    assert of(instance({"additionalConfig": {"tls-protocols": given}}, TLS))[-1] == f"tls-protocols {written}"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("{title} {listen-addr}", '"{title} {listen-addr}"'),
        ('{title} "of" apps\\cache', '"{title} \\"of\\" apps\\\\cache"'),
        ('of" apps"', 'of" apps"'),
        ("apps\\cache", "apps\\cache"),
    ],
)
def test_a_text_with_blanks_is_one_argument(given: str, written: str) -> None:
    assert lines(additionalConfig={"proc-title-template": given})[-1] == f"proc-title-template {written}"


def test_what_has_several_arguments_keeps_them() -> None:
    limits = "replica 256mb 64mb 60"
    config = {"client-output-buffer-limit": limits}
    assert lines(additionalConfig=config)[-1] == f"client-output-buffer-limit {limits}"


def test_without_tls_nothing_of_it_is() -> None:
    assert lines(additionalConfig=TUNED) == lines()


def test_ports_and_files_are_the_operators_business() -> None:
    written = {"tls-port": 6379, "port": 0, "tls-cert-file": "/tls/tls.crt", "tls-replication": True}
    assert of(instance({"additionalConfig": written})) == of(instance({}, TLS)) == lines()
