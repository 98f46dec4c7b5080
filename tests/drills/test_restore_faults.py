"""Faults of restores: the instance holds its old data or all of the new, it is told which, and the next run ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import harms
import pytest
import spoiling
import telling
from backed_up import BACKUPS
from document import Section
from harms import Harm, s3
from harms import s3_of_its_set as of_its_set
from shelf import Shelf
from target import AGAIN, BACK, NEW, OLD, Target

SECTION = Section(
    "Restores under faults",
    """
A sentinel instance with one replica and 42 MB of data is restored in place by `eks.redis.restore`, with force and a
safety set, and something bad happens: to the set, to S3, or at a step of the restore, which is made to take some
seconds. What the instance then holds is read at its master, key by key: the old data, or the new. Then the same is run
again, which has to bring all of the new data; or it is rolled back first, which has to bring all of the old. No set
that has a manifest may lack anything. A set that is spoilt is also given to the restore test: none is then verified.
""",
    ("what happens", "what is said", "the instance then holds", "keys lost", "the next run"),
)
# what the module tells when a step begins
FETCH, CLOSED, SAVED, SNAPSHOT = r": 1 file,", "refuses writes", "put aside: set", "holds the new data"
SLOW_FETCH = of_its_set("GetObject", delay=4.0)


class Case(NamedTuple):
    """says: what must be told. holds: what the instance has then, "" for either. before: done before; at, midway: the
    step, and what is done then. ends: whether the restore is complete all the same. then: what is run before it is run
    again.
    """

    says: str
    holds: str = OLD
    before: Harm = harms.nothing
    at: str = ""
    midway: Harm = harms.nothing
    ends: bool = False
    then: tuple[str, ...] = ()


DELETE_JOB = harms.delete_job
STEPS = {
    "the program is killed while it fetches": Case(
        "restored:", NEW, SLOW_FETCH, FETCH, harms.kill("python3"), ends=True
    ),
    "the program is killed while the old data is put aside": Case(
        "restored:", NEW, at=CLOSED, midway=harms.kill("python3"), ends=True
    ),
    "the program is killed while the data is exchanged": Case(
        "restored:", NEW, at=SAVED, midway=harms.kill("python3"), ends=True
    ),
    "the program is killed while the snapshot is written": Case(
        "restored:", NEW, at=SNAPSHOT, midway=harms.kill("python3"), ends=True
    ),
    "the Job's pod is deleted by force while the data is exchanged": Case(
        "restored:", NEW, at=SAVED, midway=harms.delete_job_pod, ends=True
    ),
    "the Job is deleted while it fetches": Case("run the same again", OLD, SLOW_FETCH, FETCH, DELETE_JOB),
    "the Job is deleted while the old data is put aside": Case("run the same again", OLD, at=CLOSED, midway=DELETE_JOB),
    "the Job is deleted while the data is exchanged": Case("run the same again", "", at=SAVED, midway=DELETE_JOB),
    "the Job is deleted while the data is exchanged, and it is rolled back": Case(
        "go back with state: rolled_back", "", at=SAVED, midway=DELETE_JOB, then=(BACK,)
    ),
    "the Job is deleted while the snapshot is written, and it is rolled back": Case(
        "go back with state: rolled_back", NEW, at=SNAPSHOT, midway=DELETE_JOB, then=(BACK,)
    ),
}
S3 = {
    "S3 fails for a moment": Case(
        "restored:", NEW, of_its_set("GetObject", "InternalError", status=500, times=3), ends=True
    ),
    "S3 is slow": Case("restored:", NEW, SLOW_FETCH, ends=True),
    "the role may not read": Case("AccessDenied", before=of_its_set("GetObject", "AccessDenied")),
    "the role may not write the safety set": Case("AccessDenied", before=s3("CreateMultipartUpload", "AccessDenied")),
    "the object arrives altered": Case("is not what was written", before=of_its_set("GetObject", garbled=True)),
}
PODS = {
    "the scratch disk is full": Case("No space left", OLD, at="created: Job", midway=harms.shrink_scratch),
    "the master's volume is full": Case("is its volume full", NEW, at=CLOSED, midway=harms.fill_volume),
    "the loader is killed while the old data is put aside": Case(
        "the loader", at=CLOSED, midway=harms.kill("redis-server")
    ),
    "the loader is killed while the data is exchanged": Case(
        "the loader", "", at=SAVED, midway=harms.kill("redis-server")
    ),
    "the master is killed while the old data is put aside": Case("", "", at=CLOSED, midway=harms.kill_master),
    "the master's pod is deleted by force while the data is exchanged": Case(
        "", "", at=SAVED, midway=harms.delete_master
    ),
    # the Job gives it up after three minutes
    "the replica's pod is deleted by force while the data is exchanged": Case(
        "run the same again", NEW, at=SAVED, midway=harms.delete_replica
    ),
    "the master hangs for 15 s while the data is exchanged": Case(
        "restored:", NEW, at=SAVED, midway=harms.hang_master_for_a_while, ends=True
    ),
    "the job has another password than Redis": Case("password", before=harms.wrong_password),
    "the operator is down": Case("restored:", NEW, harms.stop_operator, ends=True),
    "the Job's node is cut off for 75 s": Case(
        "restored:", NEW, harms.only_a_free_node, SAVED, harms.cut_job_node, ends=True
    ),
}
CASES = {**STEPS, **S3, **PODS}
SPOILT_SETS: dict[str, tuple[Callable[[Shelf, str], None], str]] = {
    "an object of the set is truncated": (spoiling.truncate, "bytes instead of"),
    "an object of the set is altered": (spoiling.alter, "is not what was written: its SHA-256"),
    "an object of the set is missing": (spoiling.lose, "is missing"),
    "the RDB is torn, and sealed as if it were whole": (spoiling.tear, "cannot be loaded"),
    "the manifest is missing": (spoiling.lose_manifest, "it has no manifest"),
    "the manifest is torn": (spoiling.tear_manifest, "manifest"),
    "the manifest is of another instance": (spoiling.swap_owner, "it is of instance"),
}


@pytest.fixture(scope="module")
def target(laboratory: None) -> Iterator[Target]:
    one = Target("back", "restore")
    try:
        one.deploy(
            {
                "deployment": {"mode": "sentinel", "config": {"replica": {"count": 1}}},
                "backup": {**BACKUPS, "restoreTest": {"enabled": True}},
            }
        )
        one.fill()
        one.prepare()
        yield one
    finally:
        one.remove()


@pytest.mark.parametrize("what", CASES)
def test_a_restore_ends_with_old_or_new_data_when(what, target, record) -> None:
    case = CASES[what]
    target.have_old()
    with target.healed():
        case.before(target)
        if case.at:
            target.slow()
        restore = target.begin("restore", set=target.set, force=True)
        if case.at:
            restore.says(case.at)
            case.midway(target)
        result = restore.result()
        holds, lost = target.holds()
    print(what, holds, lost, restore.told, result.get("msg"), flush=True)
    says = telling.found(case.says, [str(result.get("msg")), *result.get("summary", ())])
    assert (holds, lost) == (case.holds or holds, 0)
    assert result["failed"] != case.ends, result
    then = [*case.then, AGAIN]
    for state in then:
        target.restore(state)
    target.recover()
    record(SECTION, what, says, holds, lost, ", then ".join(state.replace("_", " ") for state in then))
    target.tidy()


@pytest.mark.parametrize("what", SPOILT_SETS)
def test_a_set_is_refused_when(what, target, record) -> None:
    spoil, reason = SPOILT_SETS[what]
    target.have_old()
    target.shelf.copy(target.set, target.spoilt)
    spoil(target.shelf, target.spoilt)
    refused = target.begin("restore", set=target.spoilt, force=True).refused()
    print(what, refused, flush=True)
    says = telling.found(reason, [refused])
    holds, lost = target.holds()
    assert (holds, lost) == (OLD, 0)
    tested = target.test_set(target.spoilt)
    assert not tested["verified"] and tested["reason"], tested
    target.restore(AGAIN)
    record(SECTION, what, says, holds, lost, AGAIN)
    target.tidy()
