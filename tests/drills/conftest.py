"""What drills share: the laboratory's shell, an instance, and the tables of what was seen, kept in docs/drills.md."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from document import Section

from lab import environment

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "drills.md"
_rows: dict[Section, list[tuple[object, ...]]] = {}


@pytest.fixture(scope="session", autouse=True)
def laboratory():
    """kubectl and ansible-playbook meet the laboratory."""
    environment.enter()


@pytest.fixture
def record():
    """Adds a row to the table of a section."""

    def add(section: Section, *cells: object) -> None:
        _rows.setdefault(section, []).append(cells)

    return add


def pytest_sessionfinish() -> None:
    # a drill that fails records nothing, and what stood there of it stays
    for section, rows in _rows.items():
        text = section.merged(DOCUMENT.read_text(encoding="utf-8"), rows)
        DOCUMENT.write_text(text, encoding="utf-8")
        print("\n" + section.written(rows))


def kubectl(*arguments: str, namespace: str) -> str:
    """Its output; raises CalledProcessError."""
    return subprocess.check_output(["kubectl", f"--namespace={namespace}", *arguments], text=True)


def playbook(verb: str, **variables: object) -> None:
    command = ["ansible-playbook", f"eks.redis.{verb}", "--extra-vars", json.dumps(variables)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def instance():
    """Deploys the instance `drill` with flavour and root; takes it and its namespace away at the end."""
    where = {"redis_name": "drill", "redis_namespace": f"drill-{os.getpid()}"}

    def deploy(flavour: dict, **root: object) -> str:
        playbook("deploy", redis_flavour=flavour, redis_root=root, **where)
        return where["redis_namespace"]

    yield deploy
    playbook("undeploy", redis_delete_data=True, **where)
    kubectl("delete", "namespace", where["redis_namespace"], namespace="default")
