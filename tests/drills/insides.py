"""Processes inside pods, reached from the machine that the laboratory runs on: faster and harder than kubectl is."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from conftest import kubectl


def processes(namespace: str, pod: str, program: str) -> list[int]:
    """Those of a pod that run a program, such as redis-server; the oldest first."""
    return _running(_uid(namespace, pod), program)


def at_its_start(namespace: str, pod: str, program: str) -> int:
    """The first of them, stopped as soon as there is one."""
    uid = _uid(namespace, pod)
    while not (found := _running(uid, program)):
        time.sleep(0.02)
    hang(found)
    return found[0]


def _uid(namespace: str, pod: str) -> str:
    return kubectl("get", "pod", pod, "--output=jsonpath={.metadata.uid}", namespace=namespace)


def _running(uid: str, program: str) -> list[int]:
    return sorted(int(one.name) for one in Path("/proc").glob("[0-9]*") if _is(one, f"/pod{uid}/", program))


def _is(process: Path, cgroup: str, program: str) -> bool:
    try:
        return cgroup in (process / "cgroup").read_text() and (process / "comm").read_text().startswith(program)
    except OSError:  # it has ended
        return False


def kill(found: list[int]) -> None:
    assert found, "there is nothing to kill"
    for process in found:
        os.kill(process, signal.SIGKILL)


def hang(found: list[int]) -> None:
    assert found, "there is nothing to stop"
    for process in found:
        os.kill(process, signal.SIGSTOP)


def wake(found: list[int]) -> None:
    for process in found:
        os.kill(process, signal.SIGCONT)


def shrink(process: int, folder: str, size: str) -> None:
    """Puts a small disk where a process of a container writes."""
    inside = ["nsenter", f"--target={process}", "--mount", "--"]
    subprocess.run([*inside, "mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "tmpfs", folder], check=True)
