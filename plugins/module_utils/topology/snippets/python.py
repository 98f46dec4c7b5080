# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python, with redis-py."""

from __future__ import annotations

TEXT = r'''
                  |# pip install redis (written for 8.1)
environment       |import os
environment       |
!cluster          |import redis
!sentinel         |from redis.backoff import ExponentialWithJitterBackoff
sentinel          |from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
cluster           |from redis.cluster import RedisCluster
                  |from redis.retry import Retry
sentinel          |from redis.sentinel import Sentinel
                  |
                  |# tries again after 0.1 to 1 second, until a failover is over; what was sent may be done twice
                  |RETRY = Retry(ExponentialWithJitterBackoff(base=0.1, cap=1), retries=20)
tls               |TLS = {
tls               |    "ssl": True,
tls               |    "ssl_ca_certs": os.environ.get("REDIS_CA", "/tls/ca.crt"),
tls               |}
                  |TIMEOUTS = {"socket_connect_timeout": 2, "socket_timeout": 2}  # seconds
                  |OPTIONS = {
user              |    "username": os.environ["REDIS_USERNAME"],
password          |    "password": os.environ["REDIS_PASSWORD"],
                  |    "max_connections": 50,  # as many as there are threads
                  |    "decode_responses": True,
!sentinel         |    "retry": RETRY,
sentinel          |    "retry": Retry(NoBackoff(), 0),  # see Client
                  |    **TIMEOUTS,
tls               |    **TLS,
tls sentinel      |    # sentinels name the master by its address, which no certificate holds: its signature is checked
tls sentinel      |    "ssl_check_hostname": False,
                  |}
                  |
sentinel          |
sentinel          |class Client(redis.Redis):
sentinel          |    """Tries again on another connection, which asks the sentinels: a lost one keeps its master."""
sentinel          |
sentinel          |    def execute_command(self, *words, **options):
sentinel          |        once = super().execute_command
sentinel          |        return RETRY.call_with_retry(lambda: once(*words, **options), lambda error: None)
sentinel          |
sentinel          |
sentinel          |def sentinels():
sentinel          |    """They say who the master is."""
sentinel          |    options = {
sentinel password |        "password": os.environ["$asked"],
sentinel          |        **TIMEOUTS,
sentinel tls      |        **TLS,
sentinel          |    }
sentinel          |    return Sentinel([("$host", $port)], sentinel_kwargs=options, **OPTIONS)
sentinel          |
                  |
                  |def connect():
                  |    """For reads and writes. One for the whole process: commands have connections of its pool."""
service           |    # a master that is none any more: connect anew, and send the command again
service           |    anew = {"retry_on_error": [redis.ReadOnlyError]}
service           |    return redis.Redis(host="$host", port=$port, **anew, **OPTIONS)
sentinel          |    return sentinels().master_for("$group", redis_class=Client)
cluster           |    return RedisCluster(host="$host", port=$port, **OPTIONS)
                  |
                  |
reader            |def connect_reader():
reader            |    """For reads that may be a little behind."""
reader service    |    return redis.Redis(host="$reader_host", port=$reader_port, **OPTIONS)
reader sentinel   |    return sentinels().slave_for("$group", redis_class=Client)
reader            |
reader            |
                  |def main():
                  |    client = connect()
unruled           |    # choose keys that the rules of the user allow
                  |    client.set("${prefix}greeting", "hello", ex=60)
                  |    print(client.get("${prefix}greeting"))
reader            |    print(connect_reader().get("${prefix}greeting"))
cluster           |    # only keys with the same text in braces are in one slot, and can share a command
cluster           |    client.mset({"${prefix}{user:1}:name": "Ada", "${prefix}{user:1}:city": "London"})
cluster           |    print(client.mget("${prefix}{user:1}:name", "${prefix}{user:1}:city"))
                  |
                  |
                  |if __name__ == "__main__":
                  |    main()
'''
