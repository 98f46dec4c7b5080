"""Times as documents have them."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

from .made import START, TIMES


def test_written() -> None:
    assert times.written(START) == "2026-11-29T02:15:00Z"
    assert times.written(START.astimezone(timezone(timedelta(hours=5)))) == "2026-11-29T02:15:00Z"


@given(TIMES)
def test_what_is_written_is_read(time) -> None:
    assert times.parse(times.written(time)) == time


@pytest.mark.parametrize(
    "text", ["", "2026-11-29", "2026-11-29T02:15:00", "2026-11-29T02:15:00+00:00", "2026-1-9T2:5:0Z"]
    + ["2026-02-30T02:15:00Z", "2026-11-29T02:15:60Z", "٢026-11-29T02:15:00Z", "2026-11-29T02:15:00Z\n"]
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(DatapathError, match="is no time in UTC such as") as error:
        times.parse(text)
    assert len(str(error.value).splitlines()) == 1


@given(st.text())
def test_any_text_is_read_or_refused(text) -> None:
    try:
        assert times.written(times.parse(text)) == text
    except DatapathError as error:
        assert len(str(error).splitlines()) == 1
