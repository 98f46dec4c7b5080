from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Pod
from ansible_collections.eks.redis.plugins.module_utils.engine import restore_target
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View

from ..topology.made import PASSWORD, shaped_objects
from .views import CLUSTER, SENTINEL, SINGLE, applied, say, view

BACKED: dict[str, Any] = {
    "backup": {"enabled": True, "s3Bucket": "backups", "s3Region": "eu-west-1", "image": "registry.example/toolbox:v1"}
}
CRON_JOB = applied(shaped_objects("sentinel", BACKED, PASSWORD)["CronJob cache-backup"])
ACCOUNT = {"kind": "ServiceAccount", "metadata": {"name": "cache-backup"}}
CONFIG = '# a comment\nsave ""\nmin-slaves-to-write 1\nmin-replicas-max-lag 3\nrepl-diskless-load swapdb\n'


class Api:
    session = SimpleNamespace(server="https://prod")

    def __init__(self, *objects: dict[str, Any], config: str = "") -> None:
        self.objects = {(one["kind"], one["metadata"]["name"]): one for one in objects}
        self.objects["ConfigMap", "cache-config"] = {"data": {"redis-additional.conf": config}}

    def get(self, kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        assert namespace == "apps"
        return self.objects.get((kind, name))


def find(monkeypatch: pytest.MonkeyPatch, api: Api, flavour: Any = ..., **given: str) -> restore_target.Found:
    flavours = [SENTINEL if flavour is ... else flavour] if flavour is not None else []
    monkeypatch.setattr(restore_target, "views", lambda *_words: [view(one) for one in flavours])
    return restore_target.find(api, "apps", "cache", given)  # type: ignore[arg-type]


def test_its_own_backups_say_where_its_sets_are_and_by_whom(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find(monkeypatch, Api(CRON_JOB, ACCOUNT))
    assert (found.settings.store.bucket, found.settings.store.region) == ("backups", "eu-west-1")
    assert found.instance.flavour.backup.image == "registry.example/toolbox:v1"
    assert found.instance.flavour.backup.service_account == "cache-backup"


def test_without_backups_the_options_say_it(monkeypatch: pytest.MonkeyPatch) -> None:
    account = {"kind": "ServiceAccount", "metadata": {"name": "restorer"}}
    given = {"bucket": "others", "region": "us-west-2", "prefix": "team", "service_account": "restorer", "image": ""}
    found = find(monkeypatch, Api(account), **given)
    store = found.settings.store
    assert (store.bucket, store.region, store.prefix) == ("others", "us-west-2", "team")
    assert found.settings.hosts == found.view.plan.hosts
    assert found.instance.flavour.backup.service_account == "restorer"
    assert found.instance.flavour.backup.image == "quay.io/eks-redis/toolbox:v1"


def looked_at(monkeypatch: pytest.MonkeyPatch, *seen: View) -> restore_target.Found:
    """seen: what is there, one look after the other."""
    left = list(seen)
    monkeypatch.setattr(restore_target, "views", lambda *_words: [left.pop(0)])
    found = restore_target.find(Api(CRON_JOB, ACCOUNT), "apps", "cache", {})  # type: ignore[arg-type]
    assert left == []
    return found


def test_what_passes_by_itself_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    well = view(SENTINEL)
    assert looked_at(monkeypatch, say(well, "cache-1", master_link_status="down"), well).view is well
    assert looked_at(monkeypatch, silenced(well, "no answer from 10.0.0.2:6379"), well).view is well


def silenced(seen: View, error: str) -> View:
    members = seen.state.members
    silent = replace(members["cache-2"], info={}, error=error)
    return replace(seen, state=replace(seen.state, members={**members, "cache-2": silent}))


def test_nothing_is_waited_for_where_it_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    ill = say(view(SENTINEL), "cache-1", master_link_status="down")
    refused = silenced(ill, "Could not connect to Redis at 10.0.0.2:6379: Connection refused")
    assert looked_at(monkeypatch, refused).view is refused
    # in the middle of a restore, which is gone on with
    monkeypatch.setattr(restore_target.pause, "is_ours", lambda _live: True)
    assert looked_at(monkeypatch, ill).view is ill


@pytest.mark.parametrize(
    ("api", "flavour", "given", "message"),
    [
        (Api(), None, {}, "^there is no instance apps/cache in the cluster at https://prod; deploy it first, empty"),
        (
            Api(),
            SINGLE,
            {},
            "^instance apps/cache has no backups, so the bucket is not known: name it with",
        ),
        (
            Api({**CRON_JOB, "metadata": {**CRON_JOB["metadata"], "managedFields": []}}),
            SINGLE,
            {},
            "^instance apps/cache has no backups",
        ),
        (Api(CRON_JOB), SINGLE, {}, "^there is no ServiceAccount apps/cache-backup by which the job is let into"),
        (Api(), SINGLE, {"bucket": "b", "service_account": "own"}, "^there is no ServiceAccount apps/own by which"),
    ],
)
def test_what_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, api: Api, flavour: Any, given: dict[str, str], message: str
) -> None:
    with pytest.raises(EngineError, match=message):
        find(monkeypatch, api, flavour, **given)


def test_the_target_is_all_pods_by_their_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    target = find(monkeypatch, Api(CRON_JOB, ACCOUNT)).target()
    assert target.redis[0] == Pod("cache-0", "10.0.0.0", 6379)
    assert [pod.port for pod in target.sentinels] == [26379] * 3
    assert (target.group, target.down_after) == ("myMaster", 5000)
    cluster = find(monkeypatch, Api(CRON_JOB, ACCOUNT), CLUSTER).target()
    assert len(cluster.redis) == 6
    assert (cluster.sentinels, cluster.group, cluster.down_after) == ((), "", 0)


def test_a_pod_without_an_address_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find(monkeypatch, Api(CRON_JOB, ACCOUNT))
    del found.view.seen.pods["cache-1"]["status"]["podIP"]
    del found.view.seen.pods["cache-2"]
    assert [pod.name for pod in found.target().redis] == ["cache-0"]


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        (
            "",
            {
                "min-replicas-to-write": "0",
                "min-replicas-max-lag": "10",
                "repl-diskless-load": "disabled",
                "repl-diskless-sync-delay": "5",
            },
        ),
        (
            CONFIG,
            {
                "min-replicas-to-write": "1",
                "min-replicas-max-lag": "3",
                "repl-diskless-load": "swapdb",
                "repl-diskless-sync-delay": "5",
            },
        ),
    ],
)
def test_what_is_put_back_is_what_the_configuration_says(
    monkeypatch: pytest.MonkeyPatch, config: str, settings: dict[str, str]
) -> None:
    assert find(monkeypatch, Api(CRON_JOB, ACCOUNT, config=config)).target().settings == settings


