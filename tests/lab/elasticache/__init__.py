"""Nodes that behave as those of ElastiCache: real servers that refuse what AWS refuses.

    with DataPlane(tmp_path, shards=3, replicas=1, token="…", tls=True, events="AKE") as plane:
        host, port = plane.primaries[0]
        plane.snapshot(0)                            # the bytes of an RDB of the first shard, as AWS exports it
        plane.failover(0)                            # its replica is the primary now

One node is one process. Cluster mode is enabled when there is more than one shard, or when it is asked for.
"""

from __future__ import annotations

from lab.elasticache.local import DataPlane
from lab.elasticache.plane import Plane

__all__ = ["DataPlane", "Plane"]
