"""Running modules and playbooks of the collection, and what came of it."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import loaded_ansible
from ansible.module_utils.common import warnings as warned
from ansible.module_utils.testing import patch_module_args

PLUGINS = "ansible_collections.eks.redis.plugins"


def module(capsys: Any, module_name: str, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
    """The result of a module, run in this process: the same code that Ansible would send to the host."""
    capsys.readouterr()
    # Ansible keeps warnings for the process, which is one module's there and all tests' here
    warned._global_warnings.clear()
    given = {**options, "_ansible_check_mode": check, "_ansible_diff": diff}
    with patch_module_args(given), contextlib.suppress(SystemExit):
        importlib.import_module(f"{PLUGINS}.modules.{module_name}").main()
    return json.loads(capsys.readouterr().out)


def changes(result: Mapping[str, Any]) -> dict[str, str]:
    """``ConfigMap/cache-config`` -> ``created``, without what is unchanged."""
    return {f"{one['kind']}/{one['name']}": one["change"] for one in result["objects"] if one["change"] != "unchanged"}


def warnings(result: Mapping[str, Any]) -> list[str]:
    """The texts of a module's warnings, which ansible-core 2.19 wraps."""
    given = result.get("warnings", ())
    return [one if isinstance(one, str) else one["event"]["msg"] for one in given]


@dataclass(frozen=True)
class Play:
    """A finished ansible-playbook."""

    code: int
    output: str

    @property
    def errors(self) -> list[str]:
        """The messages of failed tasks."""
        return [json.loads(f'"{text}"') for text in re.findall(r'"msg": "((?:[^"\\]|\\.)*)"', self._failures)]

    @property
    def _failures(self) -> str:
        return "".join(line for line in self.output.splitlines(True) if line.startswith(("fatal:", "failed:")))

    @property
    def recap(self) -> dict[str, int]:
        line = next(line for line in self.output.splitlines() if line.startswith("localhost ") and "ok=" in line)
        return {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", line)}

    @property
    def objects(self) -> set[str]:
        """The objects whose diff is shown."""
        return set(re.findall(r"^\+\+\+ after: (.*)$", self.output, re.MULTILINE))


def playbook(
    name: str,
    variables: Mapping[str, Any],
    *options: str,
    kubeconfig: str,
    directory: Path,
    path: str,
) -> Play:
    """Runs a playbook of the collection from ``directory``, as a user does."""
    given = (f"eks.redis.{name}", "-e", json.dumps(variables), *options)
    return ansible(*given, kubeconfig=kubeconfig, directory=directory, path=path)


def ansible(*arguments: str, kubeconfig: str, directory: Path, path: str = os.environ["PATH"]) -> Play:
    """Runs ansible-playbook."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("K8S_AUTH_")},
        "KUBECONFIG": kubeconfig,
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "ANSIBLE_NOCOLOR": "1",
        "PATH": path,
    }
    return Play(*loaded_ansible.run(*arguments, environment=environment, directory=directory))
