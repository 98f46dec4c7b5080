"""The laboratory's shell, and the table at the end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lab import environment

TITLE = ("mode", "language", "acknowledged", "lost", "longest gap in seconds", "errors")


@pytest.fixture(scope="session", autouse=True)
def laboratory() -> None:
    """kubectl and ansible-playbook meet the laboratory."""
    environment.enter()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The rows that tests hand over with their reports."""
    reports = [each for each in terminalreporter.getreports("passed") if each.when == "call"]
    rows = [row for report in reports for name, row in report.user_properties if name == "row"]
    if rows:
        terminalreporter.section("failovers as the printed programs see them")
        for row in (TITLE, *rows):
            terminalreporter.write_line(" ".join(f"{cell!s:<16}" for cell in row))
