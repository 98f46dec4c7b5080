"""The verdict of a restore test."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.verdict import parse

from .made import THIRDS, document, proof_of

MADE = proof_of(document(shares=THIRDS))


@given(st.lists(st.text(min_size=1)), st.floats(0, 1e9))
def test_it_is_read_as_it_was_written(problems, seconds) -> None:
    made = replace(proof_of(document(), tuple(problems)), seconds=seconds)
    assert parse(made.to_json()) == made


@pytest.mark.parametrize("field", list(json.loads(MADE.to_json())))
def test_whatever_is_lost_is_missed(field: str) -> None:
    data = json.loads(MADE.to_json())
    del data[field]
    with pytest.raises(DatapathError, match=rf"^verdict\.{field}: is missing$"):
        parse(json.dumps(data))


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"verified": False}, "verdict: a set is verified, or has problems"),
        ({"problems": ("lost",)}, "verdict: a set is verified, or has problems"),
        ({"format_version": 3}, "verdict: its format_version is 3, this release reads 1"),
    ],
)
def test_contradictions_are_refused(other, line: str) -> None:
    with pytest.raises(DatapathError) as error:
        parse(replace(MADE, **other).to_json())
    assert str(error.value) == line


@given(st.text() | st.binary())
def test_any_text_gives_one_line(text) -> None:
    with pytest.raises(DatapathError) as error:
        parse(text)
    assert len(str(error.value).splitlines()) == 1
