# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs before each start of Redis: the volume is brought into the form that Redis will load.

Redis loads either its log or its snapshot, whichever the configuration names, and starts empty when that one is
missing: switching persistence.aof.enabled on a volume that holds data would lose it (measured: 0 of 1000 keys after
the restart). So each start looks at the volume first, whoever applied the change, also when the volume was kept from
an instance before. Every step ends in a rename, so that a start that is cut off leaves what it found.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour, Resources
from ansible_collections.eks.redis.plugins.module_utils.topology import pods

# A snapshot under the log's old single-file name is what Redis 7 itself migrates (operator sheet §4.9 a)
_LOG_FROM_SNAPSHOT = """
cd /data
if [ -s dump.rdb ] && [ ! -e appendonly.aof ] && [ ! -e appendonlydir ]; then
  echo "the append-only file is new on this volume: starting it from the snapshot"
  cp dump.rdb appendonly.aof.new
  sync
  mv appendonly.aof.new appendonly.aof
fi
"""

# Only a Redis can read a log: one without a port loads it and saves the snapshot
_SNAPSHOT_FROM_LOG = r"""
cd /data
rm -rf appendonly.aof.merged appendonlydir.merged
if [ -e appendonly.aof ] || [ -e appendonlydir ]; then
  echo "the append-only file is switched off: saving what it holds as the snapshot"
  redis-server --port 0 --unixsocket /data/merge.sock --dir /data --dbfilename dump.rdb --save "" \
    --appendonly yes --appendfilename appendonly.aof &
  until [ "$(redis-cli -s /data/merge.sock PING 2>/dev/null)" = PONG ]; do
    kill -0 $!
    sleep 1
  done
  [ "$(redis-cli -s /data/merge.sock SAVE)" = OK ]
  redis-cli -s /data/merge.sock SHUTDOWN NOSAVE
  wait $!
  for log in appendonly.aof appendonlydir; do
    if [ -e $log ]; then mv $log $log.merged; rm -rf $log.merged; fi
  done
fi
"""


def init_container(flavour: Flavour, amounts: Resources) -> dict[str, Any]:
    """spec.initContainer. Its securityContext is also the one that the operator's init-config gets (sheet §3.4)."""
    container: dict[str, Any] = {
        "enabled": flavour.persistence.enabled,
        "image": flavour.image,
        "imagePullPolicy": flavour.image_pull_policy,
        "securityContext": pods.container_security(),
    }
    if flavour.persistence.enabled:
        script = _LOG_FROM_SNAPSHOT if flavour.persistence.aof.enabled else _SNAPSHOT_FROM_LOG
        container["command"] = ["sh", "-ec"]
        container["args"] = [script.strip()]
        # it may have to hold the whole dataset, as Redis does
        container["resources"] = pods.resources(amounts)
    return container
