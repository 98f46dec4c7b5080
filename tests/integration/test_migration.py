"""Live migrations against a real API server: what is refused before anything is created, and that nothing is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import runs
from cluster import Cluster
from unit.plugins.module_utils.topology.made import PASSWORD, shaped

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address, Cache, Migration
from ansible_collections.eks.redis.plugins.module_utils.topology import migrate as migrate_job
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import Access

CACHE = {"what": "ElastiCache shop", "addresses": ["192.0.2.11:6379"], "secret": "shop-token"}
Object = dict[str, Any]


@pytest.fixture
def migrate(capsys: pytest.CaptureFixture[str], namespace: str) -> Callable[..., Object]:
    def run(**options: Any) -> Object:
        given = {"name": "cache", "namespace": namespace, "cache": CACHE, **options}
        return runs.module(capsys, "migration", **given)

    return run


@pytest.fixture
def secret(cluster: Cluster, namespace: str) -> Callable[..., None]:
    def make(**data: str) -> None:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "shop-token"}, "data": encoded}
        cluster.apply(f"/api/v1/namespaces/{namespace}/secrets/shop-token", body)

    return make


@pytest.fixture
def untouched(cluster: Cluster, namespace: str) -> Iterator[Callable[[], None]]:
    """Notes where the test begins to look; at its end nothing may have been written since."""
    since: list[int] = []
    yield lambda: since.append(cluster.position())
    assert cluster.writes(since[0], namespace=namespace) == []


def journal(cluster: Cluster, namespace: str, **fields: Any) -> None:
    """As an exit leaves it that has begun."""
    address = {"host": "192.0.2.11", "port": 6379}
    entry = {
        "id": "k3x9w2ab",
        "cache": {"what": "ElastiCache shop", "addresses": [address], "user": "", "tls": False, "ca": ""},
        "access": {"secret": "shop-token", "password": "password", "ca": "", "shards": 1},
        "service": "",
        "started": "2026-11-29T09:00:00Z",
        "state": "copied",
        "since": "2026-11-29T09:10:00Z",
        **fields,
    }
    labels = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/component": "migration"}
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cache-exit", "labels": labels},
        "data": {"exit": json.dumps(entry)},
    }
    cluster.apply(f"/api/v1/namespaces/{namespace}/configmaps/cache-exit", body, "eks.redis.exit")


def test_there_has_to_be_an_instance(migrate, namespace: str) -> None:
    for state in ("copied", "verified", "switched", "rolled_back"):
        assert migrate(state=state)["msg"].startswith(
            f"there is no instance {namespace}/cache in the cluster at https://"
        )


def test_what_an_instance_that_is_gone_has_left_is_ended(instance, migrate, cluster: Cluster, namespace: str) -> None:
    instance()
    journal(cluster, namespace)
    assert instance(state="absent")["kept"]
    for check in (True, False):
        done = migrate(state="absent", cache=None, check=check)
        assert (done["changed"], done["summary"]) == (True, [f"deleted: ConfigMap {namespace}/cache-exit"])
    assert not migrate(state="absent", cache=None)["changed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cache": None}, "cache: needed for state: copied"),
        (
            {"cache": {**CACHE, "addresses": ["shop"]}},
            "cache.addresses: 'shop' is not HOST:PORT, such as shop.abc123.ng.00",
        ),
        ({"cache": {**CACHE, "addresses": []}}, "cache.addresses: one HOST:PORT at least is needed"),
        ({"cache": {**CACHE, "shards": 0}}, "cache.shards: 0 is too little; it must be 1 at least"),
        (
            {"cache": {**CACHE, "secret": None, "ca_key": "ca.crt"}},
            "cache.secret: needed, for cache.username_key and cache.ca_key are keys of it",
        ),
        (
            {"cache": {**CACHE, "username": "a", "username_key": "b"}},
            "cache: username and username_key: only one of them can say who it is",
        ),
        ({"budget": 0}, "budget: 0 is too little; it must be 1 at least"),
        ({"keep": 0}, "keep: 0 is too little; it must be 1 at least"),
        ({"sample": -1}, "sample: -1 is too little; it must be 0 at least"),
        ({"state": "held"}, "state: held: with copies: true nobody is held back before state: switched"),
    ],
)
def test_what_is_asked_for_has_to_make_sense(instance, migrate, options: Object, message: str) -> None:
    instance()
    assert migrate(**options)["msg"].startswith(message)


def test_the_user_of_the_cache_may_stand_in_its_secret(instance, migrate, secret, namespace: str) -> None:
    instance()
    named = {"cache": {**CACHE, "username_key": "user"}}
    assert (
        migrate(**named)["msg"] == f"there is no Secret {namespace}/shop-token with the user and password of the cache"
    )
    secret(password="a")
    assert migrate(**named)["msg"] == f"Secret {namespace}/shop-token has no user under key user"
    # and then it is the instance that is in the way: no node runs it here
    secret(password="a", user="app")
    assert "the instance is not well: " in migrate(**named)["msg"]


def test_an_instance_that_is_not_well_is_left_alone(instance, migrate, secret, untouched) -> None:
    instance()
    secret(password="a")
    untouched()
    for check in (True, False):
        for state in ("copied", "verified"):
            message = migrate(state=state, check=check)["msg"]
            assert "the instance is not well: " in message or "Redis could not be asked: " in message


def test_nothing_can_be_switched_that_was_never_copied(instance, migrate, untouched) -> None:
    instance()
    untouched()
    for check in (True, False):
        message = migrate(state="switched", check=check)["msg"]
        assert message.endswith("/cache has begun: begin with state: copied")


def test_where_nothing_has_begun_there_is_nothing_to_end(instance, migrate, untouched) -> None:
    instance()
    untouched()
    for state in ("rolled_back", "absent"):
        done = migrate(state=state, cache=None)
        assert (done["changed"], done["exit"]) == (False, None)


def test_one_exit_at_a_time(instance, migrate, cluster: Cluster, namespace: str, untouched) -> None:
    instance()
    journal(cluster, namespace)
    untouched()
    other = migrate(cache={**CACHE, "addresses": ["192.0.2.12:6379"]})["msg"]
    assert other.startswith(
        f"an exit of instance {namespace}/cache is going on since 2026-11-29T09:00:00Z with another c"
    )
    assert "with another service: none, asked for: redis" in migrate(service="redis")["msg"]


def test_the_service_of_an_exit_is_switched_by_it_alone(instance, capsys, cluster: Cluster, namespace: str) -> None:
    instance()
    given = {"name": "cache", "namespace": namespace, "service": "redis", "addresses": ["192.0.2.11:6379"]}
    assert runs.module(capsys, "client_service", **given)["changed"]
    journal(cluster, namespace, service="redis")
    # the same again is none
    assert not runs.module(capsys, "client_service", **given)["changed"]
    for other in ({"state": "instance"}, {"state": "absent"}):
        assert runs.module(capsys, "client_service", **{**given, **other})["msg"] == (
            f"the exit of instance {namespace}/cache is copied since 2026-11-29T09:10:00Z, and eks.redis.migration "
            "alone switches its Service; end that first"
        )
    journal(cluster, namespace, service="redis", state="switched")
    assert "eks.redis.migration alone" in runs.module(capsys, "client_service", force=True, **given)["msg"]


def test_an_exit_can_be_given_up_and_ended_whatever_the_instance_is_at(
    instance, migrate, cluster: Cluster, namespace: str
) -> None:
    instance()
    journal(cluster, namespace)
    path = f"/api/v1/namespaces/{namespace}/configmaps/cache-exit"
    given_up = migrate(state="rolled_back", cache=None)
    assert (given_up["changed"], given_up["state"]) == (True, "given_up")
    # no pod begins any more
    assert cluster.get(path)["data"].keys() == {"exit", "shut"}
    assert migrate(state="absent", cache=None, check=True)["changed"]
    assert cluster.get(path)
    assert migrate(state="absent", cache=None)["changed"]
    assert cluster.get(path) is None
    assert not migrate(state="absent", cache=None)["changed"]


def test_notes_of_another_release_are_not_gone_on_with(instance, migrate, cluster: Cluster, namespace: str) -> None:
    instance()
    journal(cluster, namespace, what_is_new=1)
    message = migrate()["msg"]
    assert message.startswith(
        f"ConfigMap {namespace}/cache-exit is not as this release of eks.redis writes it: exit: has"
    )


@pytest.mark.parametrize("back", [False, True])
def test_the_job_is_one_that_kubernetes_takes(cluster: Cluster, namespace: str, back: bool) -> None:
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    cluster.apply(f"/api/v1/namespaces/{namespace}", space)
    instance = replace(shaped("sentinel", {}, PASSWORD), namespace=namespace)
    cache = Cache("ElastiCache shop", (Address("192.0.2.11", 6379),), "app", True, migrate_job.CA)
    given = Migration("k3x9w2ab", cache, "sentinel", layout(instance).hosts, instance.version, back=back)
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "0b5b8c1e-0000-4000-8000-000000000000"}
    made = migrate_job.job(instance, given, Access("shop-token", "token", "ca.pem", 3), "cache-exit-k3x9w2ab", owner)
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/cache-exit-k3x9w2ab"
    live = cluster.apply(path, made, "eks.redis")
    # nothing of it is dropped
    spec, sent = live["spec"]["template"]["spec"], made["spec"]["template"]["spec"]
    assert [one["name"] for one in spec["volumes"]] == [one["name"] for one in sent["volumes"]]
    assert [one["env"] for one in spec["containers"]] == [one["env"] for one in sent["containers"]]
    rules = live["spec"]["podFailurePolicy"]["rules"]
    assert [one["action"] for one in rules] == ["Ignore", "FailJob"]
    assert "activeDeadlineSeconds" not in live["spec"]
