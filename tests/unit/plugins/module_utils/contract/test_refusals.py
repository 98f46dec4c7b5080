"""Rules across fields that refuse."""

from __future__ import annotations

from typing import Any

import pytest

from . import bad_rules, bad_security
from .ruled import lines, memory, read


@pytest.mark.parametrize(("flavour", "root", "line"), (*bad_rules.ERRORS, *bad_security.ERRORS))
def test_refusal(flavour: dict[str, Any], root: dict[str, Any], line: str) -> None:
    resolution = read(flavour, root)
    assert lines(resolution.errors) == [line]
    assert resolution.instance is None


def test_rules_leave_broken_fields_alone() -> None:
    flavour = {"deployment": {"mode": "sentinell"}, "sentinel": {"enabled": True}, "master": memory("lots", "1Mi")}
    assert [problem.path for problem in read(flavour).errors] == ["deployment.mode", "master.resources.requests.memory"]
