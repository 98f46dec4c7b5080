"""The volumes as files: ``<id>.img`` is a volume's content (sparse), ``<id>.json`` what is known about it.

The controller writes, the nodes read. A volume exists when its record does.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from pathlib import Path

from lab.csi.faults import Fault, StatusCode


@dataclasses.dataclass(frozen=True)
class Volume:
    id: str  # EC2's
    name: str  # the caller's, unique: what makes CreateVolume idempotent
    size: int  # bytes
    zone: str
    node: str | None = None  # to which it is attached


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def image(self, volume: Volume) -> Path:
        return self.folder / f"{volume.id}.img"

    def get(self, volume_id: str) -> Volume | None:
        # ids come from callers: nothing but an id may become part of a path
        if not re.fullmatch(r"vol-[0-9a-f]+", volume_id):
            return None
        try:
            return Volume(**json.loads(self._record(volume_id).read_text()))
        except FileNotFoundError:
            return None

    def require(self, volume_id: str) -> Volume:
        volume = self.get(volume_id)
        if volume is None:
            raise Fault(StatusCode.NOT_FOUND, f"volume {volume_id!r} does not exist")
        return volume

    def named(self, name: str) -> Volume | None:
        volumes = (self.get(record.stem) for record in self.folder.glob("*.json"))
        return next((volume for volume in volumes if volume and volume.name == name), None)

    def save(self, volume: Volume) -> None:
        """Makes the content at least ``volume.size`` long, then writes the record: a retry heals a crash between."""
        with self.image(volume).open("ab") as image:
            if image.tell() < volume.size:
                image.truncate(volume.size)
        record = self._record(volume.id)
        draft = record.with_suffix(".draft")
        draft.write_text(json.dumps(dataclasses.asdict(volume)))
        os.replace(draft, record)

    def remove(self, volume: Volume) -> None:
        self.image(volume).unlink(missing_ok=True)
        self._record(volume.id).unlink(missing_ok=True)

    def _record(self, volume_id: str) -> Path:
        return self.folder / f"{volume_id}.json"
