# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands and categories that ACL rules name. Source: COMMAND LIST and ACL CAT of Redis 6.0 to 7.4."""

from __future__ import annotations

_CATEGORIES = """
    all keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow blocking
    dangerous connection transaction scripting
"""
CATEGORIES = frozenset(_CATEGORIES.split())

_SINCE = {
    "6.0": """
        acl append asking auth bgrewriteaof bgsave bitcount bitfield bitfield_ro bitop bitpos blpop brpop brpoplpush
        bzpopmax bzpopmin client cluster command config dbsize debug decr decrby del discard dump echo eval evalsha exec
        exists expire expireat flushall flushdb geoadd geodist geohash geopos georadius georadius_ro georadiusbymember
        georadiusbymember_ro get getbit getrange getset hdel hello hexists hget hgetall hincrby hincrbyfloat hkeys hlen
        hmget hmset hscan hset hsetnx hstrlen hvals incr incrby incrbyfloat info keys lastsave latency lindex linsert
        llen lolwut lpop lpos lpush lpushx lrange lrem lset ltrim memory mget migrate module monitor move mset msetnx
        multi object persist pexpire pexpireat pfadd pfcount pfdebug pfmerge pfselftest ping psetex psubscribe psync
        pttl publish pubsub punsubscribe randomkey readonly readwrite rename renamenx replconf replicaof restore
        restore-asking role rpop rpoplpush rpush rpushx sadd save scan scard script sdiff sdiffstore select set setbit
        setex setnx setrange shutdown sinter sinterstore sismember slaveof slowlog smembers smove sort spop srandmember
        srem sscan strlen subscribe substr sunion sunionstore swapdb sync time touch ttl type unlink unsubscribe unwatch
        wait watch xack xadd xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim zadd
        zcard zcount zincrby zinterstore zlexcount zpopmax zpopmin zrange zrangebylex zrangebyscore zrank zrem
        zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore
        zunionstore
    """,
    "6.2": """
        blmove copy failover geosearch geosearchstore getdel getex hrandfield lmove reset smismember xautoclaim zdiff
        zdiffstore zinter zmscore zrandmember zrangestore zunion
    """,
    "7.0": """
        blmpop bzmpop eval_ro evalsha_ro expiretime fcall fcall_ro function lcs lmpop pexpiretime quit sintercard
        sort_ro spublish ssubscribe sunsubscribe zintercard zmpop
    """,
    "7.2": """
        waitaof
    """,
    "7.4": """
        hexpire hexpireat hexpiretime hpersist hpexpire hpexpireat hpexpiretime hpttl httl
    """,
}
_SUBCOMMANDS_SINCE = {
    # before 7.0 any text can be allowed, as that of a first argument
    "6.0": """
        acl|cat acl|deluser acl|dryrun acl|genpass acl|getuser acl|help acl|list acl|load acl|log acl|save acl|setuser
        acl|users acl|whoami client|caching client|getname client|getredir client|help client|id client|info client|kill
        client|list client|no-evict client|pause client|reply client|setname client|tracking client|trackinginfo
        client|unblock client|unpause cluster|addslots cluster|addslotsrange cluster|bumpepoch
        cluster|count-failure-reports cluster|countkeysinslot cluster|delslots cluster|delslotsrange cluster|failover
        cluster|flushslots cluster|forget cluster|getkeysinslot cluster|help cluster|info cluster|keyslot cluster|links
        cluster|meet cluster|myid cluster|nodes cluster|replicas cluster|replicate cluster|reset cluster|saveconfig
        cluster|set-config-epoch cluster|setslot cluster|shards cluster|slaves cluster|slots command|count command|docs
        command|getkeys command|getkeysandflags command|help command|info command|list config|get config|help
        config|resetstat config|rewrite config|set function|delete function|dump function|flush function|help
        function|kill function|list function|load function|restore function|stats latency|doctor latency|graph
        latency|help latency|histogram latency|history latency|latest latency|reset memory|doctor memory|help
        memory|malloc-stats memory|purge memory|stats memory|usage module|help module|list module|load module|loadex
        module|unload object|encoding object|freq object|help object|idletime object|refcount pubsub|channels
        pubsub|help pubsub|numpat pubsub|numsub pubsub|shardchannels pubsub|shardnumsub script|debug script|exists
        script|flush script|help script|kill script|load slowlog|get slowlog|help slowlog|len slowlog|reset
        xgroup|create xgroup|createconsumer xgroup|delconsumer xgroup|destroy xgroup|help xgroup|setid xinfo|consumers
        xinfo|groups xinfo|help xinfo|stream
    """,
    "7.2": """
        client|no-touch client|setinfo cluster|myshardid
    """,
}


def _releases(since: dict[str, str]) -> dict[str, tuple[int, int]]:
    return {name: (int(release[0]), int(release[2])) for release, names in since.items() for name in names.split()}


# command -> the first release that has it; of container commands only the first word
COMMANDS = _releases(_SINCE)
# newer releases have more: 8.0 the commands and categories of what were modules, 8.2 and 8.4 more commands
NEWEST = max(COMMANDS.values())
# container|subcommand -> the first release that takes it
SUBCOMMANDS = _releases(_SUBCOMMANDS_SINCE)
CONTAINERS = frozenset(name.partition("|")[0] for name in SUBCOMMANDS)
