from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.screen import WIDTH
from ansible_collections.eks.redis.plugins.module_utils.engine.security_facts import Around, security
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.engine.status_facts import facts
from ansible_collections.eks.redis.plugins.module_utils.engine.summary import summary

from .guarded import NOW
from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, cron_job, say, view

PROGRAM = "  program  filter eks.redis.client_snippet, or here with -e redis_client=python (node, java, go)"


def told(seen, **other) -> list[str]:
    """Without what is told of security, which is in test_security_lines.py."""
    lines = summary(instance(seen, **other))
    start = next(at for at, line in enumerate(lines) if line.startswith("  security"))
    end = next((at for at, line in enumerate(lines) if line.startswith("  POD ")), len(lines))
    return [*lines[:start], *lines[end:]]


def instance(seen, **other) -> dict:
    guarded = {**security(seen, Around(NOW)), "warnings": []}
    return {**facts(seen), "proven": True, "problem": None, "warnings": [], "security": guarded, **other}


def test_a_single_redis() -> None:
    assert told(view(SINGLE)) == [
        "apps/cache: standalone, 1 of 1 ready, proven, Redis 7.0.15",
        "  image    quay.io/opstree/redis:v7.0.15",
        "  connect  redis://cache.apps.svc:6379",
        PROGRAM,
        "  memory   1.0 MiB of 100.0 MiB (1 %), noeviction",
        "  data     7 keys; last snapshot 2023-11-14T22:13:20Z, 5 changes since; append-only file off",
        "  volumes  1 x 10Gi gp3, Bound",
        "  POD      ROLE    READY  NODE  ZONE  STATE",
        "  cache-0  master  yes    n0    z0    0 replicas",
    ]


def test_sentinels() -> None:
    seen = say(view(SENTINEL), "cache-2", slave_repl_offset="0", master_link_status="down")
    lines = told(seen)
    assert "  connect  sentinel://cache-sentinel.apps.svc:26379 (master group myMaster)" in lines
    assert lines[-7:] == [
        "  POD               ROLE      READY  NODE  ZONE  STATE",
        "  cache-0           master    yes    n0    z0    2 replicas",
        "  cache-1           replica   yes    n1    z1    up: cache-0, 0 B behind",
        "  cache-2           replica   yes    n2    z2    down: cache-0, 1000 B behind",
        "  cache-sentinel-0  sentinel  yes    n1    z1    OK: cache-0, 2 replicas",
        "  cache-sentinel-1  sentinel  yes    n2    z2    OK: cache-0, 2 replicas",
        "  cache-sentinel-2  sentinel  yes    n0    z0    OK: cache-0, 2 replicas",
    ]


def test_replicas_of_a_cluster_stand_below_their_masters() -> None:
    lines = told(view(CLUSTER))
    assert "  cluster  ok, 3 shards, 16384 slots served" in lines
    assert lines[-6:] == [
        "  cache-leader-0    master   yes    n0    z0    1 replica, slots 0-5460",
        "  cache-follower-0  replica  yes    n1    z1    up: cache-leader-0, 0 B behind",
        "  cache-leader-1    master   yes    n1    z1    1 replica, slots 5461-10922",
        "  cache-follower-1  replica  yes    n2    z2    up: cache-leader-1, 0 B behind",
        "  cache-leader-2    master   yes    n2    z2    1 replica, slots 10923-16383",
        "  cache-follower-2  replica  yes    n0    z0    up: cache-leader-2, 0 B behind",
    ]


def test_problem_and_warnings_come_last_and_once() -> None:
    lines = told(view(SINGLE), proven=False, problem="Pod cache-0 fails", warnings=["Pod cache-0 fails", "and so on"])
    assert lines[0].startswith("apps/cache: standalone, 1 of 1 ready, not proven")
    assert lines[-2:] == ["  problem  Pod cache-0 fails", "  warning  and so on"]


def test_how_it_is_guarded_stands_above_the_pods_and_what_is_open_at_the_end() -> None:
    found = instance(view(SINGLE), warnings=["it ends"])
    found["security"]["warnings"] = ["it ends", "connections are not encrypted: set transitEncryption.enabled"]
    lines = summary(found)
    assert lines[6:13] == [
        "  volumes  1 x 10Gi gp3, Bound",
        "  security at rest: 1 x gp3, whether encrypted is not known",
        "  security in transit: not encrypted",
        "  security log-in: no password",
        "  security users: not known",
        "  security network: inside the cluster only; NetworkPolicies may not be read",
        "  security pods: there are none",
    ]
    assert lines[-2:] == [
        "  warning  it ends",
        "  open     connections are not encrypted: set transitEncryption.enabled",
    ]


