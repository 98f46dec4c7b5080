"""Which commands make the users of a pod those of a file."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.engine.acl import orders

FILE = """
user default on #d ~* &* +@all
user app on #a ~app:* +@read
user eks-redis-backup on #b ~* +psync
"""


def test_each_user_changes_as_a_whole_and_who_gives_the_orders_comes_last() -> None:
    assert orders(FILE.strip(), ["default", "app"]) == [
        "ACL SETUSER app reset on #a ~app:* +@read",
        "ACL SETUSER eks-redis-backup reset on #b ~* +psync",
        "ACL SETUSER default reset on #d ~* &* +@all",
    ]


def test_a_user_that_is_in_no_file_goes() -> None:
    assert "ACL DELUSER old" in orders(FILE.strip(), ["default", "old", "app"])
    assert not [one for one in orders(FILE.strip(), ["default"]) if one.startswith("ACL DELUSER")]
