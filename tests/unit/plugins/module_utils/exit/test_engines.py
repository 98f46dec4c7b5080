"""Times and releases."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.exit import engines, windows


@pytest.mark.parametrize(
    ("engine", "version", "magic", "target"),
    [
        ("redis", "5.0.6", "REDIS0009", "7.0.15"),
        ("redis", "6.x", "REDIS0009", "7.0.15"),
        ("redis", "6.2.6", "REDIS0009", "7.0.15"),
        ("redis", "7.0.7", "REDIS0010", "7.0.15"),
        ("redis", "7.1.0", "REDIS0010", "7.0.15"),
        ("valkey", "7.2.6", "REDIS0011", "7.2.6"),
        ("valkey", "8.1", "REDIS0011", "7.2.6"),
        ("valkey", "9.0.0", "VALKEY080", None),
    ],
)
def test_the_target_reads_what_the_source_writes(engine: str, version: str, magic: str, target: str | None) -> None:
    assert engines.source_rdb(engine, version) == magic
    assert engines.target(engine, version) == target


@pytest.mark.parametrize(
    ("window", "schedule"),
    [
        ("03:00-05:00", "0 3 * * *"),
        ("23:30-00:30", "30 23 * * *"),
        ("05:00-6:00", "0 5 * * *"),
        ("09:00", "0 9 * * *"),
        ("", None),
        ("24:00-25:00", None),
        ("sun:05:00-sun:06:00", None),
    ],
)
def test_a_window_begins_each_day(window: str, schedule: str | None) -> None:
    assert windows.schedule(window) == schedule
