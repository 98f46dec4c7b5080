from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
import yaml

from ansible_collections.eks.redis.plugins.module_utils.engine import client
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unreachable
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import redis_cli

from .server import answer, chunks, cut, frames, serving

OBJECT = {"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "n"}}


@pytest.fixture(autouse=True)
def pauses(monkeypatch) -> list[float]:
    """The pauses between tries, noted instead of slept."""
    slept: list[float] = []
    monkeypatch.setattr(client, "time", SimpleNamespace(sleep=slept.append))
    return slept


def api(server, **options) -> Api:
    return Api.connect({"host": server.url, "api_key": "t0ken", **options})


def test_a_request_names_who_asks() -> None:
    with serving(answer(200, OBJECT)) as server:
        found = api(server, impersonate_user="bob", impersonate_groups=["a", "b"]).get("ConfigMap", "a", "n")
        assert found == OBJECT
        method, path, headers = server.seen[0][:3]
    assert (method, path) == ("GET", "/api/v1/namespaces/n/configmaps/a")
    assert headers["authorization"] == "Bearer t0ken"
    assert headers["user-agent"] == "eks.redis"
    assert headers["impersonate-user"] == "bob"


def test_apply_is_server_side_with_our_manager() -> None:
    with serving(answer(200, OBJECT)) as server:
        api(server).apply(OBJECT, dry_run=True)
        method, path, headers, body = server.seen[0]
    assert (method, headers["content-type"]) == ("PATCH", "application/apply-patch+yaml")
    assert path == "/api/v1/namespaces/n/configmaps/a?fieldManager=eks.redis&force=false&dryRun=All"
    assert json.loads(body) == OBJECT


def test_characters_of_all_planes_are_sent_as_yaml_has_them() -> None:
    annotated = {**OBJECT, "metadata": {**OBJECT["metadata"], "annotations": {"note": 'é "\u2028" \\ \U0001f680'}}}
    with serving(answer(200, OBJECT)) as server:
        api(server).apply(annotated)
        body = server.seen[0][3]
    assert body.isascii()
    assert yaml.safe_load(body) == annotated


@pytest.mark.parametrize("broken", [cut, answer(503), answer(429), answer(500), answer(504)])
def test_a_read_is_tried_again(broken, pauses) -> None:
    with serving(broken, broken, answer(200, OBJECT)) as server:
        assert api(server).get("ConfigMap", "a", "n") == OBJECT
        assert len(server.seen) == 3
    assert pauses == [0.25, 0.5]


def test_the_server_says_how_long_to_wait(pauses) -> None:
    with serving(answer(429, retry_after="3"), answer(200, OBJECT)) as server:
        api(server).get("ConfigMap", "a", "n")
    assert pauses == [3]


def test_it_gives_up_in_the_end(pauses) -> None:
    with serving(answer(503, {"message": "etcd is away"})) as server, pytest.raises(ApiError) as caught:
        api(server).get("ConfigMap", "a", "n")
    assert str(caught.value) == "ConfigMap n/a: cannot get: etcd is away (HTTP 503)"
    assert len(pauses) == 4


def test_a_wrong_field_is_not_tried_again(pauses) -> None:
    with serving(answer(500, {"message": ".spec.x: field not declared in schema"})) as server:
        with pytest.raises(ApiError, match="field not declared in schema"):
            api(server).apply(OBJECT)
        assert len(server.seen) == 1
    assert pauses == []


def test_a_write_is_tried_again_where_etcd_was_late(pauses) -> None:
    with serving(answer(500, {"message": "etcdserver: request timed out"}), answer(200, OBJECT)) as server:
        assert api(server).apply(OBJECT) == OBJECT
        assert len(server.seen) == 2
    assert pauses == [0.25]


def test_nobody_listens() -> None:
    with serving() as server:
        pass
    with pytest.raises(
        Unreachable, match="^cannot reach the Kubernetes API at http://127.0.0.1:.*: connection refused;"
    ):
        api(server).get("ConfigMap", "a", "n")


def test_what_is_not_there_is_none() -> None:
    with serving(answer(404, {"message": "not found"})) as server:
        asked = api(server)
        assert asked.get("ConfigMap", "a", "n") is None
        assert asked.list("Redis") == []
        assert asked.served("a/v1") == frozenset()
        assert asked.delete("ConfigMap", "a", "n") is False
        assert asked.log("n", "p", "c", lines=1) == ""


def test_items_of_a_list_get_their_kind() -> None:
    with serving(answer(200, {"items": [{"metadata": {"name": "a"}}]})) as server:
        found = api(server).list("Redis", "n", labelSelector="a=b")
        assert server.seen[0][1].endswith("/namespaces/n/redis?labelSelector=a%3Db")
    assert found == [{"apiVersion": "redis.redis.opstreelabs.in/v1beta2", "kind": "Redis", "metadata": {"name": "a"}}]


def test_a_watch_puts_lines_together_and_ends_with_its_stream() -> None:
    with serving(chunks(b'{"type": "ADDED"}\n{"type"', b': "MODIFIED"}\n')) as server:
        events = list(api(server).watch("Pod", "n", 30, labelSelector="a=b"))
        assert server.seen[0][1] == "/api/v1/namespaces/n/pods?watch=true&timeoutSeconds=30&labelSelector=a%3Db"
    assert [event["type"] for event in events] == ["ADDED", "MODIFIED"]


def test_the_first_error_of_many_is_raised() -> None:
    def fail(number: int) -> None:
        if number % 2:
            raise EngineError(str(number))

    with serving() as server, pytest.raises(EngineError, match="^1$"):
        api(server).map(fail, range(6))


SUCCESS = b'\x03{"status": "Success"}'


def test_execute_separates_the_streams() -> None:
    with serving(frames(b"\x01out", b"\x02err", b"\x01put", SUCCESS)) as server:
        done = execute(api(server, impersonate_user="bob"), "n", "p", "c", ["echo", "a b"])
        path, headers = server.seen[0][1:3]
    assert (done.code, done.stdout, done.stderr) == (0, "output", "err")
    assert path == "/api/v1/namespaces/n/pods/p/exec?container=c&stdout=true&stderr=true&command=echo&command=a+b"
    assert headers["impersonate-user"] == "bob"


def test_execute_tells_the_exit_code() -> None:
    status = {"status": "Failure", "details": {"causes": [{"reason": "ExitCode", "message": "7"}]}}
    with serving(frames(b"\x03" + json.dumps(status).encode())) as server:
        assert execute(api(server), "n", "p", "c", ["false"]).code == 7


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (frames(b'\x03{"status": "Failure", "message": "no such file"}'), "Pod n/p: cannot run true: no such file"),
        (frames(b"\x01half"), "Pod n/p: cannot run true: the connection was cut"),
        (
            answer(404, {"message": 'pods "p" not found'}),
            'Pod n/p: cannot run a command in: pods "p" not found (HTTP 404)',
        ),
    ],
)
def test_execute_tells_why_a_command_did_not_run(reply, text) -> None:
    with serving(reply) as server, pytest.raises(EngineError) as caught:
        execute(api(server), "n", "p", "c", ["true"])
    assert str(caught.value) == text


def test_redis_cli_takes_the_password_from_the_container() -> None:
    with serving(frames(b"\x01PONG\n", SUCCESS)) as server:
        assert redis_cli(api(server), "n", "p", "c", "PING") == "PONG"
        path = server.seen[0][1]
    assert "REDISCLI_AUTH" in path
    assert path.endswith("command=redis-cli&command=PING")


def test_redis_cli_tells_what_redis_said() -> None:
    status = b'\x03{"status": "Failure", "details": {"causes": [{"reason": "ExitCode", "message": "1"}]}}'
    with (
        serving(frames(b"\x02Could not connect\n", status)) as server,
        pytest.raises(EngineError, match="^Pod n/p: redis-cli PING: Could not connect$"),
    ):
        redis_cli(api(server), "n", "p", "c", "PING")
