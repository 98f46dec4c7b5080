"""What INFO tells of commands."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.jobs.live.gate import _writing
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.watch import calls

INFO = {
    "cmdstat_set": "calls=12,usec=40,usec_per_call=3.33,rejected_calls=0,failed_calls=0",
    "cmdstat_xgroup|create": "calls=3,usec=1,usec_per_call=0.33",
    "cmdstat_get": "calls=100,usec=1,usec_per_call=0.01",
}


def test_calls_are_added_up() -> None:
    assert calls(INFO, ("set", "xgroup|create", "flushall")) == 15
    assert calls({}, ("set",)) == 0


def test_commands_that_write_are_known_by_what_the_server_says() -> None:
    subcommands = [[b"xgroup|create", -5, [b"write", b"denyoom"], 2, 2, 1], [b"xgroup|help", 2, [b"loading"], 0, 0, 0]]
    said = [
        [b"SET", -3, [b"write", b"denyoom"], 1, 1, 1],
        [b"get", 2, [b"readonly", b"fast"], 1, 1, 1, [], [], [], []],
        [b"xgroup", -2, [], 0, 0, 0, [b"@slow"], [], [], subcommands],
    ]
    assert _writing(said) == {"set", "xgroup|create"}
