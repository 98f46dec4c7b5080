"""What drills share: the laboratory's shell, a namespace, and one table of what was seen, kept in docs/drills.md."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from lab import environment

TABLE = Path(__file__).resolve().parents[2] / "docs" / "drills.md"
INTRODUCTION = """# Drills

Written by `make drills` on the laboratory; not edited by hand. A client writes one key after the other through the
Service and notes each that was acknowledged; then something bad happens. One run each: the seconds are an order of
magnitude, the lost writes are not.

| what happens | flavour | acknowledged | lost | longest gap in seconds |
|---|---|---|---|---|
"""
_rows: list[str] = []


@pytest.fixture(scope="session", autouse=True)
def laboratory():
    """kubectl and ansible-playbook meet the laboratory."""
    environment.enter()


@pytest.fixture
def record():
    """Adds a row to the table."""

    def add(*cells: object) -> None:
        _rows.append("| " + " | ".join(map(str, cells)) + " |\n")

    return add


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if _rows and exitstatus == 0:
        TABLE.write_text(INTRODUCTION + "".join(_rows), encoding="utf-8")
        print("\n" + "".join(_rows))


def kubectl(*arguments: str, namespace: str) -> str:
    """Its output; raises CalledProcessError."""
    return subprocess.check_output(["kubectl", f"--namespace={namespace}", *arguments], text=True)


def playbook(verb: str, **variables: object) -> None:
    command = ["ansible-playbook", f"eks.redis.{verb}", "--extra-vars", json.dumps(variables)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def instance():
    """Deploys the instance `drill` with a flavour; takes it and its namespace away at the end."""
    where = {"redis_name": "drill", "redis_namespace": f"drill-{os.getpid()}"}

    def deploy(flavour: dict) -> str:
        playbook("deploy", redis_flavour=flavour, **where)
        return where["redis_namespace"]

    yield deploy
    playbook("undeploy", redis_delete_data=True, **where)
    kubectl("delete", "namespace", where["redis_namespace"], namespace="default")
