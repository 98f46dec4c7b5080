"""Faults of backups: what is there is whole or no set, nothing is lost, it is told, and the next backup is good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import insides
import pytest
from backed_up import BackedUp
from conftest import kubectl
from document import Section
from places import eventually

SECTION = Section(
    "Backups under faults",
    """
A sentinel instance with one replica and 46 MB is backed up by `eks.redis.backup`, and something bad happens. Where it
does in the middle of the copy, that is made to take some seconds, and a part of it is in the bucket. What it says is
shortened. A set counts as whole where it has a manifest; each was then read and hashed. Afterwards all keys are read at
the instance, and it is backed up once more.
""",
    ("what happens", "it says", "sets of this run", "keys lost", "the next backup"),
)
LONGEST = 230  # characters of what it says
NAMES = re.compile(r"\b(\d{8}T\d{6}Z-\w{4}|faults-backup-\w{8}(-\w{5})?|drill-\d+-|arn:\S+)")


def nothing(_source: BackedUp) -> None:
    pass


Harm = Callable[[BackedUp], None]


class Case(NamedTuple):
    """says: what must be told. before: done before the backup begins; midway: in the middle of its copy. made: how many
    whole sets there are then; left: how many that are no sets. again: tries that a Job makes."""

    says: str
    before: Harm = nothing
    midway: Harm | None = None
    made: int = 1
    left: int = 0


def s3(operation: str, code: str = "", **more: object) -> Harm:
    return lambda source: source.shelf.fail(operation, code, **more)


def kill(program: str) -> Harm:
    return lambda source: insides.kill(source.programs(source.job_pod("backup"), program))


def source_pod(source: BackedUp) -> str:
    """The one that is copied: the replica."""
    return next(pod for pod in source.redis() if pod != source.master())


def delete_source(source: BackedUp) -> None:
    kubectl("delete", "pod", source_pod(source), "--force", "--grace-period=0", namespace=source.namespace)


CASES = {
    "redis-cli is killed": Case("failed, and tried again: .*", midway=kill("redis-cli")),
    "the pod that is copied is deleted by force": Case("failed, and tried again: .*", midway=delete_source),
    "the program of the Job is killed": Case("set .*", midway=kill("python3")),
    "S3 is busy for a moment": Case("made: set", before=s3("UploadPart", "Throttling", times=4)),
    "the role may not write any more": Case("AccessDenied: .*", before=s3("UploadPart", "AccessDenied"), made=0),
}


@pytest.fixture(scope="module")
def source(laboratory: None) -> Iterator[BackedUp]:
    one = BackedUp("faults", "sentinel", "faults-sentinel")
    try:
        one.deploy({"deployment": {"mode": "sentinel", "config": {"replica": {"count": 1}}}})
        one.fill()
        # a Job that fails is tried three times; here the first try says it all
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
    told = said(backup.text)
    found = re.search(case.says, told)
    assert found, told
    new = {name: files for name, files in source.shelf.files().items() if name not in sets}
    claims = [name for name in new if name in source.shelf.claims()]
    assert [doubt for name in claims if (doubt := source.shelf.doubts(name))] == []
    assert (len(claims), len(new) - len(claims)) == (case.made, case.left), new
    assert result["failed"] == (not case.made), result
    lost = source.lost(data)
    assert lost == 0
    again = source.run("backup")
    assert source.shelf.doubts(again["set"]) == "" and again["keys"] == source.keys(), again
    told_sets = ", ".join(
        [*(f"{case.made} whole" for _one in claims[:1]), *(f"{case.left} incomplete" for _ in range(case.left)[:1])]
    )
    record(SECTION, what, found[0][:LONGEST], told_sets or "none", lost, "whole")


def said(text: str) -> str:
    return NAMES.sub("…", text)
