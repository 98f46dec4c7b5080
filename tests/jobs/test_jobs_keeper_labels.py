"""The labels of the master, with real servers and sentinels, and a small API server of the test's own."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jobs.servers import until
from jobs.targets import GROUP, Replicated

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import Keeping
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.access import Access
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.labels import Labels
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.loop import Loop
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.pods import Pods
from lab.certificates import Authority
from lab.ports import LOCAL

PASSWORD = "kept-and-secret"
PATH = "/api/v1/namespaces/apps/pods/"


@dataclass
class Api:
    """pods: by name. token: the one that it takes. written: labels, in turn."""

    pods: dict[str, dict[str, Any]]
    account: Path
    port: int = 0
    token: str = "first"
    written: list[tuple[str, str]] = field(default_factory=list)

    def set_token(self, token: str) -> None:
        self.token = token
        (self.account / "token").write_text(token + "\n")

    def roles(self) -> dict[str, str]:
        return {name: pod["metadata"]["labels"].get("redis-role", "") for name, pod in self.pods.items()}

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        assert path.startswith(PATH)
        name, _mark, query = path.removeprefix(PATH).partition("?")
        if headers["Authorization"] != f"Bearer {self.token}":
            return 401, {"message": "Unauthorized"}
        pod = self.pods.get(name)
        if pod is None:
            return 404, {"message": f'pods "{name}" not found'}
        if method == "PATCH":
            assert headers["Content-Type"] == "application/apply-patch+yaml"
            assert query == "fieldManager=eks.redis.touch&force=true"
            given = json.loads(body)
            if given["metadata"]["uid"] != pod["metadata"]["uid"]:
                return 409, {"message": "uid mismatch"}
            pod["metadata"]["labels"] |= given["metadata"]["labels"]
            self.written.append((name, given["metadata"]["labels"]["redis-role"]))
        return 200, pod


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    authority = Authority(tmp_path)
    authority.issue("server", "server", alternatives=(LOCAL,))
    made = Api({}, tmp_path)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, found = made.answer(
                self.command, self.path, self.headers, self.rfile.read(int(self.headers.get("Content-Length", 0)))
            )
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PATCH = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer((LOCAL, 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.port = server.server_address[1]
    made.set_token("first")
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Replicated]:
    made = Replicated(tmp_path / "redis", replicas=2, sentinels=3, password=PASSWORD)
    yield made
    made.stop()


def pods_of(api: Api, redis: Replicated, master: int | None = 0) -> None:
    for number, one in enumerate(redis.redis):
        role = {} if master is None else {"redis-role": "master" if number == master else "slave"}
        meta = {"name": one.name, "uid": f"uid-{number}", "labels": {"app": "cache", **role}}
        api.pods[one.name] = {"metadata": meta, "status": {"podIP": one.host}}


def environment(api: Api) -> dict[str, str]:
    return {"KUBERNETES_SERVICE_HOST": LOCAL, "KUBERNETES_SERVICE_PORT": str(api.port)}


Make = Callable[[], Labels]


@pytest.fixture
def labels(api: Api, redis: Replicated) -> Iterator[Make]:
    made: list[Labels] = []

    def make() -> Labels:
        pods = tuple(one.name for one in redis.redis)
        given = Keeping("apps", "cache", pods, (), tuple(one.host for one in redis.sentinels), GROUP)
        access = Access({"REDISCLI_AUTH": PASSWORD, "EKS_REDIS_SENTINEL_AUTH": PASSWORD})
        made.append(Labels(given, access, Pods("apps", environment(api), str(api.account))))
        return made[-1]

    yield make
    # their threads sleep from now on
    for watcher in [watcher for one in made for watcher in one._watchers]:
        watcher._watch = threading.Event().wait


def problem(labels: Labels) -> str:
    """What a turn finds to be wrong, "" for nothing. On a busy machine that may be an answer that is late."""
    try:
        labels.turn()
    except (DatapathError, JobError) as error:
        return str(error)
    return ""


def turned(labels: Labels) -> bool:
    """Whether a turn finds out who the master is."""
    return not problem(labels)


def test_labels_follow_a_failover(api: Api, redis: Replicated, labels: Make) -> None:
    """By two keepers, of which none asks again and again: the sentinels say when."""
    pods_of(api, redis)
    loops = [Loop("labels", one.turn, one.wait) for one in (labels(), labels())]
    try:
        until(lambda: all(loop.well for loop in loops))
        assert api.written == []
        redis.fail_over_soon()
        redis.redis[0].process.kill()
        until(lambda: api.roles()["cache-0"] == "slave" and "master" in api.roles().values())
    finally:
        for loop in loops:  # else they would tell what they find into the output of another test
            loop._turn = threading.Event().wait
    new = next(one for one in redis.redis if api.roles()[one.name] == "master")
    # whoever was connected has been cut off when it became the master
    assert new.connect().ask("ROLE")[0] == b"master"
    # never two: the old one goes first
    assert api.written[0] == ("cache-0", "slave")
    assert set(api.written) == {("cache-0", "slave"), (new.name, "master")}


def test_pods_without_a_label_get_one(api: Api, redis: Replicated, labels: Make) -> None:
    pods_of(api, redis, master=None)
    keeping = labels()
    until(lambda: turned(keeping))
    assert api.roles() == {"cache-0": "master", "cache-1": "slave", "cache-2": "slave"}


def test_pods_that_are_gone_or_have_no_address_are_no_hindrance(api: Api, redis: Replicated, labels: Make) -> None:
    pods_of(api, redis, master=1)
    del api.pods["cache-1"]
    api.pods["cache-2"]["status"] = {}
    api.pods["cache-2"]["metadata"]["labels"]["redis-role"] = "master"
    keeping = labels()
    until(lambda: turned(keeping))
    assert api.roles() == {"cache-0": "master", "cache-2": "slave"}
    assert api.written[0] == ("cache-2", "slave")


def test_a_pod_that_was_replaced_meanwhile_keeps_its_label(api: Api, redis: Replicated) -> None:
    pods_of(api, redis)
    pods = Pods("apps", environment(api), str(api.account))
    seen = pods.read("cache-1")
    assert seen
    api.pods["cache-1"]["metadata"]["uid"] = "another"
    pods.label(seen, "master")
    assert api.roles()["cache-1"] == "slave"


def test_a_master_that_disagrees_with_the_sentinels_gets_no_label(api: Api, redis: Replicated, labels: Make) -> None:
    pods_of(api, redis, master=1)
    keeping = labels()
    until(lambda: all(watcher.said == redis.redis[0].host for watcher in keeping._watchers))
    redis.redis[0].ask("REPLICAOF", redis.redis[1].host, 6379)
    until(lambda: problem(keeping) == "the sentinels name cache-0 as the master, which says slave")
    assert api.written == []


def test_sentinels_that_do_not_agree_move_nothing(api: Api, redis: Replicated, labels: Make) -> None:
    pods_of(api, redis, master=1)
    for sentinel in redis.sentinels[1:]:
        sentinel.process.kill()
    keeping = labels()
    until(lambda: keeping._watchers[0].said == redis.redis[0].host)
    with pytest.raises(
        DatapathError, match="^the sentinels do not agree on the master: they say 127.*, nothing, nothing$"
    ):
        keeping.turn()
    assert api.written == []


def test_a_sentinel_that_comes_back_is_heard_again(api: Api, redis: Replicated, labels: Make) -> None:
    pods_of(api, redis)
    keeping = labels()
    watcher, sentinel = keeping._watchers[0], redis.sentinels[0]
    until(lambda: watcher.said)
    sentinel.kill()
    until(lambda: watcher.said == "")
    sentinel.start()
    until(lambda: watcher.said == redis.redis[0].host)


def test_the_token_is_read_for_each_request(api: Api, redis: Replicated) -> None:
    pods_of(api, redis)
    pods = Pods("apps", environment(api), str(api.account))
    assert pods.read("cache-0")
    api.set_token("second")
    assert pods.read("cache-0")
    (api.account / "token").write_text("first")
    with pytest.raises(JobError, match="^Pod apps/cache-0: GET: the Kubernetes API says 401: Unauthorized$"):
        pods.read("cache-0")


def test_an_api_that_is_away_or_somebody_else_is_told(api: Api, tmp_path: Path) -> None:
    pods = Pods("apps", {**environment(api), "KUBERNETES_SERVICE_PORT": "1"}, str(api.account))
    with pytest.raises(JobError, match="^Pod apps/cache-0: GET: the Kubernetes API does not answer: .*refused$"):
        pods.read("cache-0")
    other = tmp_path / "other"
    other.mkdir()
    Authority(other)
    (other / "token").write_text("first")
    with pytest.raises(JobError, match="the Kubernetes API does not answer: .*certificate verify failed"):
        Pods("apps", environment(api), str(other)).read("cache-0")


def test_outside_of_kubernetes_there_are_no_pods() -> None:
    with pytest.raises(JobError, match="^KUBERNETES_SERVICE_HOST is not set: the keeper is no pod of Kubernetes$"):
        Pods("apps", {})
