"""The playbooks as people call them."""

from __future__ import annotations

import json

import pytest

BESIDE = "redis_instances and {} are set; each instance of a list has its own: leave one of the two away"
NEEDED = "redis_name and redis_namespace are needed, for example: -e redis_name=cache -e redis_namespace=apps"


@pytest.mark.parametrize("name", ["deploy", "undeploy", "plan", "render"])
@pytest.mark.parametrize("given", [{}, {"redis_name": "cache"}, {"redis_name": "cache", "redis_namespace": ""}])
def test_a_name_that_is_missing(deploy, cluster, name, given) -> None:
    play = deploy(name, cluster=cluster, **given)
    assert play.code != 0
    assert play.errors == [NEEDED]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"redis_timeout": "soon"}, "redis_timeout: 'soon' cannot be used; allowed: a number of seconds, 1 to 999999"),
        ({"redis_timeout": 0}, "redis_timeout: '0' cannot be used; allowed: a number of seconds, 1 to 999999"),
        ({"redis_state": "gone"}, "redis_state: 'gone' cannot be used; allowed: present or absent"),
        ({"redis_wait": "maybe"}, "redis_wait: 'maybe' cannot be used; allowed: true or false"),
        ({"redis_flavour": ["a"]}, "redis_flavour: its value cannot be used; allowed: a mapping"),
        ({"redis_root": "my-token"}, "redis_root: its value cannot be used; allowed: a mapping"),
        ({"redis_flavor_file": "a.json"}, "redis_flavor_file: unknown variable; known: redis_name, redis_namespace, "),
        (
            {"redis_wait": "maybe", "redis_strict": 2},
            "redis_strict: '2' cannot be used; allowed: true or false\nredis_wait",
        ),
    ],
)
def test_a_variable_that_cannot_be_used(deploy, cluster, given, problem) -> None:
    play = deploy("deploy", cluster=cluster, redis_name="cache", redis_namespace="apps", **given)
    (error,) = play.errors
    assert error.startswith(problem)
    assert "my-token" not in play.output


