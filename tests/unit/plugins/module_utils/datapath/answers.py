"""Real answers of Redis 7.0.15, shortened, and what they say."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node

NODES = """\
07c37df 10.0.0.1:6379@16379,cache-leader-0 myself,master - 0 1426238316232 2 connected 0-5460 7000 [93->-292f8b] [77-<-e7d1ee]
67ed2db fd00::2:6379@16379 slave,fail? 07c37df 1426238316232 1426238316232 2 disconnected
292f8b3 :0@0 master,fail,noaddr - 1 2 3 disconnected 5461-10922

"""  # noqa: E501
# the two of NODES that a person would ask for
MYSELF = Node(
    "07c37df",
    "10.0.0.1",
    frozenset({"myself", "master"}),
    "",
    True,
    ((0, 5460), (7000, 7000)),
    ("[93->-292f8b]", "[77-<-e7d1ee]"),
)
REPLICA = Node("67ed2db", "fd00::2", frozenset({"slave", "fail?"}), "07c37df", False, (), ())
