"""Starting, watching and ending the processes of a laboratory."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from lab import cgroup
from lab.model import CONTROL_PLANE, HOST, SYSTEM_PATH, Lab, LabError, Process

PACKAGES = Path(__file__).resolve().parents[1]
# into the laboratory's control group before anything else runs, so that no child can escape it
ONCE = 'echo 0 > "$0/cgroup.procs" && exec "$@"'
AGAIN = 'echo 0 > "$0/cgroup.procs" && while :; do "$@"; echo "ended with $?, starting again"; sleep 1; done'


def identity(pid: int) -> str | None:
    """What tells this process from a later one with the same pid: its start time; None when it has ended."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else fields[18]


def pid(lab: Lab, name: str) -> int | None:
    """The pid of a process that runs."""
    try:
        number, start = (lab.pids / name).read_text().split()
    except (OSError, ValueError):
        return None
    return int(number) if identity(int(number)) == start else None


def names(lab: Lab) -> list[str]:
    """The processes that were started and not stopped, in order of their start."""
    if not lab.pids.is_dir():
        return []
    return [path.name for path in sorted(lab.pids.iterdir(), key=lambda path: path.stat().st_mtime_ns)]


def prefix(lab: Lab, place: str) -> list[str]:
    """What goes before a command to run it in a place of the laboratory."""
    if place == HOST:
        return []
    holder = pid(lab, holder_of(place))
    if holder is None:
        raise LabError(f"{place}: the laboratory '{lab.name}' is not running; start it with make lab")
    return ["nsenter", f"--target={holder}", "--net", "--mount", "--wd=/", "--"]


def holder_of(place: str) -> str:
    """The process that keeps the namespaces of a place alive."""
    return f"machine-{place.removeprefix('node-') if place != CONTROL_PLANE else place}"


def run(
    lab: Lab, place: str, command: Sequence[str], *, check: bool = False, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Runs a command in a place to its end; options as for subprocess.run."""
    return subprocess.run([*prefix(lab, place), *command], text=True, capture_output=True, check=check, **options)


def answers(lab: Lab, place: str, url: str) -> Callable[[], bool]:
    """Whether the address answers with success within the place; the certificate may be anybody's."""
    # a proxy of the caller does not lead there
    options = ["--noproxy", "*", "--max-time", "5", "--silent", "--fail", "--insecure", "--output", "/dev/null"]
    command = ["curl", *options, url]
    return lambda: run(lab, place, command).returncode == 0


def start(lab: Lab, processes: Iterable[Process], limit: float = 180) -> None:
    """Starts those that are not running, then waits until all of them are ready."""
    started = list(processes)
    for process in started:
        if pid(lab, process.name) is None:
            _spawn(lab, process)
    waiting = [process for process in started if process.ready]
    deadline = time.monotonic() + limit
    while waiting := [process for process in waiting if not _is_ready(lab, process)]:
        if time.monotonic() > deadline:
            raise LabError(f"{waiting[0].name}: not ready after {limit:.0f} s; {tail(lab, waiting[0].name)}")
        time.sleep(0.1)


def _spawn(lab: Lab, process: Process) -> None:
    for folder in (lab.logs, lab.pids):
        folder.mkdir(parents=True, exist_ok=True)
    shell = ["sh", "-c", AGAIN if process.restart else ONCE, str(cgroup.daemons(lab))]
    environment = {"PATH": f"{lab.bin}:{SYSTEM_PATH}", "HOME": str(lab.state), "PYTHONPATH": str(PACKAGES)}
    with (lab.logs / f"{process.name}.log").open("ab") as log:
        child = subprocess.Popen(
            [*shell, *prefix(lab, process.place), *process.command],
            env={**environment, **process.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
    (lab.pids / process.name).write_text(f"{child.pid} {identity(child.pid)}")


def _is_ready(lab: Lab, process: Process) -> bool:
    if pid(lab, process.name) is None:
        raise LabError(f"{process.name}: ended while it was starting; {tail(lab, process.name)}")
    return process.ready is None or process.ready()


def stop(lab: Lab, name: str, limit: float = 15) -> None:
    """Ends a process and its children, and waits for the end; harmless when it does not run."""
    for number, patience in ((signal.SIGTERM, limit), (signal.SIGKILL, limit)):
        leader = pid(lab, name)
        if leader is None:
            break
        os.killpg(leader, number)
        deadline = time.monotonic() + patience
        while pid(lab, name) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
    (lab.pids / name).unlink(missing_ok=True)


def tail(lab: Lab, name: str, lines: int = 15) -> str:
    """Where the log of a process is, and its last lines."""
    path = lab.logs / f"{name}.log"
    last = path.read_text(errors="replace").splitlines()[-lines:] if path.exists() else []
    return "\n".join([f"its log {path} ends with:", *(f"    {line}" for line in last)])
