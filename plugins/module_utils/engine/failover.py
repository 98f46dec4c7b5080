# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planned failovers, which lose no acknowledged write: writes wait until the new master has everything.

A bare SENTINEL FAILOVER promotes a replica while the old master goes on taking writes, for seconds: those are lost.
So the old master is paused first, the replicas catch up, and it follows the new one before anybody may write again.
Each runs as one script in the pod at fault: a cut connection cannot leave it half-way.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import LOG_IN
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.engine.touch import label_role
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT, SENTINEL_PORT, Layout

# Exits with 1 while a replica misses a write, or nobody has said so; port 0 is a backup that streams, no replica
_LATE = """
  /^role:master/ { master = 1 }
  /^slave[0-9]+:/ && !/port=0,/ {
    if (!/state=online/) late = 1
    for (i = 1; i < NF; i++) if ($i == "offset" && $(i + 1) + 0 < least + 0) late = 1
  }
  END { exit late || !master }
"""
# 1: group. 2: addresses of the replicas, in one word. then: those of the sentinels. Prints that of the new master.
# Sentinels may not know a replica yet that has just restarted, so each is told itself whom to follow.
# A pause ends by itself, so it is renewed until the old master follows; what ends the script early ends the pause.
_BY_SENTINEL = rf"""
group=$1 replicas=$2; shift 2
ask() {{ timeout 5 redis-cli $tls "$@" | tr -d '\r'; }}
fail() {{ echo "$1"; exit 1; }}
trap 'ask CLIENT UNPAUSE > /dev/null' EXIT
for sentinel in "$@" ""; do
  case $(ask -h "$sentinel" -p {SENTINEL_PORT} SENTINEL CKQUORUM "$group" 2>/dev/null) in OK*) break ;; esac
done
test -n "$sentinel" || fail "no sentinel could agree on a failover"
before=$(ask -h "$sentinel" -p {SENTINEL_PORT} SENTINEL GET-MASTER-ADDR-BY-NAME "$group" | head -n 1)
paused=$(ask CLIENT PAUSE 20000 WRITE)
written=$(ask INFO replication | sed -n 's/^master_repl_offset://p')
test "$paused" = OK || fail "writes cannot be paused: ${{paused:-no answer}}"
test -n "$written" || fail "the master does not say what was written"
turn=0
until ask INFO replication | awk -F '[,=]' -v least="$written" '{_LATE}'; do
  turn=$((turn + 1)); test $turn -lt 100 || fail "the replicas do not catch up with the writes"
  sleep 0.1
done
answer=$(ask -h "$sentinel" -p {SENTINEL_PORT} SENTINEL FAILOVER "$group")
test "$answer" = OK || fail "$answer"
turn=0
while :; do
  ask CLIENT PAUSE 20000 WRITE > /dev/null
  after=$(ask -h "$sentinel" -p {SENTINEL_PORT} SENTINEL GET-MASTER-ADDR-BY-NAME "$group" | head -n 1)
  case $after in "$before" | "") ;; *) test "$(ask -h "$after" ROLE | head -n 1)" = master && break ;; esac
  turn=$((turn + 1)); test $turn -lt 300 || fail "the sentinels did not finish the failover"
  sleep 0.1
done
ask REPLICAOF "$after" {REDIS_PORT} > /dev/null
for replica in $replicas; do
  test "$replica" = "$after" || ask -h "$replica" REPLICAOF "$after" {REDIS_PORT} > /dev/null
done
ask CLIENT KILL TYPE normal SKIPME yes > /dev/null
echo "$after"
"""

# 1: address of the new master, then: those of the other replicas. Redis itself pauses and waits (redis.io, FAILOVER).
_BY_REDIS = rf"""
new=$1; shift
ask() {{ timeout 5 redis-cli $tls "$@" | tr -d '\r'; }}
fail() {{ echo "$1"; exit 1; }}
answer=$(ask FAILOVER TO "$new" {REDIS_PORT} TIMEOUT 20000)
test "$answer" = OK || fail "$answer"
turn=0
until test "$(ask ROLE | head -n 1)" = slave; do
  turn=$((turn + 1)); test $turn -lt 250 || fail "the replica did not catch up with the writes"
  sleep 0.1
done
for other in "$@"; do ask -h "$other" REPLICAOF "$new" {REDIS_PORT} > /dev/null; done
ask CLIENT KILL TYPE normal SKIPME yes > /dev/null
echo "$new"
"""

# In the pod that is to become the master; CLUSTER FAILOVER pauses the old one itself (redis.io, CLUSTER FAILOVER)
_IN_CLUSTER = r"""
ask() { timeout 5 redis-cli $tls "$@" | tr -d '\r'; }
fail() { echo "$1"; exit 1; }
answer=$(ask CLUSTER FAILOVER)
test "$answer" = OK || fail "$answer"
turn=0
until test "$(ask ROLE | head -n 1)" = master; do
  turn=$((turn + 1)); test $turn -lt 100 || fail "the master did not hand over its slots"
  sleep 0.1
done
"""


def fail_over(api: Api, plan: Layout, state: State, old: Member, new: Member) -> str:
    """Makes ``new``, a replica of ``old``, the master; a line that says so. With sentinels these choose the replica.

    Raises Unanswered when it did not happen; the old master then takes writes as before.
    """
    if plan.mode == "cluster":
        _script(api, plan, new.pod, _IN_CLUSTER, [])
    elif plan.sentinels:
        replicas = " ".join(one.ip for one in state.members.values() if one is not old)
        sentinels = [watcher.ip for watcher in state.watchers.values() if not watcher.error]
        address = _script(api, plan, old.pod, _BY_SENTINEL, [plan.master_group, replicas, *sentinels])
        new = state.by_ip(address) or new
    else:
        others = [one.ip for one in state.members.values() if one.pod not in (old.pod, new.pod)]
        _script(api, plan, old.pod, _BY_REDIS, [new.ip, *others])
    for member, role in ((new, "master"), (old, "slave")):
        with suppress(ApiError):  # the operator does it within 30 seconds for who may not
            label_role(api, plan.namespace, member.pod, role)
    return f"planned failover: Pod {plan.namespace}/{new.pod} took over from Pod {old.pod}"


def _script(api: Api, plan: Layout, pod: str, script: str, words: Sequence[str]) -> str:
    container = plan.redis_of(pod).container
    argv = ["sh", "-c", LOG_IN + script.strip(), "failover", *words]
    what = kinds.reference("Pod", plan.namespace, pod)
    try:
        output = execute(api, plan.namespace, pod, container, argv, timeout=90)
    except EngineError as error:
        raise Unanswered(f"{what}: the planned failover may not have happened: {error}") from None
    if output.code != 0:
        reason = _last_line(output.stdout) or _last_line(output.stderr) or f"exit code {output.code}"
        raise Unanswered(f"{what}: the planned failover did not happen: {reason}")
    return _last_line(output.stdout)


def _last_line(text: str) -> str:
    return next(reversed([line for line in text.splitlines() if line.strip()]), "")
