"""Quantities are exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount, canonical, cores, octets


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", Fraction(1, 2)),
        ("1", 1),
        ("1.5", Fraction(3, 2)),
        ("0.1", Fraction(1, 10)),
        ("1000m", 1),
        ("0.001", Fraction(1, 1000)),
    ],
)
def test_cores(text: str, value: Fraction) -> None:
    assert cores(text) == value


@pytest.mark.parametrize(
    "text", ["", "m", "0", "0m", "0.0", "-1", "1.", ".5", "1.5m", "1e3", "1k", " 1", "1\n", "1Gi", "0.0001"]
)
def test_no_cores(text: str) -> None:
    assert cores(text) is None


@pytest.mark.parametrize(("text", "value"), [("1Mi", 2**20), ("1.5Gi", 3 * 2**29), ("2Ti", 2**41), ("0.5Mi", 2**19)])
def test_octets(text: str, value: int) -> None:
    assert octets(text) == value


@pytest.mark.parametrize("text", ["", "Gi", "1", "1G", "1GB", "1gi", "0Gi", "-1Gi", "1Ki", "1e3Mi", "1Gi ", "١Gi"])
def test_no_octets(text: str) -> None:
    assert octets(text) is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("1.5", "1500m"),
        ("2", "2"),
        ("1000", "1k"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1Gi", "1Gi"),
        ("1024Gi", "1Ti"),
        ("0.5Mi", "512Ki"),
    ],
)
def test_canonical(text: str, written: str) -> None:
    assert canonical(text) == written


@given(st.integers(1, 10**5), st.sampled_from(["Mi", "Gi", "Ti"]))
def test_canonical_keeps_the_amount(number: int, suffix: str) -> None:
    written = canonical(f"{number}{suffix}")
    bytes_per = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}
    assert int(written[:-2]) * bytes_per[written[-2:]] == amount(f"{number}{suffix}")


@given(st.integers(1, 10**6 - 1))
def test_milli_cores_and_cores_agree(milli: int) -> None:
    assert cores(f"{milli}m") == cores(f"{milli // 1000}.{milli % 1000:03}")
