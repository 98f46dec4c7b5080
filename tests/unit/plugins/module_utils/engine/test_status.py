"""Many instances, few requests; how an answer is put together is in test_status_facts.py and its neighbours."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import security
from ansible_collections.eks.redis.plugins.module_utils.engine import status as module
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output
from ansible_collections.eks.redis.plugins.module_utils.engine.kinds import KINDS
from ansible_collections.eks.redis.plugins.module_utils.engine.status import status

from .views import NODES, REPLICATED, SENTINEL, SINGLE, view


class Cluster:
    """Answers ``list`` from instances in namespaces; refused: kinds that may not be listed."""

    def __init__(self, instances: dict[str, dict], refused: tuple[str, ...] = ()) -> None:
        self.refused, self.asked = refused, Counter()
        self.views = {namespace: view(flavour) for namespace, flavour in instances.items()}

    def map(self, function, items):
        return [function(item) for item in items]

    def list(self, kind: str, namespace: str | None = None, **_selectors: str) -> list[dict]:
        self.asked[kind] += 1
        if kind in self.refused:
            raise ApiError(f"may not list {KINDS[kind].plural}", 403, {})
        if kind == "Node":
            return list(NODES.values())
        return [
            self._labelled(kind, at, live)
            for at, seen in self.views.items()
            if namespace in (None, at)
            for live in self._lives(kind, seen)
        ]

    def get(self, kind: str, name: str, namespace: str | None = None) -> None:
        self.asked[f"{kind} {name}"] += 1

    def _lives(self, kind: str, seen) -> list[dict]:
        parts = {"StatefulSet": "statefulsets", "Pod": "pods", "PersistentVolumeClaim": "claims"}
        if kind in parts:
            return list(getattr(seen.seen, parts[kind]).values())
        return [seen.resources[kind]] if kind in seen.resources else []

    def _labelled(self, kind: str, namespace: str, live: dict) -> dict:
        labels = {**(live["metadata"].get("labels") or {}), "app.kubernetes.io/instance": "cache"}
        return {**live, "kind": kind, "metadata": {**live["metadata"], "namespace": namespace, "labels": labels}}


@pytest.fixture
def surveyed(monkeypatch) -> Counter:
    """Redis says what it says in a healthy instance."""
    asked: Counter = Counter()

    def survey(plan, seen):
        asked[seen.namespace] += 1
        return next(one.state for one in seen.api.views.values() if one.plan.mode == plan.mode)

    monkeypatch.setattr(module, "survey", survey)
    monkeypatch.setattr(security, "execute", lambda *_words: Output(0, "user default on nopass ~* &* +@all\n", ""))
    return asked


def test_one_round_of_lists_and_one_question_for_each_instance(surveyed) -> None:
    cluster = Cluster({"b": SENTINEL, "a": SINGLE})
    found = status(cluster)
    assert [(one["namespace"], one["mode"], one["proven"], one["problem"]) for one in found] == [
        ("a", "standalone", True, None),
        ("b", "sentinel", True, None),
    ]
    assert [len(one["pods"]) for one in found] == [1, 6]
    assert set(cluster.asked.values()) == {1}
    assert len(cluster.asked) == 15 + len(("Namespace a", "Namespace b"))
    assert surveyed == {"a": 1, "b": 1}


def test_how_it_is_guarded_and_how_a_client_connects(surveyed) -> None:
    (found,) = status(Cluster({"a": SINGLE}))
    assert found["security"]["users"] == [
        {"name": "default", "on": True, "password": False, "everything": True, "rules": "~* &* +@all"}
    ]
    assert "Redis asks for no password: set authentication.enabled" in found["security"]["warnings"]
    # what does no harm by itself is open, and nobody is warned of it
    assert found["warnings"] == []
    assert found["client"]["flavour"]["deployment"]["mode"] == "standalone"


def test_nothing_there(surveyed) -> None:
    assert status(Cluster({})) == []
    assert not surveyed


def test_a_replication_beside_a_sentinel_of_another_namespace_is_not_its(surveyed) -> None:
    found = status(Cluster({"a": REPLICATED, "b": SENTINEL}))
    assert [one["mode"] for one in found] == ["standalone", "sentinel"]


def test_custom_resources_that_others_applied(surveyed) -> None:
    cluster = Cluster({"a": SINGLE})
    cluster.views["a"].head["metadata"]["managedFields"][0]["manager"] = "argocd"
    assert status(cluster) == []


@pytest.mark.parametrize("name", ["cache", "other"])
def test_one_name(surveyed, name) -> None:
    assert [one["name"] for one in status(Cluster({"a": SINGLE}), name=name)] == (["cache"] if name == "cache" else [])


def test_who_may_not_list_nodes_budgets_and_cronjobs_is_told_the_rest(surveyed) -> None:
    (found,) = status(Cluster({"a": REPLICATED}, refused=("Node", "PodDisruptionBudget", "CronJob")))
    assert {pod["zone"] for pod in found["pods"]} == {None}
    assert (found["proven"], found["budgets"], found["backups"], found["warnings"]) == (True, [], [], [])


def test_who_may_not_list_pods_is_told_so(surveyed) -> None:
    with pytest.raises(ApiError, match="may not list pods"):
        status(Cluster({"a": SINGLE}, refused=("Pod",)))


def test_who_may_not_run_commands_is_told_what_kubernetes_says(monkeypatch) -> None:
    def refused(plan, seen):
        raise Unanswered("Pod a/cache-0: user dev may not create pods/exec in namespace a")

    monkeypatch.setattr(module, "survey", refused)
    (found,) = status(Cluster({"a": SINGLE}))
    assert (found["ready"], found["proven"], found["problem"]) == (1, False, None)
    assert found["warnings"] == [
        "Redis could not be asked: Pod a/cache-0: user dev may not create pods/exec in namespace a"
    ]


def test_pods_that_are_ready_prove_nothing(surveyed) -> None:
    cluster = Cluster({"a": REPLICATED})
    cluster.views["a"].state.members["cache-1"].info["master_link_status"] = "down"
    (found,) = status(cluster)
    assert (found["ready"], found["proven"]) == (3, False)
    assert found["problem"] == found["warnings"][0] == "Pod cache-1: its link to the master is down"


def test_a_statefulset_that_is_missing(surveyed) -> None:
    cluster = Cluster({"a": SENTINEL})
    del cluster.views["a"].seen.statefulsets["cache-sentinel"]
    (found,) = status(cluster)
    assert found["problem"] == "StatefulSet cache-sentinel does not exist: the operator has not made it"


def test_a_pod_that_is_not_ready(surveyed, monkeypatch) -> None:
    told = {}

    def trouble(api, namespace, kind, name, pods):
        told.update(namespace=namespace, kind=kind, name=name, pods=len(pods))
        return "Pod cache-sentinel-1 is in phase Pending"

    monkeypatch.setattr(module, "workload_trouble", trouble)
    cluster = Cluster({"a": SENTINEL})
    cluster.views["a"].seen.pods["cache-sentinel-1"]["status"]["conditions"] = []
    (found,) = status(cluster)
    assert (found["ready"], found["problem"]) == (5, "Pod cache-sentinel-1 is in phase Pending")
    assert told == {"namespace": "a", "kind": "StatefulSet", "name": "cache-sentinel", "pods": 3}
