from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some, span


@pytest.mark.parametrize(("number", "text"), [(0, "0 pods"), (1, "1 pod"), (2, "2 pods")])
def test_some(number, text) -> None:
    assert some(number, "pod") == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1.5 * 2**30, "1.5 GiB"), (3 * 2**40, "3.0 TiB")],
)
def test_size(number, text) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7380, "2 h 3 min"),
        (86400, "1 day"),
        (90000, "1 day 1 h"),
        (10 * 86400 + 59, "10 days"),
        (86400 + 3599, "1 day"),
    ],
)
def test_span(seconds, text) -> None:
    assert span(seconds) == text
