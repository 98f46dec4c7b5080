"""A replication group as it often is, and any that can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.contract.directives import DIRECTIVES
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import (
    Figure,
    GlobalDatastore,
    Group,
    Load,
    Log,
    Memory,
    Parameter,
    Parameters,
    Shard,
    Snapshots,
    Usage,
    User,
)

GIBI = 2**30
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
R6G_LARGE = Memory(14037181030, 10527885773)
EMPTY = Parameters("default.redis7", "redis7", (), {"maxmemory-policy": "volatile-lru", "maxclients": "65000"})


def load(**figures: float) -> Load:
    return Load(**{name: Figure(value, value) for name, value in figures.items()})


def usage(*loads: Load, hours: int = 336) -> Usage:
    return Usage(14, hours, {f"{number + 1:04}": each for number, each in enumerate(loads)})


def shards(count: int, replicas: int = 2) -> tuple[Shard, ...]:
    ends = [(at * 16384 // count, (at + 1) * 16384 // count - 1) for at in range(count)]
    return tuple(
        Shard(f"{at + 1:04}", f"{first}-{last}", replicas, ZONES[: replicas + 1])
        for at, (first, last) in enumerate(ends)
    )


def parameters(**values: str) -> Parameters:
    """Those that were changed, with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in values.items()}
    changed = tuple(Parameter(name, value, "other", "string", "immediate") for name, value in named.items())
    return Parameters("shop", "redis7", changed, {**EMPTY.values, **named})


ONE = Group(
    id="shop-prod",
    arn="arn:aws:elasticache:us-east-1:123456789012:replicationgroup:shop-prod",
    region="us-east-1",
    status="available",
    serverless=False,
    engine="redis",
    version="7.1.0",
    node_type="cache.r6g.large",
    cluster_mode="disabled",
    shards=(Shard("0001", None, 2, ZONES),),
    automatic_failover=True,
    multi_az=True,
    port=6379,
    tls=None,
    auth_token=False,
    user_groups=(),
    users=(),
    at_rest=False,
    kms_key=None,
    parameters=EMPTY,
    memory=R6G_LARGE,
    snapshots=Snapshots(7, "03:00-05:00"),
    maintenance_window="sun:05:00-sun:06:00",
    data_tiering=False,
    durability=None,
    global_datastore=None,
    log_delivery=(),
    security_groups=(),
    usage=usage(load(bytes=3 * GIBI, items=1_000_000, writes=2_000, evictions=0)),
)
CLUSTER = replace(
    ONE, cluster_mode="enabled", shards=shards(3), usage=usage(*[load(bytes=GIBI, items=500_000, writes=100)] * 3)
)
SERVERLESS = replace(
    ONE,
    serverless=True,
    cluster_mode="enabled",
    node_type=None,
    shards=(),
    parameters=None,
    memory=Memory(),
    snapshots=Snapshots(1, "09:00"),
    usage=Usage(14, 336, {"all": load(bytes=40 * GIBI, items=8_000_000)}),
)

_NUMBERS = st.none() | st.floats(0, 2.0**50)
_FIGURES = st.builds(Figure, _NUMBERS, _NUMBERS)
_LOADS = st.builds(Load, **dict.fromkeys(Load.__dataclass_fields__, _FIGURES))
_SIZES = st.none() | st.integers(0, 2**45)
_OWN = ["rename-commands", "close-on-replica-write", "reserved-memory", "slave-allow-chaining", "unheard-of"]
_OWN += [
    f"client-output-buffer-limit-{kind}-{part}"
    for kind in ("normal", "pubsub", "replica")
    for part in ("hard-limit", "soft-limit", "soft-seconds")
]
_VALUES = st.sampled_from(["", "yes", "no", "0", "1", "5", "AKE", "allkeys-lru", "flushall gone", "keys a b c", "\n"])
_SHARDS = st.builds(
    Shard,
    st.from_regex(r"[0-9]{4}", fullmatch=True),
    st.none() | st.just("0-5460"),
    st.integers(0, 6),
    st.lists(st.sampled_from(ZONES), unique=True).map(tuple),
)
_VERSIONS = st.sampled_from(["5.0.6", "6.x", "6.2.6", "7.0.7", "7.1.0", "8.0.1", "8.1", "9.0.0", ""])


@st.composite
def _parameters(draw: st.DrawFn) -> Parameters:
    values: dict[str, str] = draw(st.dictionaries(st.sampled_from(sorted([*DIRECTIVES, *_OWN])), _VALUES, max_size=6))
    changed = tuple(Parameter(name, value, None, "string", "immediate") for name, value in values.items())
    return Parameters("own", "redis7", changed, {**EMPTY.values, **values})


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """Any that the facts can tell of."""
    names = st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True)
    serverless = draw(st.booleans())
    return Group(
        id=draw(names),
        arn="arn:aws:elasticache:us-east-1:123456789012:replicationgroup:x",
        region=draw(st.sampled_from(["us-east-1", "eu-central-1", "us-gov-west-1", "ap-southeast-4"])),
        status=draw(st.sampled_from(["available", "modifying"])),
        serverless=serverless,
        engine=draw(st.sampled_from(["redis", "valkey"])),
        version=draw(_VERSIONS),
        node_type=draw(st.none() | st.just("cache.r6g.large")),
        cluster_mode=draw(st.sampled_from(["disabled", "enabled", "compatible"])),
        shards=() if serverless else draw(st.lists(_SHARDS, min_size=1, max_size=8).map(tuple)),
        automatic_failover=draw(st.booleans()),
        multi_az=draw(st.booleans()),
        port=draw(st.sampled_from([6379, 7000])),
        tls=draw(st.sampled_from([None, "required", "preferred"])),
        auth_token=draw(st.booleans()),
        user_groups=draw(st.sampled_from([(), ("all",)])),
        users=draw(
            st.lists(
                st.builds(
                    User, names, names, st.just("on ~* +@all"), st.sampled_from(["iam", "password", "no-password"])
                ),
                max_size=2,
            ).map(tuple)
        ),
        at_rest=draw(st.booleans()),
        kms_key=draw(st.none() | st.just("arn:aws:kms:us-east-1:123456789012:key/1")),
        parameters=draw(st.none() | _parameters()),
        memory=Memory(draw(_SIZES), draw(_SIZES)),
        snapshots=Snapshots(
            draw(st.integers(0, 400)), draw(st.sampled_from(["", "03:00-05:00", "23:30-00:30", "9:5"]))
        ),
        maintenance_window=draw(st.sampled_from(["", "sun:05:00-sun:06:00"])),
        data_tiering=draw(st.booleans()),
        durability=draw(st.sampled_from([None, "sync", "async"])),
        global_datastore=draw(st.none() | st.builds(GlobalDatastore, names, st.sampled_from(["PRIMARY", "SECONDARY"]))),
        log_delivery=draw(st.sampled_from([(), (Log("slow-log", "cloudwatch-logs", "/redis"),)])),
        security_groups=draw(st.sampled_from([(), ("sg-1",)])),
        usage=Usage(14, draw(st.integers(0, 336)), draw(st.dictionaries(st.just("0001") | names, _LOADS, max_size=3))),
    )


def change(group: Group, **members: Any) -> Group:
    return replace(group, **members)
