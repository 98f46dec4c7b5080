"""How much memory uploads have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.jobs.buffers import PARTS, Buffers, plan

MEBIBYTE, GIBIBYTE = 2**20, 2**30


@pytest.mark.parametrize(
    ("shards", "memory", "count", "size"),
    [
        (1, GIBIBYTE, 4, 8 * MEBIBYTE),
        (3, GIBIBYTE, 2, 8 * MEBIBYTE),
        (6, GIBIBYTE, 2, 5592405),
        (16, GIBIBYTE, 1, 5 * MEBIBYTE),
        # a part must be larger, or S3 would not take as many
        (1, 100 * GIBIBYTE, 4, 16106128),
    ],
)
def test_plan(shards: int, memory: int, count: int, size: int) -> None:
    assert plan(shards, memory) == (count, size)


@given(st.integers(1, 16), st.integers(0, 300 * GIBIBYTE))
def test_memory_is_bounded_and_every_rdb_fits_into_the_parts(shards: int, memory: int) -> None:
    count, size = plan(shards, memory)
    assert count >= 1 and size >= 5 * MEBIBYTE
    assert size * PARTS >= memory * 1.5
    if memory < 30 * GIBIBYTE:
        assert shards * count * size <= 80 * MEBIBYTE


def test_there_are_no_more_than_there_are() -> None:
    buffers = Buffers(2, 10)
    one, other = buffers.take(0.1), buffers.take(0.1)
    assert one is not None and other is not None and len(one) == 10
    assert buffers.take(0.01) is None
    buffers.give(one)
    assert buffers.take(0.1) is one
