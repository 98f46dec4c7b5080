"""The ways in which applications reach Redis, each as the README's clients do it, with redis-py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

# the name under which the operator's sentinels know their master
GROUP = "myMaster"


@dataclass(frozen=True)
class Address:
    """host: a Service's name. ca: a file with who signs certificates; None for no TLS."""

    host: str
    password: str | None = None
    # seconds for a connection, and for an answer
    patience: float = 1.0
    ca: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        # a certificate of ElastiCache does not know the names of our Services
        tls = {"ssl": True, "ssl_ca_certs": self.ca, "ssl_check_hostname": False} if self.ca else {}
        # tries once: whoever measures wants to see every error
        return {
            **tls,
            "password": self.password,
            "socket_timeout": self.patience,
            "socket_connect_timeout": self.patience,
            "retry": Retry(NoBackoff(), 0),
        }


def service(address: Address) -> redis.Redis:
    """host: the Service of the master."""
    return redis.Redis(host=address.host, port=6379, **address.options)


def sentinel(address: Address) -> redis.Redis:
    """host: the Service of the sentinels; they say who the master is."""
    sentinels = Sentinel([(address.host, 26379)], sentinel_kwargs=address.options, **address.options)
    return sentinels.master_for(GROUP)


def cluster(address: Address) -> RedisCluster:
    """host: the Service of any masters; they say who has which slots."""
    return RedisCluster(host=address.host, port=6379, **address.options)


Client = redis.Redis | RedisCluster
ACCESS: dict[str, Callable[[Address], Client]] = {
    "service": service,
    "sentinel": sentinel,
    "cluster": cluster,
}
