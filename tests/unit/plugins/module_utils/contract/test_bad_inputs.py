"""The tables of bad inputs: how many there are, and that none is there twice."""

from __future__ import annotations

from . import bad_directives, bad_items, bad_rules, bad_security, bad_values
from .test_component import BAD_LABELS, BAD_NAMES, BAD_NAMESPACES

TABLES = (
    bad_values.FLAVOUR,
    bad_items.INSIDE,
    bad_items.ROOT,
    bad_items.TOKENS,
    bad_directives.VALUES,
    bad_directives.BY_MODE,
    bad_rules.ERRORS,
    bad_security.VALUES,
    bad_security.INSIDE,
    bad_security.ROOT,
    bad_security.INSIDE_ROOT,
    bad_security.ERRORS,
    BAD_NAMES,
    BAD_NAMESPACES,
    BAD_LABELS,
)


def test_there_are_enough() -> None:
    assert sum(len(table) for table in TABLES) >= 300


def test_none_is_there_twice() -> None:
    for table in TABLES:
        assert len({repr(row) for row in table}) == len(table)
