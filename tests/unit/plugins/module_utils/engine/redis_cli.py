"""A redis-cli for scripts that fail over: a small Redis and its sentinels, in files.

Each call is noted as ``who was asked, what``, with ``held`` behind it while writes are paused.
"""

from __future__ import annotations

# Files: master, its address. behind: how often INFO shows late replicas. slow: how often sentinels show the old master.
# Environment: QUORUM, the sentinels that have one. ANSWER: to a failover. HEIR: who becomes the master, "" for nobody.
REDIS_CLI = r"""
host=10.0.0.0
while :; do
  case $1 in -h) host=$2; shift 2 ;; -p) shift 2 ;; *) break ;; esac
done
cd "$HERE"
held=; test ! -e paused || held=" held"
test "$*" = "INFO replication" || echo "$host $*$held" >> calls
echo "$REDISCLI_AUTH" > auth
read -r master < master
less() { read -r left < "$1"; test "$left" -gt 0 && echo $((left - 1)) > "$1"; }
promote() { test -z "$HEIR" || echo "$HEIR" > master; }
case $* in
  "CLIENT PAUSE 20000 WRITE") case ${PAUSE:-OK} in OK) : > paused ;; esac; printf '%s\r\n' "${PAUSE:-OK}" ;;
  "CLIENT UNPAUSE") rm -f paused; echo OK ;;
  "INFO replication")
    less mute && exit 1
    offset=1000; less behind && offset=999
    printf '%s\r\n' role:master connected_slaves:3 \
      "slave0:ip=10.0.0.1,port=6379,state=${STATE:-online},offset=1000,lag=0" \
      "slave1:ip=10.0.0.2,port=6379,state=online,offset=$offset,lag=1" \
      "slave2:ip=10.0.0.9,port=0,state=wait_bgsave,offset=0,lag=0" \
      master_repl_offset:1000 ;;
  "SENTINEL CKQUORUM myMaster")
    case " $QUORUM " in *" $host "*) echo "OK 2 usable Sentinels." ;; *) echo "NOQUORUM 1 usable Sentinels." ;; esac ;;
  "SENTINEL GET-MASTER-ADDR-BY-NAME myMaster")
    less slow && master=10.0.0.0
    printf '%s\r\n' "$master" 6379 ;;
  "SENTINEL FAILOVER myMaster" | "FAILOVER TO "* | "CLUSTER FAILOVER")
    echo "$ANSWER"; test "$ANSWER" != OK || promote ;;
  ROLE) test "$host" = "$master" && echo master || echo slave; echo 1000 ;;
  *) echo OK ;;
esac
"""
