# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients of a cache notice when it has moved: what must be changed in them, or known by their people. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ansible_collections.eks.redis.plugins.module_utils.exit import derive, engines, parameters
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import COMPATIBLE, PREFERRED, REDIS, Group

# where they connect to, by mode: see docs/flavour-reference.md, Service
_ADDRESSES = {
    "standalone": "the Service <name> in place of the primary endpoint",
    "sentinel": "the Service <name>-master in place of the primary endpoint, <name>-replica in place of the reader's; "
    "or the sentinels at <name>-sentinel:26379",
    "cluster": "the Service <name>-leader in place of the configuration endpoint; it redirects to {nodes}",
}
# where a cluster redirects to, by whether it speaks TLS: see docs/security.md, From outside of the cluster
_NODES = {
    False: "the pods' addresses",
    True: "names of the pods, which this Kubernetes alone resolves; discovery.nodes gives them others",
}


def breaks(group: Group) -> list[str]:
    """A line each."""
    return [line for rule in _RULES for line in rule(group)]


def _address(group: Group) -> Iterator[str]:
    mode = derive.mode(group)
    address = _ADDRESSES[mode].format(nodes=_NODES[group.tls is not None])
    if mode == "standalone" and group.replicas:
        address = "the Service <name>-master in place of the primary endpoint, <name>-replica in place of the reader's"
    port = f", port 6379 in place of {group.port}" if group.port != 6379 else ""
    yield f"address: {address}{port}"


def _tls(group: Group) -> Iterator[str]:
    if group.tls:
        yield (
            "TLS: another CA signs, the instance's own unless the root says otherwise: clients trust it beside that of "
            "the cache (key ca.crt of Secret <name>-tls)"
        )
    if group.tls == PREFERRED:
        yield (
            "TLS: the cache takes connections without it too, the instance does not: change those clients first, or "
            "set transitEncryption.enabled to false for an instance that takes nothing else"
        )


def _users(group: Group) -> Iterator[str]:
    named = [user for user in group.users if user.name != "default"]
    if named:
        names = ", ".join(user.name for user in named)
        yield (
            "users: until acl.users lists more there is default alone, who may do everything; nobody gets in as: "
            f"{names}"
        )
    if any(user.authentication == "iam" for user in group.users):
        yield "IAM: its tokens are passwords of ElastiCache's; clients need that of default, or of a user in acl.users"
    if not group.auth_token and not group.users:
        yield "password: none, as before; whoever reaches the pods may read and write (networkPolicy limits who)"


def _engine(group: Group) -> Iterator[str]:
    release = engines.target(group.engine, group.version)
    was = engines.name(group.engine, group.version)
    if release and group.engine != REDIS:
        yield f"engine: Redis {release} in place of {was}; commands of its own are gone"
    elif release and engines.major_minor(group.version) < engines.major_minor(release):
        yield f"engine: Redis {release} in place of {was}; read the notes of the releases between"


def _cluster(group: Group) -> Iterator[str]:
    if group.cluster_mode == COMPATIBLE:
        yield "cluster mode is compatible: clients that do not speak as to a cluster must change, it will be one"
    if group.serverless:
        yield "serverless: nobody makes it larger any more; shards and memory are what the flavour says"


def _failover(group: Group) -> Iterator[str]:
    if group.durability == "sync":
        yield "durability sync: Redis acknowledges before replicas have a write, so that a failover can lose some"
    if derive.mode(group) == "sentinel":
        yield "failover: by sentinels, in seconds; connections to the old master break, as they do at ElastiCache"


def _data(group: Group) -> Iterator[str]:
    if group.data_tiering:
        yield "data tiering: all data must fit in memory"
    for name, other in parameters.renamed(group.parameters).items():
        yield f"command {name.upper()}: clients may call it {other}; look at rename-commands"


_RULES: tuple[Callable[[Group], Iterator[str]], ...] = (_address, _tls, _users, _engine, _cluster, _failover, _data)
