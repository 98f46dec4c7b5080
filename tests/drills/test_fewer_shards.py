"""Faults of a change to fewer shards: slots are never where no pod is, and the next run goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import harms
import pytest
from conftest import kubectl
from document import Section
from modules import Module
from places import ask, pods

SECTION = Section(
    "Fewer shards under faults",
    """
A cluster of four shards with a replica each gets three, with 20000 keys. Something bad happens while slots move from
the shard that is to go. Then a run follows, with the new number or with the old one.
""",
    ("what happens", "what is said", "the next run asks for", "what it did", "keys lost"),
)
NAME, NAMESPACE = "ring", "drill-ring"
KEYS = 20000
SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}
MOVES = "moving slots, 1[0-9]+ of"  # more than nothing has moved


def end(run: Module) -> str:
    run.kill()
    return "nothing, it was killed"


def lose_master(run: Module) -> str:
    kubectl("delete", "pod", f"{NAME}-leader-0", "--force", "--grace-period=0", namespace=NAMESPACE)
    return told(run.done()["summary"])


def lose_operator(run: Module) -> str:
    harms.scale_operator(0)
    try:
        return run.refused()
    finally:
        harms.scale_operator(1)


class Case(NamedTuple):
    """harm: does it, returns what the run has said in the end. timeout: of that run. then: shards of the next one."""

    harm: Callable[[Module], str]
    timeout: int = 600
    then: int = 3


CASES = {
    "the run is killed": Case(end),
    "the run is killed, and somebody thinks better of it": Case(end, then=4),
    "a master that stays is deleted by force": Case(lose_master),
    "the operator is away": Case(lose_operator, timeout=90),
}


def begin(shards: int, timeout: int = 600) -> Module:
    config = {"numShards": shards, "replicasPerShard": 1, "antiAffinity": "soft"}
    flavour = {
        "deployment": {"mode": "cluster", "config": config},
        "persistence": {"size": "256Mi"},
        "master": {"resources": SMALL},
    }
    root = {"clusterModeEnabled": True}
    return Module("instance", name=NAME, namespace=NAMESPACE, flavour=flavour, root=root, timeout=timeout, force=True)


def told(summary: list[str]) -> str:
    """What was done beside the change itself, without the ids of nodes."""
    done = (line.partition(" (")[0] for line in summary if not line.startswith("changed:"))
    return "; ".join(line for line in done if "slots" in line or "failover" in line) or "nothing"


def keys() -> int:
    """Of all masters."""
    masters = (pod for pod in pods(NAMESPACE) if ask(NAMESPACE, pod, "ROLE").startswith("master"))
    return sum(int(ask(NAMESPACE, pod, "DBSIZE")) for pod in masters)


@pytest.fixture(scope="module")
def ring(laboratory: None) -> Iterator[None]:
    try:
        begin(4).done()
        script = f"seq {KEYS} | sed 's/.*/SET key:& &/' | redis-cli -c > /dev/null"
        kubectl("exec", f"{NAME}-leader-0", "-c", f"{NAME}-leader", "--", "sh", "-c", script, namespace=NAMESPACE)
        assert keys() == KEYS
        yield
    finally:
        Module("instance", name=NAME, namespace=NAMESPACE, state="absent", delete_data=True).done()
        kubectl("delete", "namespace", NAMESPACE, namespace="default")


@pytest.mark.parametrize("what", CASES)
def test_no_key_is_lost_when(what, ring, record) -> None:
    case = CASES[what]
    begin(4).done()
    run = begin(3, case.timeout)
    run.says(MOVES)
    said = case.harm(run)
    did = told(begin(case.then).done()["summary"])
    print(what, said, did, flush=True)
    assert keys() == KEYS
    assert len(pods(NAMESPACE)) == 2 * case.then
    record(SECTION, what, said, case.then, did, KEYS - keys())
