"""Container images as archives that `ctr images import` reads: same content, same bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

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
    environment: Mapping[str, str] = field(default_factory=dict)

    def configuration(self, layers: Sequence[str]) -> bytes:
        """layers: the SHA-256 of each, uncompressed, the lowest first."""
        config = {
            "Env": [f"{name}={value}" for name, value in {"PATH": SYSTEM_PATH, **self.environment}.items()],
            "Entrypoint": list(self.entrypoint) or None,
            "Cmd": list(self.command) or None,
            "User": self.user,
            "WorkingDir": self.folder,
        }
        document = {
            "architecture": "amd64",
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}" for layer in layers]},
            "history": [{"created_by": "eks.redis laboratory"} for _layer in layers],
        }
        return json.dumps(document, sort_keys=True).encode()


def write(path: Path, images: Iterable[Image], fill: Fill, *, small: bool = False) -> None:
    """One archive of images that share one layer; fill adds the layer's files.

    small: the layer is compressed, for images that are loaded everywhere and seldom run.
    """
    layer = path.with_suffix(".layer")
    digest = _fill(layer, fill)
    if small:
        _compress(layer)
    with tarfile.open(path, "w") as tar:
        tar.add(layer, arcname=f"{digest}/layer.tar", filter=_plain)
        _finish(tar, images, [digest])
    layer.unlink()


def extend(path: Path, base: Path, images: Iterable[Image], fill: Fill) -> None:
    """The same file system as in ``base`` with one more layer on it, under the names of ``images``."""
    layer = path.with_suffix(".layer")
    digest = _fill(layer, fill)
    with tarfile.open(path, "w") as tar, tarfile.open(base) as below:
        names = json.load(_member(below, "manifest.json"))[0]["Layers"]
        for name in names:
            tar.addfile(below.getmember(name), _member(below, name))
        tar.add(layer, arcname=f"{digest}/layer.tar", filter=_plain)
        _finish(tar, images, [*(name.partition("/")[0] for name in names), digest])
    layer.unlink()


def _fill(layer: Path, fill: Fill) -> str:
    """Writes a layer's files; its SHA-256."""
    with tarfile.open(layer, "w") as tar:
        fill(tar)
    with layer.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _finish(tar: tarfile.TarFile, images: Iterable[Image], layers: Sequence[str]) -> None:
    """Adds what says which images there are, of which layers."""
    entries = []
    for image in images:
        configuration = image.configuration(layers)
        name = f"{hashlib.sha256(configuration).hexdigest()}.json"
        _add(tar, name, configuration)
        files = [f"{layer}/layer.tar" for layer in layers]
        entries.append({"Config": name, "RepoTags": list(image.names), "Layers": files})
    _add(tar, "manifest.json", json.dumps(entries).encode())


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name)
    assert file, name
    return file


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


def files(root: Path, below: str, names: Iterable[str]) -> Fill:
    """Those files of a folder, below another one of the image, in the order of their names."""

    def fill(tar: tarfile.TarFile) -> None:
        for name in sorted(names):
            tar.add(root / name, arcname=f"{below}/{name}", filter=_read_only)

    return fill


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


def _read_only(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry = _plain(entry)
    entry.mode = 0o644
    return entry


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