def test_a_relative_file_is_looked_for_where_the_user_is(deploy, cluster, namespace, tmp_path) -> None:
    (tmp_path / "flavours").mkdir()
    (tmp_path / "flavours" / "small.json").write_text(json.dumps({"persistence": {"size": "5Gi"}}))
    given = {"redis_name": "cache", "redis_namespace": namespace, "redis_wait": False}
    play = deploy("deploy", cluster=cluster, redis_flavour_file="flavours/small.json", **given)
    assert play.code == 0, play.output
    live = cluster.get(f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/cache")
    claim = live["spec"]["storage"]["volumeClaimTemplate"]["spec"]
    assert claim["resources"]["requests"]["storage"] == "5Gi"
    assert f"connect: redis://cache.{namespace}.svc:6379" in play.output

    told = deploy("info", cluster=cluster, redis_namespace=namespace)
    assert f"{namespace}/cache: standalone, 0 of 1 ready" in told.output

    gone = deploy("deploy", cluster=cluster, redis_state="absent", **given)
    assert gone.code == 0, gone.output
    assert "deleted: Redis" in gone.output


def test_a_file_that_is_not_there(deploy, cluster, namespace, tmp_path) -> None:
    given = {"redis_name": "cache", "redis_namespace": namespace, "redis_flavour_file": "no.json"}
    play = deploy("deploy", cluster=cluster, **given)
    assert play.errors == [
        f"{tmp_path}/no.json: cannot be read: No such file or directory; give the path of a JSON or YAML file"
    ]


def test_a_file_that_is_not_json(deploy, cluster, namespace, tmp_path) -> None:
    (tmp_path / "bad.json").write_text('{\n  "persistence": {"size" "5Gi"}\n}\n')
    given = {"redis_name": "cache", "redis_namespace": namespace, "redis_flavour_file": "bad.json"}
    (error,) = deploy("deploy", cluster=cluster, **given).errors
    assert error.startswith("bad.json: line 2, column 26: "), error


def test_one_play_over_a_list(deploy, cluster, namespace, tmp_path) -> None:
    (tmp_path / "small.json").write_text(json.dumps({"persistence": {"size": "5Gi"}}))
    small = {"name": "small", "namespace": namespace, "flavour_file": "small.json"}
    labelled = {"name": "labelled", "namespace": f"{namespace}-2", "labels": {"team": "shop"}}
    given = {"redis_instances": [small, labelled], "redis_wait": False}
    planned = deploy("plan", cluster=cluster, **given)
    assert planned.code == 0, planned.output
    assert "plan: 6 to create, 0 to change, 0 to delete, 0 unchanged" in planned.output

    made = deploy("deploy", cluster=cluster, **given)
    assert made.code == 0, made.output
    assert f'"{namespace}/small       changed    3 created; creates 1 pod with 1 volume of 5Gi"' in made.output
    assert "2 instances: 2 changed; objects: 6 created, 0 changed, 0 deleted, 0 unchanged" in made.output
    live = cluster.get(f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}-2/redis/labelled")
    assert live["metadata"]["labels"]["team"] == "shop"

    since = cluster.position()
    # a survey gives a text
    again = deploy("deploy", cluster=cluster, redis_instances=json.dumps([small, labelled]), redis_wait=False)
    assert again.recap["changed"] == 0, again.output
    assert cluster.writes(since, namespace=namespace) == []

    lost = {"name": "lost", "namespace": namespace, "flavour": {"serviceAccount": "nobody"}}
    failed = deploy("deploy", cluster=cluster, redis_instances=[small, lost, labelled], redis_wait=False)
    assert failed.code != 0
    reason = f"serviceAccount: there is no ServiceAccount {namespace}/nobody; create it first"
    assert failed.errors == [f"{namespace}/lost: {reason}"]
    assert f'"{namespace}/lost        FAILED: {reason}"' in failed.output
    assert "3 instances: 2 unchanged, 1 failed; objects: " in failed.output

    gone = deploy("undeploy", cluster=cluster, **given)
    assert gone.code == 0, gone.output
    assert "2 instances: 2 changed; objects: 0 created, 0 changed, 4 deleted, 0 unchanged" in gone.output
    cluster.delete(f"/api/v1/namespaces/{namespace}-2")


@pytest.mark.parametrize("name", ["deploy", "plan"])
def test_all_that_is_wrong_in_a_list(deploy, cluster, namespace, name) -> None:
    typo = {"name": "typo", "namespace": namespace, "flavour": {"persistence": {"sise": "5Gi"}}}
    missing = {"name": "missing", "namespace": namespace, "flavour_file": "no.json"}
    (error,) = deploy(name, cluster=cluster, redis_instances=[typo, missing]).errors
    assert error.splitlines()[0] == f"{namespace}/typo: persistence.sise: unknown key; did you mean persistence.size?"
    assert error.splitlines()[1].startswith(f"{namespace}/missing: ")


@pytest.mark.parametrize("name", ["deploy", "undeploy", "plan"])
@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"redis_instances": []}, "instances: the list is empty; allowed: one instance or more"),
        ({"redis_instances": [], "redis_name": "cache"}, BESIDE.format("redis_name")),
        (
            {"redis_instances": [{"name": "a", "namespace": "b"}], "redis_root_file": "a", "redis_labels": {"a": "b"}},
            BESIDE.format("redis_labels, redis_root_file"),
        ),
        ({"redis_instances": {"name": "a"}}, "redis_instances: its value cannot be used; allowed: a list of mappings"),
        ({"redis_instances": ""}, NEEDED),
    ],
)
def test_a_list_that_cannot_be_used(deploy, cluster, name, given, problem) -> None:
    assert deploy(name, cluster=cluster, **given).errors == [problem]


def test_render_needs_no_cluster(deploy, cluster, tmp_path) -> None:
    given = {"redis_name": "cache", "redis_namespace": "apps", "redis_render_dir": "rendered"}
    since = cluster.position()
    play = deploy("render", cluster=cluster, K8S_AUTH_HOST="https://127.0.0.1:9", **given)
    assert play.code == 0, play.output
    names = sorted(path.name for path in (tmp_path / "rendered").iterdir())
    assert names == ["10-namespace-apps.yml", "20-configmap-cache-config.yml", "90-redis-cache.yml"]
    agents = {event["userAgent"] for event in cluster.audit(since, namespace="apps")}
    assert agents == set()
    assert deploy("render", cluster=cluster, **given).recap["changed"] == 0


def test_render_asks_for_its_directory(deploy, cluster) -> None:
    play = deploy("render", cluster=cluster, redis_name="cache", redis_namespace="apps")
    assert play.errors == [
        "redis_render_dir is needed, the directory for the files, for example: -e redis_render_dir=rendered"
    ]


def test_a_second_deploy_is_quick_because_it_asks_little(deploy, cluster, namespace) -> None:
    given = {"redis_name": "cache", "redis_namespace": namespace, "redis_wait": False}
    assert deploy("deploy", cluster=cluster, **given).code == 0
    since = cluster.position()
    play = deploy("deploy", cluster=cluster, **given)
    assert play.recap["changed"] == 0
    requests = [event for event in cluster.audit(since) if event["userAgent"] == "eks.redis"]
    mine = [event for event in requests if (event.get("objectRef") or {}).get("namespace") == namespace]
    assert {event["verb"] for event in mine} <= {"get", "list"}
    assert len(mine) < 30
    modules = play.output.count("\nok: [localhost]\n")
    assert modules < 12
