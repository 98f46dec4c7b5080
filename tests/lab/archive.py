"""Container images as archives that `ctr images import` reads: same content, same bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.model import SYSTEM_PATH

Fill = Callable[[tarfile.TarFile], None]


@dataclass(frozen=True)
class Image:
    """names: references with tag. The rest stands in the image's configuration."""

    names: tuple[str, ...]
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    folder: str = "/"

    def configuration(self, layer: str) -> bytes:
        config = {
            "Env": [f"PATH={SYSTEM_PATH}"],
            "Entrypoint": list(self.entrypoint) or None,
            "Cmd": list(self.command) or None,
            "User": self.user,
            "WorkingDir": self.folder,
        }
        document = {
            "architecture": "amd64",
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}"]},
            "history": [{"created_by": "eks.redis laboratory"}],
        }
        return json.dumps(document, sort_keys=True).encode()


def write(path: Path, images: Iterable[Image], fill: Fill, *, small: bool = False) -> None:
    """One archive of images that share one layer; fill adds the layer's files.

    small: the layer is compressed, for images that are loaded everywhere and seldom run.
    """
    layer = path.with_suffix(".layer")
    with tarfile.open(layer, "w") as tar:
        fill(tar)
    with layer.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if small:
        _compress(layer)
    entries = []
    with tarfile.open(path, "w") as tar:
        tar.add(layer, arcname=f"{digest}/layer.tar", filter=_plain)
        for image in images:
            configuration = image.configuration(digest)
            name = f"{hashlib.sha256(configuration).hexdigest()}.json"
            _add(tar, name, configuration)
            entries.append({"Config": name, "RepoTags": list(image.names), "Layers": [f"{digest}/layer.tar"]})
        _add(tar, "manifest.json", json.dumps(entries).encode())
    layer.unlink()


def _compress(path: Path) -> None:
    plain = path.rename(path.with_suffix(".plain"))
    with plain.open("rb") as source, path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as target:
        shutil.copyfileobj(source, target, 1 << 20)
    plain.unlink()


def tree(root: Path, without: Iterable[str] = ()) -> Fill:
    """The files of a root file system with their owners; without: paths below it whose content is left out."""
    empty = tuple(f"{path}/" for path in without)

    def keep(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if entry.name.removeprefix(".").startswith(empty):
            return None
        entry.mtime = 0
        entry.uname = entry.gname = ""
        return entry

    return lambda tar: tar.add(root, arcname=".", filter=keep)


def binary(path: Path, name: str) -> Fill:
    """A single program in the root folder."""

    def fill(tar: tarfile.TarFile) -> None:
        tar.add(path.resolve(), arcname=name, filter=_plain)

    return fill


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime = entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755
    return entry


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
