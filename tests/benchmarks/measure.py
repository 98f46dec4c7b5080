"""What all benchmarks need: commands that have to succeed, times of ways that alternate, lines of the table."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

RUNS = 7


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    ours: str
    yardstick: str
    result: str
    goal: str
    met: bool

    def __str__(self) -> str:
        met = "met" if self.met else "missed"
        return f"| {self.what} | {self.ours} | {self.yardstick} | {self.result} | {self.goal} | {met} |\n"


def run(command: Sequence[str], given: str = "", **variables: str) -> str:
    """What it prints; its failure ends the benchmark."""
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def playbook(verb: str, variables: Mapping[str, Any], **environ: str) -> str:
    """Of the collection."""
    return run(["ansible-playbook", f"eks.redis.{verb}", "-e", json.dumps(variables)], **environ)


def play(path: Path, tasks: Sequence[tuple[str, Mapping[str, Any]]]) -> Callable[[], str]:
    """A play of these modules with their options, written now, run when called."""
    content = [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "tasks": [{module: options} for module, options in tasks],
        }
    ]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return partial(run, ["ansible-playbook", str(path)])


def nothing(work: Path) -> Callable[[], str]:
    """The play whose time is Ansible's own start."""
    return play(work / "nothing.yml", [("ansible.builtin.debug", {"msg": "nothing"})])


def applied(manifest: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The task of kubernetes.core that writes an object in the way eks.redis does."""
    how = {"apply": True, "server_side_apply": {"field_manager": "eks.redis"}}
    return "kubernetes.core.k8s", {"definition": manifest, **how}


def medians(*ways: Callable[[], Any]) -> list[float]:
    """Seconds of each way; the first run of each is a warm-up."""
    taken: list[list[float]] = [[] for _way in ways]
    for _turn in range(RUNS + 1):
        for way, times in zip(ways, taken, strict=True):
            started = time.monotonic()
            way()
            times.append(time.monotonic() - started)
    return [statistics.median(times[1:]) for times in taken]
