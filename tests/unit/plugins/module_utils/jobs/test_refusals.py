"""What redis-cli says, and what that means. The lines are those of redis-cli 7.0.15 (data path sheet, §1.2)."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again
from ansible_collections.eks.redis.plugins.module_utils.jobs.refusals import explained

SAID = "sending REPLCONF capa eof\nSYNC sent to master, writing bytes of bulk transfer until EOF marker to '-'\n"


@pytest.mark.parametrize(
    ("last", "meaning", "again"),
    [
        ("AUTH failed: WRONGPASS invalid username-password pair", "it refuses the password that the job has", False),
        ("SYNC with master failed: -NOAUTH Authentication required.", "it asks for a password", False),
        ("SYNC with master failed: -NOPERM this user has no permissions to run the 'sync' command", "ACL", False),
        ("SYNC with master failed: -LOADING Redis is loading the dataset in memory", "it is loading its data", True),
        ("-NOMASTERLINK Can't SYNC while not connected with my master", "its link to the master is down", True),
        ("SYNC with master failed: -ERR unknown command 'SYNC'", "it has no command SYNC, which was renamed", False),
        ("Could not connect to Redis at cache-0:6379: Connection refused", "nobody answers there", True),
        ("I/O Error reading RDB payload from socket", "it broke the copy off", True),
        ("Error reading bulk length while SYNCing", "it ended the copy before its first byte", True),
        ("something new", "redis-cli failed with exit code 1: something new", True),
    ],
)
def test_explained(last: str, meaning: str, again: bool) -> None:
    error = explained("cache-0", f"{SAID}{last}\n\n", 1)
    assert str(error).startswith("cache-0: ") and meaning in str(error) and last in str(error)
    assert isinstance(error, Again) == again
    assert len(str(error).splitlines()) == 1


def test_without_a_word() -> None:
    assert str(explained("cache-0", "", 1)) == "cache-0: redis-cli failed with exit code 1: exit code 1"


def test_a_redis_cli_that_was_killed_says_nothing_itself() -> None:
    error = explained("cache-0", SAID, -9)
    assert str(error) == "cache-0: redis-cli was killed (SIGKILL): is backup.resources.limits.memory enough?"
    assert isinstance(error, Again)
