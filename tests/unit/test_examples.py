"""The production examples of the docs say what the users' own documents say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent
USERS = HERE / "fixtures" / "users"
EXAMPLES = HERE.parents[1] / "docs" / "examples"


@pytest.mark.parametrize(
    ("example", "users"),
    [("production-sentinel", "03-production-sentinel-multi-az"), ("production-cluster", "04-redis-cluster-mode")],
)
def test_example_is_the_users_own(example, users):
    assert json.loads((EXAMPLES / f"{example}.json").read_text()) == json.loads((USERS / f"{users}.json").read_text())
