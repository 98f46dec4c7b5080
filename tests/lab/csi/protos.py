"""The gRPC contracts a CSI driver speaks, compiled from the .proto files of pinned Go modules.

The generated modules (``csi_pb2``, ``csi_pb2_grpc``, ``pluginregistration_pb2``, …) import each other by bare name,
so their folder belongs on ``PYTHONPATH``. They are not committed: the pins in go.mod are the source.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from importlib import metadata, resources
from pathlib import Path
from typing import NamedTuple

from lab import cache, golang


class Proto(NamedTuple):
    name: str  # of the generated modules, without _pb2
    pinned_in: str  # folder below tests/lab/go whose go.mod pins the Go module
    module: str
    file: str  # inside the Go module


PROTOS = (
    Proto("csi", "addons", "github.com/container-storage-interface/spec", "csi.proto"),
    Proto("pluginregistration", "kubernetes", "k8s.io/kubelet", "pkg/apis/pluginregistration/v1/api.proto"),
)


def compiled() -> Path:
    """Folder of the generated modules; compiled when the texts or the compiler are new to the cache (0.4 s)."""
    sources = {proto.name: _source(proto) for proto in PROTOS}
    key = hashlib.sha256(metadata.version("grpcio-tools").encode())
    for text in sources.values():
        key.update(text)
    target = cache.folder() / f"csi-protos-{key.hexdigest()[:12]}"
    with cache.locked("csi-protos"):
        if not target.is_dir():
            with tempfile.TemporaryDirectory(dir=cache.folder()) as work:
                complete = Path(work) / "complete"
                _compile(sources, complete)
                complete.rename(target)
    return target


def _source(proto: Proto) -> bytes:
    folder = golang.MODULES / proto.pinned_in
    environment = golang.environment(golang.required((folder / "go.mod").read_text()))
    answer = golang.go(["mod", "download", "-json", proto.module], folder, environment)
    return (Path(json.loads(answer)["Dir"]) / proto.file).read_bytes()


def _compile(sources: dict[str, bytes], target: Path) -> None:
    from grpc_tools import protoc  # slow to import, needed once

    target.mkdir()
    for name, text in sources.items():
        (target / f"{name}.proto").write_bytes(text)
    well_known = str(resources.files("grpc_tools") / "_proto")
    files = [f"{name}.proto" for name in sources]
    flags = ["protoc", f"-I{target}", f"-I{well_known}", f"--python_out={target}", f"--grpc_python_out={target}"]
    if protoc.main([*flags, *files]):
        raise RuntimeError(f"protoc could not compile {', '.join(files)}")
