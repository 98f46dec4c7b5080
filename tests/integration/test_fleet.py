"""One run over many instances: what is refused, what is reported, what one failure means for the others."""

from __future__ import annotations

import json

import pytest
import runs

REDIS = "/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{}/redis/{}"
TOKEN = "Tr0ub4dor-and-3-more"
ROOT = {"authentication": {"enabled": True, "authToken": TOKEN}}


@pytest.fixture
def fleet(capsys, cluster, namespace):
    """Runs the module for instances of the test's namespace; it does not wait."""

    def run(*instances, **options):
        given = [{"namespace": namespace, **one} for one in instances]
        return runs.module(capsys, "fleet", **{"instances": given, "wait": False, **options})

    return run


def test_deploy_change_and_take_away(fleet, cluster, namespace) -> None:
    names = [f"cache-{number}" for number in range(10)]
    new = [{"name": name} for name in names]
    planned = fleet(*new, check=True)
    since = cluster.position()
    done = fleet(*new)
    # whoever makes the namespace that all share, it is one object
    assert planned["counts"] == done["counts"] == {"created": 21, "changed": 0, "deleted": 0, "unchanged": 0}
    assert len(set(cluster.writes(since, namespace=namespace))) == 21
    assert [(one["name"], one["changed"], one["failed"]) for one in done["instances"]] == [
        (name, True, False) for name in names
    ]
    assert done["instances"][3]["endpoints"] == [{"name": "redis", "host": f"cache-3.{namespace}.svc", "port": 6379}]

    since = cluster.position()
    again = fleet(*new)
    assert not again["changed"]
    assert again["summary"] == [
        *(f"{namespace}/{name}  unchanged" for name in names),
        "10 instances: 10 unchanged; objects: 0 created, 0 changed, 0 deleted, 21 unchanged",
    ]
    assert cluster.writes(since, namespace=namespace) == []

    new[4] = {"name": "cache-4", "flavour": {"master": {"resources": {"limits": {"memory": "3Gi"}}}}}
    changed = fleet(*new, diff=True)
    assert [one["name"] for one in changed["instances"] if one["changed"]] == ["cache-4"]
    assert [entry["after_header"] for entry in changed["diff"]] == [f"Redis {namespace}/cache-4"]
    assert changed["summary"][4].startswith(f"{namespace}/cache-4  changed    1 changed, 2 unchanged; restarts")

    gone = fleet(*new[:2], state="absent", wait=True)
    assert gone["counts"]["deleted"] == 4
    assert not cluster.get(REDIS.format(namespace, "cache-0"))
    assert cluster.get(REDIS.format(namespace, "cache-2"))


def test_all_that_is_wrong_with_any_is_told_before_anything_changes(fleet, cluster, namespace, tmp_path) -> None:
    (tmp_path / "root.yml").write_text("verson: 7.0.15\n")
    since = cluster.position()
    failed = fleet(
        {"name": "good"},
        {"name": "Bad", "flavour": {"persistence": {"sise": "5Gi"}}},
        {"name": "file", "flavour_file": "no.json"},
        {"name": "root", "root_file": "root.yml"},
        {"name": "good"},
        chdir=str(tmp_path),
    )
    assert failed["msg"].splitlines() == [
        f"{namespace}/good: stands 2 times in instances; allowed: once",
        f"{namespace}/Bad: name: 'Bad' is not a name for an instance; allowed: lower case letters, digits and -, "
        "starting with a letter, at most 52 characters (the operator's limit)",
        f"{namespace}/Bad: persistence.sise: unknown key; did you mean persistence.size?",
        f"{namespace}/file: {tmp_path}/no.json: cannot be read: No such file or directory; "
        "give the path of a JSON or YAML file",
        f"{namespace}/root: verson: unknown key; did you mean version? (root.yml:1)",
    ]
    assert "instances" not in failed
    assert cluster.audit(since, namespace=namespace) == []


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_empty_list(fleet, state) -> None:
    assert fleet(state=state)["msg"] == "instances: the list is empty; allowed: one instance or more"


def test_a_name_twice_is_no_way_to_delete_either(fleet, namespace) -> None:
    failed = fleet({"name": "a"}, {"name": "a"}, {"name": "a"}, state="absent")
    assert failed["msg"] == f"{namespace}/a: stands 3 times in instances; allowed: once"


