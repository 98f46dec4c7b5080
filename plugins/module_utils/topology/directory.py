# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory that a rendering is written to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology.files import NAME, is_marker, marker


class DirectoryError(Exception):
    """The directory cannot be used; str() is the one line that says why."""


@dataclass(frozen=True)
class Change:
    """A file before and after; None: it is not there."""

    path: Path
    before: str | None
    after: str | None

    def diff(self) -> dict[str, str]:
        """One entry of a module's diff."""
        return {
            "before_header": str(self.path),
            "after_header": str(self.path),
            "before": self.before or "",
            "after": self.after or "",
        }


class Directory:
    """The files of one instance; whatever else lies in the directory is left alone."""

    def __init__(self, path: str, instance: Instance) -> None:
        self.path = Path(path)
        self.marker = marker(instance)

    def changes(self, wanted: Mapping[str, str]) -> list[Change]:
        """What has to be written or removed, in the order of the names. Reads only."""
        present = self._rendered(wanted)
        return [
            Change(self.path / name, present.get(name), wanted.get(name))
            for name in sorted({*present, *wanted})
            if present.get(name) != wanted.get(name)
        ]

    def write(self, changes: Iterable[Change]) -> None:
        """Carry the changes out; each file is replaced as a whole."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for change in changes:
                if change.after is None:
                    change.path.unlink()
                else:
                    _replace(change.path, change.after)
        except OSError as error:
            raise DirectoryError(f"dest: {error.filename}: {error.strerror}") from None

    def _rendered(self, wanted: Container[str]) -> dict[str, str]:
        """Files of an earlier rendering by name; an error when one in the way is not ours."""
        found = {}
        try:
            paths = sorted(self.path.iterdir()) if self.path.exists() else []
            for path in paths:
                if NAME.fullmatch(path.name) and path.is_file():
                    found[path.name] = path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise DirectoryError(f"dest: {error.filename}: {error.strerror}; give a directory") from None
        ours = {}
        for name, text in found.items():
            first = text.partition("\n")[0]
            if is_marker(first) and first != self.marker.strip():
                raise DirectoryError(
                    f"dest: {self.path / name} belongs to another instance; give each instance a directory of its own"
                )
            if is_marker(first):
                ours[name] = text
            elif name in wanted:
                raise DirectoryError(
                    f"dest: {self.path / name} is in the way and was not rendered by eks.redis; "
                    "move it or choose another directory"
                )
        return ours


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(temporary, 0o644)
    os.replace(temporary, path)
