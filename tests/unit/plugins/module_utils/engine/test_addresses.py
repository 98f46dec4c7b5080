from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine.addresses import addresses
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("shop.abc123.ng.0001.use1.cache.amazonaws.com:6379", ("shop.abc123.ng.0001.use1.cache.amazonaws.com", 6379)),
        ("10.0.0.1:1", ("10.0.0.1", 1)),
        ("[fd00::1]:65535", ("fd00::1", 65535)),
        ("redis:6379", ("redis", 6379)),
    ],
)
def test_what_is_written(text: str, address: tuple[str, int]) -> None:
    assert addresses("addresses", [text]) == (Address(*address),)


@pytest.mark.parametrize(
    "text", ["", "shop", "shop:", ":6379", "shop:0", "shop:65536", "shop:x", "fd00::1:6379", "a b:1"]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(EngineError, match="^cache.addresses: .* is not HOST:PORT, such as shop"):
        addresses("cache.addresses", ["redis:6379", text])


def test_a_line_for_each_that_is_none_and_one_for_none_at_all() -> None:
    with pytest.raises(EngineError) as error:
        addresses("addresses", ["a", "b"])
    assert len(str(error.value).splitlines()) == 2
    with pytest.raises(EngineError, match="^addresses: one HOST:PORT at least is needed$"):
        addresses("addresses", [])


@given(st.text())
def test_whatever_is_written_is_an_address_or_an_error_in_one_line(text: str) -> None:
    try:
        (found,) = addresses("addresses", [text])
    except EngineError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert 0 < found.port < 65536
