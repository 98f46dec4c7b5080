"""Faults of restores into a cluster: nobody gets at keys as long as they are neither the old nor the new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import harms
import pytest
import telling
from document import Section
from harms import Harm
from places import ask
from target import AGAIN, BACK, NEW, Target

SECTION = Section(
    "Restores of a cluster under faults",
    """
A cluster of three shards without replicas, restored in place as above. Something bad happens when its keys are about to
be exchanged, or while they are. Where the restore is not complete then, no node may give away a key.
""",
    ("what happens", "what is said", "the cluster then holds", "keys lost", "the next run"),
)
SHUT = "nobody gets at keys of the cluster"
NOTHING = "nothing that anybody gets at"


class Case(NamedTuple):
    """says: what must be told. midway: done while keys are exchanged. ends: whether the restore is complete all the
    same. then: what is run before it is run again."""

    says: str
    midway: Harm
    ends: bool = False
    then: tuple[str, ...] = ()


CASES = {
    "the program is killed while keys are exchanged": Case("restored:", harms.kill("python3"), ends=True),
    "the pod of a master is deleted by force while keys are exchanged": Case(
        "restored:", harms.delete_master, ends=True
    ),
    "the Job is deleted while keys are exchanged": Case("run the same again", harms.delete_job),
    "the Job is deleted while keys are exchanged, and it is rolled back": Case(
        "go back with state: rolled_back", harms.delete_job, then=(BACK,)
    ),
}


@pytest.fixture(scope="module")
def target(laboratory: None) -> Iterator[Target]:
    one = Target("wide", "restore", clustered=True)
    try:
        flavour = {"deployment": {"mode": "cluster", "config": {"numShards": 3, "replicasPerShard": 0}}}
        one.deploy(flavour, clusterModeEnabled=True)
        one.fill()
        one.prepare()
        yield one
    finally:
        one.remove()


@pytest.mark.parametrize("what", CASES)
def test_a_cluster_is_restored_as_a_whole_when(what, target, record) -> None:
    case = CASES[what]
    target.have_old()
    target.slow()
    restore = target.begin("restore", set=target.set, force=True)
    restore.says(SHUT)
    case.midway(target)
    result = restore.result()
    print(what, restore.told, result.get("msg"), flush=True)
    says = telling.found(case.says, [str(result.get("msg")), *result.get("summary", ())])
    assert result["failed"] != case.ends, result
    holds, lost = target.holds() if case.ends else (NOTHING, 0)
    assert (holds, lost) == (NEW if case.ends else NOTHING, 0)
    if not case.ends:
        given = [ask(target.namespace, pod, "GET", "data:text:3") for pod in target.redis()]
        assert all(answer.startswith("NOPERM") for answer in given), given
    then = [*case.then, AGAIN]
    for state in then:
        target.restore(state)
    target.recover()
    record(SECTION, what, says, holds, lost, ", then ".join(state.replace("_", " ") for state in then))
    target.tidy()
