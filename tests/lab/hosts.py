"""The one line of /etc/hosts by which the host knows the AWS stand-in by the same name as the pods do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lab import cache
from lab.model import AWS_NAME

HOSTS = Path("/etc/hosts")


def with_line(text: str, name: str) -> str:
    """The hosts file with the line of the laboratory of that name, once."""
    kept = without_line(text, name)
    if kept and not kept.endswith("\n"):
        kept += "\n"
    return f"{kept}127.0.0.1 {AWS_NAME} {_mark(name)}\n"


def without_line(text: str, name: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.rstrip().endswith(_mark(name)))


def add(name: str) -> None:
    _edit(with_line, name)


def remove(name: str) -> None:
    _edit(without_line, name)


def _edit(edit: Callable[[str, str], str], name: str) -> None:
    with cache.locked("hosts"):
        text = HOSTS.read_text()
        # in place: where the file is a mount point, as in containers, it cannot be replaced by another
        if edit(text, name) != text:
            HOSTS.write_text(edit(text, name))


def _mark(name: str) -> str:
    return f"# ekslab {name}"
