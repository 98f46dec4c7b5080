"""What roles document is what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

COLLECTION = Path(__file__).parents[3]
ROLES = sorted(path.name for path in (COLLECTION / "roles").iterdir())


def load(*parts: str) -> Any:
    return yaml.safe_load(COLLECTION.joinpath(*parts).read_text())


@pytest.mark.parametrize("role", ROLES)
def test_documented_defaults_are_the_defaults(role: str) -> None:
    options = load("roles", role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    assert documented == load("roles", role, "defaults", "main.yml")


@pytest.mark.parametrize("role", ROLES)
def test_variables_have_the_name_of_their_role(role: str) -> None:
    options = load("roles", role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    assert all(name.startswith(f"{role}_") for name in options)


@pytest.mark.parametrize("role", ["instance", "backup"])
def test_playbooks_set_variables_that_the_role_knows(role: str) -> None:
    options = load("roles", role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    given = load("playbooks", "vars", "main.yml")
    assert {name for name in given if name.startswith(f"{role}_")} == set(options)


@pytest.mark.parametrize("role", ["restore", "elasticache_exit"])
def test_playbooks_set_no_variables_that_the_role_does_not_know(role: str) -> None:
    options = load("roles", role, "meta", "argument_specs.yml")["argument_specs"]["main"]["options"]
    given = {name for name in load("playbooks", "vars", "main.yml") if name.startswith(f"{role}_")}
    # people who need another image or ServiceAccount give their instance's backups one
    assert set(options) - given == {f"{role}_image", f"{role}_service_account"}
