"""When rounds come to an end, and when they never will."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.follower import FEW, Follower, Progress


def judged(*sizes: int) -> Progress:
    """After rounds of so many keys."""
    one = object.__new__(Follower)
    one.progress, one._sizes = Progress(), []
    for size in sizes:
        one._judge(size)
    return one.progress


@pytest.mark.parametrize("sizes", [(0,), (FEW,), (50_000, 9000, 100), (900, 900, 900, 10), (9000, 9000, 9000, 8999)])
def test_it_comes_to_an_end_or_may(sizes: tuple[int, ...]) -> None:
    assert judged(*sizes).follows == (sizes[-1] <= FEW)


def test_a_burst_later_is_no_end_of_it() -> None:
    assert judged(100, 90_000, 5000, 100).follows


@pytest.mark.parametrize(
    "sizes", [(900, 900, 900, 900), (5000, 600, 700, 800, 900), (3, 10_000, 10_000, 20_000, 20_001)]
)
def test_more_is_written_than_can_be_copied(sizes: tuple[int, ...]) -> None:
    last = ", ".join(map(str, sizes[-4:]))
    with pytest.raises(JobError, match=f"more is written than can be copied: the last rounds had {last} keys"):
        judged(*sizes)
