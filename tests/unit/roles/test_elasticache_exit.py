"""What stage prepare says to people whose clients find their Redis by a Service."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from .test_specs import COLLECTION, load

SIGNS = "TLS: who signs is key ca.crt of Secret shop/shop-tls"
CONNECT = "connect: redis://shop.shop.svc:6379"


def said(tls: str | None, *summary: str) -> str:
    """tls: of the cache. summary: of the instance, as the module tells it. "" where nothing is said."""
    variables: dict[str, Any] = DataLoader().load_from_file(
        str(COLLECTION / "roles/elasticache_exit/vars/main.yml"), trusted_as_template=True
    )
    given = {
        "elasticache_exit_assessed": {"group": {"tls": tls}},
        "elasticache_exit_service": "shop-redis",
        "elasticache_exit_namespace": "shop",
        "instance_result": {"summary": [CONNECT, *summary]},
    }
    (task,) = (
        one
        for one in load("roles", "elasticache_exit", "tasks", "prepare.yml")
        if one["name"] == "Say what clients have to bear"
    )
    templar = Templar(loader=None, variables={**variables, **given})
    if not templar.template(trust_as_template("{{ " + task["when"] + " }}")):
        return ""
    return str(templar.template(trust_as_template(task["ansible.builtin.debug"]["msg"])))


@pytest.mark.parametrize(
    ("tls", "summary", "begins", "ends"),
    [
        ("required", (SIGNS,), "meet the certificates of both sides: ", f"transitEncryption.names alone. {SIGNS}"),
        ("required", (), "have to try both whenever they connect, or ", "with TLS only, and the instance without"),
        ("preferred", (SIGNS,), "have to use TLS from now on, ", f"when the cut over is done. {SIGNS}"),
        ("preferred", (), "have to do without TLS from now on, ", "and the instance takes nothing else"),
        (None, (SIGNS,), "have to try both whenever they connect: ", f"and the instance with it. {SIGNS}"),
    ],
)
def test_clients_are_told_what_both_sides_take(
    tls: str | None, summary: tuple[str, ...], begins: str, ends: str
) -> None:
    told = said(tls, *summary)
    assert told.startswith(f"clients that find their Redis by Service shop/shop-redis {begins}")
    assert told.endswith(ends)


def test_where_neither_side_takes_tls_nothing_is_said() -> None:
    assert said(None) == ""
