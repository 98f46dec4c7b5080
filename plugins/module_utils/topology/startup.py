# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs before each start of Redis, whatever caused it.

First the volume is brought into the form that Redis will load. Redis loads either its log or its snapshot, whichever
the configuration names, and starts empty when that one is missing: switching persistence.aof.enabled on a volume that
holds data would lose it (measured: 0 of 1000 keys after the restart). So each start looks at the volume first, also
when the volume was kept from an instance before. Every step ends in a rename, so that a start that is cut off leaves
what it found.

Then a pod of a RedisReplication looks for the master among its peers and starts as its replica. The operator starts
every pod as a master and sorts out later who is one, by pod number when no replica is attached: a pod that comes back
with older data could win (operator sheet §4.2, opstree-versions §2).
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour, Instance, Resources
from ansible_collections.eks.redis.plugins.module_utils.topology import names, pods
from ansible_collections.eks.redis.plugins.module_utils.topology.certificates import AUTHORITY

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


# Peers have names by number; the contract allows six pods. "waiting" is for peers that are about to get a master,
# "silent" for those that gave no answer: whoever becomes the master cuts all its connections in this moment (sentinels
# send CLIENT KILL with it), and who took that for nobody's answer would start as a second master, with older data.
_JOIN = r"""
test -z "$REDIS_PASSWORD" || export REDISCLI_AUTH="$REDIS_PASSWORD"
tls=
if test -n "$TLS_CA"; then
  # the operator mounts certificates into the main container only
  printf '%s\n' "$TLS_CA" > /etc/redis/peers-ca.crt
  tls="--tls --cacert /etc/redis/peers-ca.crt"
fi
self=$(hostname)
name=${self%-*}
turn=0 silence=0
while :; do
  master= most=-1 waiting= silent=
  for number in 0 1 2 3 4 5; do
    peer=$name-$number
    test "$peer" != "$self" || continue
    address=$(getent hosts "$peer.$name-headless" | awk '{ print $1; exit }')
    test -n "$address" || continue
    said=$(timeout 3 redis-cli $tls -h "$address" INFO replication 2>/dev/null | tr -d '\r')
    case $said in
      *role:master*)
        replicas=$(echo "$said" | sed -n 's/^connected_slaves://p')
        test "$replicas" -le "$most" || { master=$address most=$replicas; } ;;
      *role:slave*) waiting=yes ;;
      *) silent=yes ;;
    esac
  done
  if test -n "$master"; then
    echo "starting as a replica of the master at $master"
    # the file that the operator writes ends without a newline
    printf '\nreplicaof %s 6379\n' "$master" >> /etc/redis/redis.conf
    break
  fi
  if test -n "$waiting" && test $turn -lt "$PATIENCE"; then
    turn=$((turn + 1)) silence=0
    echo "the other pods are replicas without a master: waiting for the sentinels to choose one"
  elif test -n "$silent" && test $silence -lt 5; then
    silence=$((silence + 1))
    echo "no other pod says that it is the master, and not all answer: asking again"
  else
    break
  fi
  sleep 1
done
"""
# A node of a cluster tells clients this name beside its address. What stands last counts.
_ANNOUNCE = r"""
printf '\ncluster-announce-hostname %s\ncluster-preferred-endpoint-type hostname\n' "$(hostname).$DOMAIN" \
  >> /etc/redis/redis.conf
"""
# Seconds. A failover takes little more than downAfterMilliseconds; a number that does not depend on it, or a change of
# it would restart every Redis
_PATIENCE = {"sentinel": "120", "standalone": "0"}


def init_container(instance: Instance, amounts: Resources) -> dict[str, Any]:
    """spec.initContainer of a Redis without peers, or with peers that have a table of their own (a cluster).

    Its securityContext is also the one that the operator's init-config gets (sheet §3.4).
    """
    flavour = instance.flavour
    # older releases, which only a cluster forbids, would not start with what is announced
    nodes = instance.discovery.nodes if flavour.deployment.mode == "cluster" else ""
    scripts = [*([_volume(flavour)] if flavour.persistence.enabled else []), *([_ANNOUNCE] if nodes else [])]
    return _container(flavour, amounts, scripts, [{"name": "DOMAIN", "value": nodes}] if nodes else [])


def joining_init_container(instance: Instance, amounts: Resources) -> dict[str, Any]:
    """spec.initContainer of a pod of a RedisReplication."""
    flavour = instance.flavour
    scripts = [*([_volume(flavour)] if flavour.persistence.enabled else []), _JOIN]
    return _container(flavour, amounts, scripts, _environment(instance))


def _container(
    flavour: Flavour, amounts: Resources, scripts: list[str], environment: list[dict[str, Any]]
) -> dict[str, Any]:
    container: dict[str, Any] = {
        "enabled": bool(scripts),
        "image": flavour.image,
        "imagePullPolicy": flavour.image_pull_policy,
        "securityContext": pods.container_security(),
    }
    if scripts:
        container["command"] = ["sh", "-ec"]
        container["args"] = ["".join(scripts).strip()]
        # it may have to hold the whole dataset, as Redis does
        container["resources"] = pods.resources(amounts)
    if environment:
        container["env"] = environment
    return container


def _volume(flavour: Flavour) -> str:
    return _LOG_FROM_SNAPSHOT if flavour.persistence.aof.enabled else _SNAPSHOT_FROM_LOG


def _environment(instance: Instance) -> list[dict[str, Any]]:
    """Without sentinels nobody makes a replica the master, so there is nothing to wait for."""
    environment: list[dict[str, Any]] = [{"name": "PATIENCE", "value": _PATIENCE[instance.flavour.deployment.mode]}]
    if instance.authentication.enabled:
        name, key = names.password(instance)
        environment.append({"name": "REDIS_PASSWORD", "valueFrom": {"secretKeyRef": {"name": name, "key": key}}})
    if instance.transit_encryption.enabled:
        ca = {"name": names.certificate(instance), "key": AUTHORITY}
        environment.append({"name": "TLS_CA", "valueFrom": {"secretKeyRef": ca}})
    return environment