def test_the_same_name_in_two_namespaces_are_two_instances(fleet, namespace) -> None:
    planned = fleet({"name": "a"}, {"name": "a", "namespace": f"{namespace}-2"}, check=True)
    assert planned["counts"]["created"] == 6


def test_what_goes_needs_no_flavour(fleet) -> None:
    assert not fleet({"name": "a", "flavour_file": "/nowhere.json"}, state="absent").get("failed")


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        ({"flavour": {}, "name": "a", "flavour_file": "a.json"}, "mutually exclusive: flavour|flavour_file"),
        ({"flavour": {}}, "missing required arguments: name"),
        ({"name": "a", "flavor": {}}, "instances.flavor"),
    ],
)
def test_options_that_cannot_be(fleet, one, problem) -> None:
    assert problem in fleet(one)["msg"]


def test_warnings_name_their_instance_and_are_errors_when_strict(fleet, namespace) -> None:
    lone = {"name": "lone", "flavour": {"antiAffinity": "required"}}
    warning = f"{namespace}/lone: antiAffinity: has no effect: there is a single Redis pod"
    assert runs.warnings(fleet({"name": "other"}, lone, check=True)) == [warning]
    assert fleet({"name": "other"}, lone, check=True, strict=True)["msg"] == warning
    # what goes needs no flavour; the warnings of all runs in one process add up
    gone = fleet({**lone, "name": "gone"}, state="absent")
    assert not any(one.startswith(f"{namespace}/gone") for one in runs.warnings(gone))


def test_one_that_fails_does_not_stop_the_others(fleet, cluster, namespace) -> None:
    lost = {"name": "lost", "flavour": {"serviceAccount": "nobody", "priorityClassName": "none"}}
    failed = fleet({"name": "a"}, lost, {"name": "b"})
    assert failed["failed"]
    service_account, priority = failed["msg"].splitlines()
    assert service_account == (
        f"{namespace}/lost: serviceAccount: there is no ServiceAccount {namespace}/nobody; create it first"
    )
    assert priority.startswith(f"{namespace}/lost: priorityClassName: there is no PriorityClass none; there are: ")
    assert cluster.get(REDIS.format(namespace, "a"))
    assert cluster.get(REDIS.format(namespace, "b"))
    assert not cluster.get(REDIS.format(namespace, "lost"))
    assert failed["changed"]
    assert [one["failed"] for one in failed["instances"]] == [False, True, False]
    assert failed["summary"][1] == (
        f"{namespace}/lost  FAILED: serviceAccount: there is no ServiceAccount {namespace}/nobody; create it first "
        "(and 1 more)"
    )


def test_one_that_does_not_become_ready_is_reported_as_changed(fleet, namespace) -> None:
    """No operator process runs in this laboratory: nothing ever becomes ready."""
    failed = fleet({"name": "a"}, {"name": "b"}, wait=True, timeout=1)
    assert [line.partition(": ")[0] for line in failed["msg"].splitlines()] == [f"{namespace}/a", f"{namespace}/b"]
    assert failed["changed"]
    assert failed["counts"]["created"] == 5


def test_a_cluster_that_cannot_be_reached_is_told_of_once(fleet) -> None:
    failed = fleet({"name": "a"}, {"name": "b"}, host="https://127.0.0.1:9", kubeconfig=None)
    assert failed["msg"].startswith("cannot reach the Kubernetes API at https://127.0.0.1:9 ")
    assert len(failed["msg"].splitlines()) == 1


@pytest.mark.parametrize(
    "options", [{}, {"state": "absent"}, {"no_such_option": 1}, {"timeout": "soon"}, {"kubeconfig": "/nowhere"}]
)
def test_no_result_holds_a_password(fleet, options) -> None:
    secret = {"name": "a", "root": ROOT}
    misplaced = {"name": "b", "flavour": {"authToken": f"{TOKEN}-2"}}
    for instances in ([secret, {"name": "c"}], [secret, misplaced]):
        assert TOKEN not in json.dumps(fleet(*instances, check=True, diff=True, **options))
