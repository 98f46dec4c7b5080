"""Runs ansible-playbook many times and loads it once: each run is a fork of a process that has loaded what it needs.

Loading Ansible, the libraries of Kubernetes and AWS and this collection takes longer than most plays of the tests. From
there on a run is ansible-playbook's own, with arguments, environment, directory, output and exit code as of a command.
The stories of molecule and of the laboratory run the command itself.

As a program it is the process that has loaded them: a line of JSON asks for a run, a line of JSON tells of it.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ACTIONS = "ansible_collections.eks.redis.plugins.action"


def run(*arguments: str, environment: Mapping[str, str], directory: Path) -> tuple[int, str]:
    """The exit code and the output, standard error included."""
    # Ansible reads its settings while it is loaded
    settings = {name: value for name, value in environment.items() if name.startswith("ANSIBLE_")}
    asked = {"arguments": arguments, "environment": dict(environment), "directory": str(directory)}
    with_settings = _process(tuple(sorted(settings.items())))
    assert with_settings.stdin and with_settings.stdout
    print(json.dumps(asked), file=with_settings.stdin, flush=True)
    code, output = json.loads(with_settings.stdout.readline())
    return code, output


@functools.cache
def _process(settings: tuple[tuple[str, str], ...]) -> subprocess.Popen[str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    command, environment = [sys.executable, __file__], {**others, **dict(settings)}
    made = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    # it ends when nobody can ask it any more
    atexit.register(made.communicate)
    return made


def _load() -> None:
    from ansible.plugins.loader import init_plugin_loader

    # from here on collections are found as Ansible finds them
    init_plugin_loader()
    importlib.import_module("ansible.cli.playbook")
    for action in pkgutil.iter_modules(importlib.import_module(ACTIONS).__path__):
        importlib.import_module(f"{ACTIONS}.{action.name}")
    # else the garbage collection of every run would walk through all of this, and so copy it
    gc.freeze()


def _fork(asked: Mapping[str, Any]) -> tuple[int, str]:
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if not child:
            _play(output.fileno(), **asked)
        _child, status = os.waitpid(child, 0)
        output.seek(0)
        return os.waitstatus_to_exitcode(status), output.read().decode()


def _play(output: int, arguments: list[str], environment: dict[str, str], directory: str) -> None:
    from ansible.cli.playbook import PlaybookCLI
    from kubernetes.config import kube_config

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    # what was read of the environment while loading
    kube_config.KUBE_CONFIG_DEFAULT_LOCATION = environment.get("KUBECONFIG", "~/.kube/config")
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    code = 1
    try:
        PlaybookCLI.cli_executor(["ansible-playbook", *arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # without what ends the process that was loaded, such as taking away its files
        os._exit(code)


if __name__ == "__main__":
    _load()
    for line in sys.stdin:
        print(json.dumps(_fork(json.loads(line))), flush=True)