def test_an_instance_that_nobody_could_ask() -> None:
    lines = told(replace(view(REPLICATED), state=State()), proven=False)
    assert lines[0] == "apps/cache: standalone, 3 of 3 ready, not proven"
    assert not any(line.startswith(("  memory", "  data")) for line in lines)
    assert lines[-1] == "  cache-2  -     yes    n2    z2"


def test_an_instance_without_pods_or_volumes() -> None:
    seen = replace(view(SINGLE), state=State())
    seen.seen.pods.clear()
    seen.seen.claims.clear()
    assert told(seen, proven=False) == [
        "apps/cache: standalone, 0 of 1 ready, not proven",
        "  image    quay.io/opstree/redis:v7.0.15",
        "  connect  redis://cache.apps.svc:6379",
        PROGRAM,
    ]


def test_a_pod_that_does_not_answer_restarts_or_has_no_node() -> None:
    seen = view(REPLICATED)
    seen = replace(seen, state=State({**seen.state.members, "cache-1": Member("cache-1", "x", error="NOAUTH")}))
    pods = seen.seen.pods
    pods["cache-1"]["status"]["containerStatuses"][0]["restartCount"] = 2
    pods["cache-2"]["status"]["conditions"] = []
    del pods["cache-2"]["spec"]["nodeName"]
    assert told(seen)[-2:] == [
        "  cache-1  -        yes, 2 restarts  n1    z1    NOAUTH",
        "  cache-2  replica  no               -     -     up: cache-0, 0 B behind",
    ]


def test_outside_addresses() -> None:
    def service(*hosts: str) -> dict:
        return {"name": "cache-client", "type": "LoadBalancer", "external": list(hosts), "ports": [6379]}

    inside = {**service(), "type": "ClusterIP"}
    assert "  outside  a.elb.example:6379" in told(view(SINGLE), services=[inside, service("a.elb.example")])
    assert "  outside  Service cache-client has no address yet" in told(view(SINGLE), services=[service()])
    assert not any("outside" in line for line in told(view(SINGLE), services=[inside]))


def test_lines_fit_a_screen() -> None:
    seen = view(CLUSTER)
    for pod in seen.seen.pods.values():
        pod["spec"]["nodeName"] = "ip-10-0-123-234.eu-central-1.compute.internal"
    pods = facts(seen)["pods"]
    for pod in pods:
        pod["name"] += "-of-an-instance-with-a-long-name"
    lines = told(seen, pods=pods, warnings=["word " * 60])
    assert max(map(len, lines)) <= WIDTH
    assert any(line.endswith("…") for line in lines)
    assert any("  ip-10-0-123-234  " in line for line in lines)
    assert "           word word" in lines[-1]


def test_what_is_copied_is_never_cut() -> None:
    host = f"{'x' * 120}.svc"
    (line,) = (line for line in told(view(SINGLE), endpoints=[{"name": "redis", "host": host, "port": 6379}])
               if "connect" in line)  # fmt: skip
    assert line == f"  connect  redis://{host}:6379"


@pytest.mark.parametrize(
    ("used", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1536, "1.5 KiB"),
        (5 << 20, "5.0 MiB"),
        (3 << 30, "3.0 GiB"),
        (7 << 40, "7.0 TiB"),
    ],
)
def test_bytes(used, text) -> None:
    memory = {"used": used, "maximum": None, "percentage": None, "policy": "noeviction"}
    assert f"  memory   {text}, no limit, noeviction" in told(view(SINGLE), memory=memory)


def test_what_redis_does_with_its_data() -> None:
    state = {"loading": True, "aof": True, "last_snapshot": None, "changes_since_snapshot": 1}
    assert "  data     1 key; no snapshot since the start, 1 changes since; append-only file on, loading" in told(
        view(SINGLE), keys=1, persistence=state
    )


def test_backups() -> None:
    test = cron_job(lastSuccessfulTime="2026-11-29T05:00:31Z")
    test["metadata"] = {
        "name": "cache-restore-test",
        "labels": {**test["metadata"]["labels"], "app.kubernetes.io/component": "restore-test"},
    }
    lines = told(replace(view(SINGLE), cron_jobs=[cron_job(active=[{"name": "a"}]), test]))
    assert lines[7:9] == [
        "  backup   last success none yet, one runs now; 0 2 * * * (UTC)",
        "  tested   last success 2026-11-29T05:00:31Z; 0 2 * * * (UTC)",
    ]