DF = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/nvme1n1 1016580 2520 997676 1% /data\n"


@pytest.mark.parametrize(
    ("flavour", "said", "free"),
    [
        (SENTINEL, Output(0, DF, ""), {"cache-0": 997676 * 1024}),
        (CLUSTER, Output(0, DF, ""), {f"cache-leader-{number}": 997676 * 1024 for number in range(3)}),
        (SENTINEL, Output(127, "", "df: not found"), {}),
        (SENTINEL, Output(0, "something else\n", ""), {}),
    ],
)
def test_what_is_left_on_the_volumes_of_masters_is_asked(
    monkeypatch: pytest.MonkeyPatch, flavour: Any, said: Output, free: dict[str, int]
) -> None:
    asked: list[tuple[str, str]] = []

    def execute(_api: Any, _namespace: str, pod: str, container: str, words: list[str]) -> Output:
        asked.append((pod, container))
        assert words == ["df", "-Pk", "/data"]
        return said

    monkeypatch.setattr(restore_target, "execute", execute)
    seen = view(flavour)
    assert restore_target.free(None, seen) == free  # type: ignore[arg-type]
    assert asked == [(one.pod, seen.plan.redis_of(one.pod).container) for one in seen.state.masters]


def test_without_volumes_nothing_is_asked() -> None:
    assert restore_target.free(None, view({"persistence": {"enabled": False}})) == {}  # type: ignore[arg-type]
