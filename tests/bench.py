"""Ratios against what people use otherwise, measured side by side on the laboratory; writes docs/benchmarks.md.

Each row is one job done in two ways on the same objects, alternating, each way as the whole process that a user
starts. What counts is the ratio of the medians: it says the same on another machine, seconds do not.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from lab import environment

CHECKOUT = Path(__file__).resolve().parent.parent
TABLE = CHECKOUT / "docs" / "benchmarks.md"
NAME, NAMESPACE = "bench", "bench"
FLAVOUR = {
    "metrics": {"enabled": True},
    "networkPolicy": {"enabled": True, "allowedNamespaces": [NAMESPACE]},
    "service": {"annotations": {"example.com/purpose": "bench"}},
}
RUNS = 7
INTRODUCTION = """# Benchmarks

Written by `make bench` on the laboratory; not edited by hand. A ratio below 1 means that eks.redis needs less time.
Both ways of a row work on the same {objects} objects of one instance that is already deployed, alternating,
{runs} runs each, every run a whole process as a user starts it.

| job | eks.redis | yardstick | median | median of the yardstick | ratio |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """A job, and the commands that do it: ours and the yardstick's."""

    job: str
    ours: Sequence[str]
    yardstick: Sequence[str]
    yardstick_name: str


def playbook(verb: str, **variables: object) -> None:
    values = yaml.safe_dump({"redis_name": NAME, "redis_namespace": NAMESPACE, "redis_flavour": FLAVOUR, **variables})
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write(values)
        file.flush()
        run(["ansible-playbook", f"eks.redis.{verb}", "-e", f"@{file.name}"])


def run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def play(path: Path, *tasks: dict[str, object]) -> Sequence[str]:
    """A play of these tasks, and the command that runs it."""
    content = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": list(tasks)}]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return ["ansible-playbook", str(path)]


def rows(work: Path, rendered: Sequence[Path]) -> Sequence[Row]:
    instance = {"name": NAME, "namespace": NAMESPACE, "flavour": FLAVOUR}
    ours = play(work / "ours.yml", {"name": "Deploy again", "eks.redis.instance": {**instance, "wait": False}})
    definitions = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in rendered]
    task_per_object = [
        {
            "name": f"Apply {definition['kind']}",
            "kubernetes.core.k8s": {
                "definition": definition,
                "apply": True,
                "server_side_apply": {"field_manager": "eks.redis"},
            },
        }
        for definition in definitions
    ]
    theirs = play(work / "theirs.yml", *task_per_object)
    kubectl = ["kubectl", "apply", "--server-side", "--field-manager=eks.redis", f"--filename={rendered[0].parent}"]
    return (
        Row("second deploy", ours, theirs, "a kubernetes.core.k8s task for each object"),
        Row("second deploy", ours, kubectl, "kubectl apply --server-side of the rendered files"),
    )


def measure(row: Row) -> tuple[float, float]:
    """Medians in seconds, ours and the yardstick's; the first run of each is a warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    for _turn in range(RUNS + 1):
        for command, taken in zip((row.ours, row.yardstick), times, strict=True):
            started = time.monotonic()
            run(command)
            taken.append(time.monotonic() - started)
    ours, yardstick = (statistics.median(taken[1:]) for taken in times)
    return ours, yardstick


def main() -> None:
    subprocess.check_call([sys.executable, "-m", "lab", "up"])
    environment.enter()
    print("deploying the instance to measure on", flush=True)
    playbook("deploy")
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        playbook("render", redis_render_dir=str(work / "rendered"))
        rendered = sorted((work / "rendered").glob("*.yml"))
        text = INTRODUCTION.format(objects=len(rendered), runs=RUNS)
        for row in rows(work, rendered):
            ours, yardstick = measure(row)
            line = (
                f"| {row.job} | eks.redis.instance | {row.yardstick_name} "
                f"| {ours:.2f} s | {yardstick:.2f} s | {ours / yardstick:.2f} |\n"
            )
            print(line, end="", flush=True)
            text += line
    text += f"\nMeasured on {os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}.\n"
    TABLE.write_text(text, encoding="utf-8")
    playbook("undeploy", redis_delete_data=True)


if __name__ == "__main__":
    main()
