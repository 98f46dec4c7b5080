"""Faults of backups: what is there is whole or no set, nothing is lost, it is told, and the next backup is good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import harms
import pytest
import telling
from backed_up import BackedUp
from conftest import kubectl
from document import Section
from harms import Harm, s3
from places import eventually

SECTION = Section(
    "Backups under faults",
    """
A sentinel instance with one replica and 42 MB of data is backed up by `eks.redis.backup`, and something bad happens:
in the middle of the copy, which is made to take some seconds, when a part of it is in the bucket; or from the beginning
on. Processes are killed and stopped by the machine that they run on, S3's answers are those of its stand-in. What is
said stands as the module says it, with names and addresses left out. A set counts as whole where it has a manifest; all
of its files are then read and hashed. Afterwards all keys are read at the instance, and it is backed up once more.
""",
    ("what happens", "what is said", "sets of this run", "keys lost", "the next backup"),
)
# what it tells of a copy that is begun anew, of a pod that is replaced, and at its end
AGAIN = "failed, and tried again: "
FAILED, MADE = "failed, try 1 of 2", "made: set"


class Case(NamedTuple):
    """says: what must be told, each by a line of its own. before: done before the backup begins; midway: in the middle
    of its copy. whole, left: how many sets it leaves behind that are whole, and how many that are none.
    """

    says: tuple[str, ...]
    before: Harm = harms.nothing
    midway: Harm | None = None
    whole: int = 1
    left: int = 0


CASES = {
    "redis-cli is killed": Case((f"{AGAIN}.*redis-cli", MADE), midway=harms.kill("redis-cli")),
    "the program of the Job is killed": Case((FAILED, MADE), midway=harms.kill("python3")),
    "the Job's pod is deleted by force": Case((MADE,), midway=harms.delete_job_pod),
    "the Job is deleted": Case(("is gone: somebody has deleted it",), midway=harms.delete_job, whole=0),
    "the pod that is copied is deleted by force": Case(
        (f"{AGAIN}.*broke the copy off", MADE), midway=harms.delete_replica
    ),
    "the Redis that is copied is killed": Case((f"{AGAIN}.*broke the copy off", MADE), midway=harms.kill_replica),
    "the Redis that is copied hangs": Case((AGAIN, MADE), midway=harms.hang_replica),
    "the master's pod is deleted by force while its replica is copied": Case((AGAIN, MADE), midway=harms.delete_master),
    "the replica becomes the master while it is copied": Case((AGAIN, MADE), midway=harms.fail_over),
    "another backup runs beside it": Case((MADE,), midway=harms.another_backup, whole=2),
    "S3 is busy for a moment": Case((MADE,), before=s3("UploadPart", "Throttling", times=4)),
    "S3 fails for a moment": Case((MADE,), before=s3("", "InternalError", status=500, times=3)),
    "S3 is slow": Case((MADE,), before=s3("UploadPart", delay=4.0)),
    "S3 fails for as long as it is tried": Case(
        ("S3 failed each time",), midway=s3("UploadPart", "InternalError", status=500), whole=0
    ),
    "S3 does not answer to the manifest": Case(
        ("manifest.json: InternalError",), before=s3("PutObject", "InternalError", status=500), whole=0, left=2
    ),
    "the role may not write": Case(("AccessDenied",), before=s3("CreateMultipartUpload", "AccessDenied"), whole=0),
    "the role may not write any more": Case(("AccessDenied",), midway=s3("UploadPart", "AccessDenied"), whole=0),
    "the credentials expire": Case(("credentials of the job have expired",), midway=s3("", "ExpiredToken"), whole=0),
    "the clock of the node is wrong": Case(
        ("the clock of the node is wrong",), before=s3("", "RequestTimeTooSkewed", status=403), whole=0
    ),
    "the bucket is gone": Case(("there is no such bucket",), before=s3("", "NoSuchBucket", status=404), whole=0),
    "a part arrives with another checksum": Case(("BadDigest",), before=s3("UploadPart", garbled=True), whole=0),
    "the job has another password than Redis": Case(
        ("the password of the job is not the one of the instance",), before=harms.wrong_password, whole=0
    ),
    "the operator is down": Case((MADE,), before=harms.stop_operator),
    "the Job's node is cut off for 75 s": Case((AGAIN, MADE), before=harms.only_a_free_node, midway=harms.cut_job_node),
}


@pytest.fixture(scope="module")
def source(laboratory: None) -> Iterator[BackedUp]:
    one = BackedUp("faults", "backup")
    try:
        one.deploy({"deployment": {"mode": "sentinel", "config": {"replica": {"count": 1}}}})
        one.fill()
        # a Job makes three tries, which say the same; two are enough to see
        patch = '{"spec": {"jobTemplate": {"spec": {"backoffLimit": 1}}}}'
        kubectl("patch", "cronjob", "faults-backup", "--type=merge", f"--patch={patch}", namespace=one.namespace)
        yield one
    finally:
        one.remove()


@pytest.mark.parametrize("what", CASES)
def test_a_backup_is_whole_or_none_when(what, source, record) -> None:
    case = CASES[what]
    data, sets = source.dataset("read"), source.shelf.files()
    with source.healed():
        case.before(source)
        if case.midway:
            source.slow()
        backup = source.begin("backup")
        if case.midway:
            eventually(lambda: source.shelf.has_a_part() or backup.ended)
            assert not backup.ended, backup.text
            case.midway(source)
        result = backup.result()
    source.recover()
    print(what, backup.told, result.get("msg"), flush=True)
    lines = [str(result.get("msg")), *backup.told, *result.get("summary", ())]
    says = "; ".join(telling.found(each, lines) for each in case.says)

    new = [name for name in source.shelf.files() if name not in sets]
    whole = [name for name in source.shelf.claims() if name not in sets]
    left = [name for name in new if name not in whole]
    assert [doubt for name in whole if (doubt := source.shelf.doubts(name))] == []
    assert (len(whole), len(left), result["failed"]) == (case.whole, case.left, not case.whole), new
    lost = source.lost(data)
    assert lost == 0
    source.shelf.forget_uploads()

    again = source.run("backup")
    assert source.shelf.doubts(again["set"]) == "" and again["keys"] == source.keys(), again
    record(SECTION, what, says, telling.counted({"whole": whole, "not whole": left}), lost, "whole")
    for name in list(source.shelf.files())[:-1]:
        source.shelf.remove(name)
