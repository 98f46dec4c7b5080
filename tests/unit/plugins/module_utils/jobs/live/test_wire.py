"""Commands for many keys, as the protocol has them."""

from __future__ import annotations

import hiredis
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.jobs.live import wire

NAMES = st.lists(st.binary(max_size=20), max_size=5)


def commands(text: bytes) -> list[list[bytes]]:
    """As a server reads them."""
    reader = hiredis.Reader()
    reader.feed(text)
    found = []
    while (command := reader.gets()) is not False:
        found.append(command)
    return found


@given(NAMES)
def test_one_command_a_name(names: list[bytes]) -> None:
    assert commands(wire.each(wire.DUMP, names)) == [[b"DUMP", name] for name in names]
    assert commands(wire.each(wire.MEMORY_USAGE, names)) == [[b"MEMORY", b"USAGE", name] for name in names]
    assert commands(wire.each(wire.EXISTS, names)) == [[b"EXISTS", name] for name in names]


@given(NAMES)
def test_two_commands_a_name(names: list[bytes]) -> None:
    expected = [[command, name] for name in names for command in (b"DUMP", b"PEXPIRETIME")]
    assert commands(wire.both(wire.DUMP, wire.PEXPIRETIME, names)) == expected
    assert commands(wire.both(wire.DUMP, wire.PTTL, names))[1::2] == [[b"PTTL", name] for name in names]


@given(st.binary(), st.binary(), st.integers(-2, 2**50))
def test_a_key_is_restored_over_what_is_there(name: bytes, payload: bytes, expires: int) -> None:
    when = str(max(expires, 0)).encode()
    (words,) = commands(wire.restore(name, payload, expires))
    assert words == [b"RESTORE", name, when, payload, b"REPLACE", b"ABSTTL"]
    assert commands(wire.unlink(name)) == [[b"UNLINK", name]]


@given(st.binary(max_size=20), st.integers(1, 10**6))
def test_what_has_no_name(cursor: bytes, count: int) -> None:
    assert commands(wire.scan(cursor, count)) == [[b"SCAN", cursor, b"COUNT", str(count).encode()]]
    assert commands(wire.ping(cursor)) == [[b"PING", cursor]]
    assert commands(wire.TIME) == [[b"TIME"]]
