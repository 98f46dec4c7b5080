"""The container images that the nodes hold, since no registry can be reached from them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from lab import archive, cache, golang, rootfs, toolbox
from lab.archive import Image
from lab.operator_release import Release
from lab.steps import say

PAUSE = "registry.k8s.io/pause:3.10"
# the tag is the collection's default; Debian's exporter is an older one that understands the same settings
EXPORTER = "quay.io/opstree/redis-exporter:v1.48.0"


def redis(version: str) -> list[Image]:
    """One file system under every name by which flavours and the operator ask for Redis."""
    folder, user = "/data", f"{rootfs.REDIS_USER}:{rootfs.REDIS_USER}"
    server = ("redis-server", "--protected-mode", "no")
    names = (f"quay.io/opstree/redis:v{version}", f"docker.io/library/redis:{version}")
    return [
        Image(names, command=server, user=user, folder=folder),
        Image((f"quay.io/opstree/redis-sentinel:v{version}",), entrypoint=("sentinel",), user=user, folder=folder),
        Image((EXPORTER,), entrypoint=("prometheus-redis-exporter",), user="59000:59000"),
    ]


def coredns() -> str:
    pins = (golang.MODULES / "kubernetes" / "go.mod").read_text()
    return f"registry.k8s.io/coredns/coredns:{golang.pinned(pins, 'github.com/coredns/coredns')}"


def build_first(binaries: dict[str, Path]) -> list[Path]:
    """The archives of what every node begins with, those that are missing made first."""
    with cache.locked("images"):
        return [
            _program(Image((PAUSE,), entrypoint=("/pause",), user="65535:65535"), binaries["pause"]),
            _program(Image((coredns(),), entrypoint=("/coredns",)), binaries["coredns"]),
        ]


def build_later(binaries: dict[str, Path], release: Release) -> list[Path]:
    """The archives of what pods ask for once there is a cluster, those that are missing made first."""
    operator = Image(
        (f"quay.io/opstree/redis-operator:{release.version}",), entrypoint=("/operator", "manager"), user="65532:65532"
    )
    with cache.locked("images"):
        return [
            _debian("redis", (rootfs.SENTINEL,), rootfs.create, lambda root: redis(rootfs.redis_version(root))),
            _program(operator, release.binary or binaries["redis-operator"]),
        ]


def build_toolbox() -> Path:
    """The archive with the jobs as they are now."""
    code = (f"{name}\n{(toolbox.CHECKOUT / name).read_text()}" for name in toolbox.code())
    with cache.locked("images"):
        base = _debian("toolbox-base", toolbox.SOURCES, toolbox.create, lambda _root: [Image(())], small=True)
        key = _hash(base.name, repr(toolbox.IMAGE), Path(archive.__file__).read_text(), *code)
        return _cached(f"toolbox-{key}", lambda path: archive.extend(path, base, [toolbox.IMAGE], toolbox.code_layer()))


def _debian(
    name: str,
    sources: Iterable[Path],
    create: Callable[[Path], None],
    images: Callable[[Path], list[Image]],
    *,
    small: bool = False,
) -> Path:
    """sources: what it is made of beside the packages and this package's own files; small: see archive.write."""
    every = (archive.__file__, rootfs.__file__, __file__, *sources)
    key = _hash(*rootfs.mirror(), *(Path(source).read_text() for source in every))

    def make(path: Path) -> None:
        say(f"building the image {name} from Debian packages")
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            root = Path(folder)
            root.chmod(0o755)
            create(root)
            archive.write(path, images(root), archive.tree(root, rootfs.LEFT_OUT), small=small)

    return _cached(f"{name}-{key}", make)


def _program(image: Image, binary: Path) -> Path:
    with binary.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    name = image.entrypoint[0].removeprefix("/")
    key = _hash(content, repr(image), Path(archive.__file__).read_text())
    return _cached(f"{name}-{key}", lambda path: archive.write(path, [image], archive.binary(binary, name)))


def _cached(name: str, make: Callable[[Path], None]) -> Path:
    path = cache.folder() / "images" / f"{name}.tar"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            make(unfinished)
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return path


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
