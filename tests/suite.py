"""Runs the project's checks in order and closes with one line: ``N passed, N failed, N skipped``.

A stage is a command. A pytest stage counts its tests, any other counts as one check. What a stage prints is passed
through as it comes, so that a long run can be watched, or at its end while others run beside it; what failed in it is
said again at the end. The exit code is 1 when anything failed, or when a test was skipped: every test here is one that
can run, so a skipped one proves nothing and has no place.

    python tests/suite.py check              lint, unit tests, modules against the AWS stand-in; no laboratory
    python tests/suite.py test               everything
    python tests/suite.py drills             what takes long
    python tests/suite.py molecule           the stories on a running laboratory
    python tests/suite.py sanity unit        single stages, by name
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

CHECKOUT = Path(__file__).resolve().parent.parent
# how the tools begin the line that says what failed: pytest, Ansible, the rest
FAILURE = re.compile(r"FAILED (?!- RETRYING)|ERROR |fatal: |failed: \[|\S*:\d+:\d*:? error|ERROR: ")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LONGEST = 600  # characters of a failure that are said again
Lane = Sequence["Stage"]  # one after the other
PURE = "ansible_collections.eks.redis.plugins.module_utils"
PACKAGES = ("contract", "topology", "datapath", "exit")


@dataclass(frozen=True)
class Stage:
    name: str
    command: Sequence[str]
    counts_tests: bool = False


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    unhappy: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def line(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def pytest(name: str, *arguments: str) -> Stage:
    return Stage(name, ("pytest", "-q", *arguments), counts_tests=True)


def side_by_side(name: str, workers: int = 2) -> Stage:
    """The tests of a folder, by several workers of pytest-xdist; one that is done takes from the others."""
    return pytest(name, "-n", str(workers), "--dist", "worksteal", f"tests/{name}")


def at_laboratory(name: str, command: str) -> Stage:
    """A command in the laboratory's shell."""
    return Stage(name, ("bash", "-c", f'eval "$(python -m lab env)" && exec {command}'))


def stories(*names: str) -> Lane:
    """Scenarios of molecule, each a stage of its name. It breaks lines, also those that say what failed: COLUMNS."""
    return [at_laboratory(name, f"env COLUMNS={LONGEST} molecule test -s {name}") for name in names]


LINT = (
    Stage("ruff", ("ruff", "check", ".")),
    Stage("format", ("ruff", "format", "--check", ".")),
    Stage("mypy", ("mypy", *(word for name in PACKAGES for word in ("-p", f"{PURE}.{name}")))),
    Stage("ansible-lint", ("python", "tests/lint.py")),
    Stage("changelog", ("antsibull-changelog", "lint")),
    Stage(
        "docs",
        (
            "antsibull-docs",
            "lint-collection-docs",
            "--plugin-docs",
            "--validate-collection-refs=dependent",
            "--check-extra-docs-refs",
            ".",
        ),
    ),
)
UNIT, AWS, JOBS = side_by_side("unit"), side_by_side("aws"), side_by_side("jobs", 3)
# start control planes of their own
INTEGRATION = side_by_side("integration", 3)
SANITY = Stage("sanity", ("python", "tests/sanity.py"))
BUILD = Stage("build", ("python", "-m", "lab", "build"))
# six Redis pods of which no two share a node
NODES = Stage("nodes", ("python", "-m", "lab", "up", "--nodes", "6"))
# makes the StorageClasses, key and bucket that stories and drills use, in namespaces of their own
PREREQUISITES = at_laboratory("prerequisites", "python tests/prepare.py")
LABORATORY = (
    Stage("lab", ("python", "-m", "lab", "up")),
    NODES,
    PREREQUISITES,
    side_by_side("laboratory"),
    pytest("snippets", "tests/snippets"),
)
# two at a time: the probes of three stories' pods alone fill two cores. Of those with most pods one runs at a time
MOLECULE = [stories("backup-restore", "sentinel"), stories("cluster", "standalone", "secure")]
DRILLS = (
    NODES,
    PREREQUISITES,
    # ten minutes; what it is made of is tested by jobs, integration and aws
    *stories("elasticache-exit"),
    pytest("drills", "-s", "tests/drills"),
)
# steps in order, each of lanes that run side by side
SUITES: dict[str, Sequence[Sequence[Lane]]] = {
    "check": [[LINT, [JOBS, UNIT], [AWS]]],
    # what needs no laboratory is done before one runs, which takes a good part of two cores
    "test": [[[BUILD], [*LINT, SANITY], [UNIT], [AWS, JOBS]], [[INTEGRATION]], [LABORATORY], MOLECULE],
    "molecule": [MOLECULE],
    "drills": [[DRILLS]],
}
STAGES = {stage.name: stage for suite in SUITES.values() for lanes in suite for lane in lanes for stage in lane}
PRINTING = threading.Lock()


def run_together(lanes: Sequence[Lane], tally: Tally) -> None:
    def in_turn(lane: Lane) -> None:
        for stage in lane:
            run(stage, tally, alone=len(lanes) == 1)

    with ThreadPoolExecutor(len(lanes)) as pool:
        list(pool.map(in_turn, lanes))


def run(stage: Stage, tally: Tally, *, alone: bool) -> None:
    """alone: nothing runs beside it."""
    started = time.monotonic()
    with PRINTING:
        print(f"\n=== {stage.name}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "junit.xml")
        extra = (f"--junit-xml={report}",) if stage.counts_tests else ()
        code, lines = watch((*stage.command, *extra), at_once=alone)
        failures = [line for line in lines if FAILURE.match(line)]
        passed, failed, skipped = count(report) if report.exists() else (int(code == 0), int(code != 0), 0)
    if code and not failed:  # pytest may also fail without a failing test: nothing collected, a broken import
        failed = 1
    verdict = "failed" if failed else "skipped something" if skipped else "ok"
    with PRINTING:
        if not alone:
            print(f"\n=== {stage.name}", *lines, sep="\n")
        print(f"=== {stage.name}: {verdict}, {time.monotonic() - started:.0f} s", flush=True)
        tally.passed += passed
        tally.failed += failed
        tally.skipped += skipped
        if failed or skipped:
            tally.unhappy.append(stage.name)
            tally.failures += (f"{stage.name}: {line[:LONGEST]}" for line in failures)


def watch(command: Sequence[str], *, at_once: bool) -> tuple[int, list[str]]:
    """The exit code, and the lines that were printed, without colours. at_once: print them as they come."""
    lines = []
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            if at_once:
                print(line, end="", flush=True)
            lines.append(COLOUR.sub("", line).strip().lstrip("│ "))
    return process.returncode, lines


def count(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit report."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return total - failed - skipped, failed, skipped


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in SUITES and name not in STAGES]
    if unknown or not names:
        print(f"suite: unknown: {', '.join(unknown) or '(nothing)'}; known: {', '.join([*SUITES, *STAGES])}")
        return 2
    tally = Tally()
    for name in names:
        for lanes in SUITES.get(name) or [[[STAGES[name]]]]:
            run_together(lanes, tally)
    print("", *tally.failures, sep="\n")
    if tally.unhappy:
        print(f"not green: {', '.join(tally.unhappy)}")
    print(tally.line(), flush=True)
    return int(bool(tally.unhappy))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
