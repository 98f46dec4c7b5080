"""The binaries of the laboratory, built from Go modules into a cache that is keyed by what they are made of."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from lab import cache, golang
from lab.model import LabError
from lab.steps import say


@dataclass(frozen=True)
class Artifact:
    """A binary. folder: below tests/lab/go. package: what `go build` is given. version_of: see LDFLAGS."""

    name: str
    folder: str
    package: str
    version_of: str | None = None


# module whose pinned version is linked in -> packages with the variables that take it
VERSION_VARIABLES = {
    "k8s.io/kubernetes": ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"),
}

_KUBERNETES = "k8s.io/kubernetes"
ARTIFACTS = {
    artifact.name: artifact
    for artifact in (
        Artifact("kube-apiserver", "kubernetes", f"{_KUBERNETES}/cmd/kube-apiserver", _KUBERNETES),
        Artifact("kube-controller-manager", "kubernetes", f"{_KUBERNETES}/cmd/kube-controller-manager", _KUBERNETES),
        Artifact("kube-scheduler", "kubernetes", f"{_KUBERNETES}/cmd/kube-scheduler", _KUBERNETES),
        Artifact("kubelet", "kubernetes", f"{_KUBERNETES}/cmd/kubelet", _KUBERNETES),
        Artifact("kube-proxy", "kubernetes", f"{_KUBERNETES}/cmd/kube-proxy", _KUBERNETES),
        Artifact("kubectl", "kubernetes", f"{_KUBERNETES}/cmd/kubectl", _KUBERNETES),
        Artifact("helm", "kubernetes", "helm.sh/helm/v3/cmd/helm"),
        Artifact("coredns", "kubernetes", "./coredns"),
        Artifact("pause", "kubernetes", "./pause"),
        Artifact("redis-operator", "operator", "github.com/OT-CONTAINER-KIT/redis-operator/cmd"),
        Artifact("kube-router", "kube-router", "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router"),
        Artifact("csi-provisioner", "addons", "github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner"),
        Artifact("csi-resizer", "addons", "github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer"),
        Artifact("csi-attacher", "addons", "github.com/kubernetes-csi/external-attacher/v4/cmd/csi-attacher"),
        Artifact("cert-manager", "addons", "./cert-manager"),
    )
}
CONTROL_PLANE_ARTIFACTS = ("kube-apiserver", "kube-controller-manager", "kubectl", "helm")
# what runs only when asked for is built then
FULL_ARTIFACTS = tuple(name for name in ARTIFACTS if name != "cert-manager")


def build(names: Iterable[str]) -> dict[str, Path]:
    """The binaries by name, those that are missing built first."""
    wanted = [ARTIFACTS[name] for name in names]
    needed = max(golang.required(_go_mod(artifact)) for artifact in wanted)
    environment = golang.environment(needed)
    version = golang.go(["env", "GOVERSION"], golang.MODULES / wanted[0].folder, environment).strip()
    paths = {artifact.name: cache.folder() / "bin" / f"{artifact.name}-{key(artifact, version)}" for artifact in wanted}
    with cache.locked("build"):
        missing = [artifact for artifact in wanted if not paths[artifact.name].exists()]
        for (folder, flags), group in groupby(missing, key=lambda artifact: (artifact.folder, ldflags(artifact))):
            _build(list(group), folder, flags, environment, paths)
    return paths


def key(artifact: Artifact, go_version: str) -> str:
    """Changes whenever the binary could: with the pins, our own sources, the flags and the compiler."""
    folder = golang.MODULES / artifact.folder
    sources = [folder / "go.mod", folder / "go.sum"]
    if artifact.package.startswith("."):
        sources += sorted((folder / artifact.package).glob("*.go"))
    parts = [artifact.package, ldflags(artifact), go_version, *(path.read_text() for path in sources)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def ldflags(artifact: Artifact) -> str:
    """Strips the binary and, where the program asks for it, links in the version that go.mod pins."""
    flags = ["-s", "-w"]
    if artifact.version_of:
        version = golang.pinned(_go_mod(artifact), artifact.version_of)
        major, minor, _patch = version.removeprefix("v").split(".", 2)
        values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
        flags += [
            f"-X {package}.{variable}={value}"
            for package in VERSION_VARIABLES[artifact.version_of]
            for variable, value in values.items()
        ]
    return " ".join(flags)


def _go_mod(artifact: Artifact) -> str:
    return (golang.MODULES / artifact.folder / "go.mod").read_text()


def _build(
    group: list[Artifact], folder: str, flags: str, environment: Mapping[str, str], paths: dict[str, Path]
) -> None:
    """All of a group by one command (they share most packages), each moved to its place when it is complete."""
    target = cache.folder() / "bin"
    target.mkdir(parents=True, exist_ok=True)
    names = ", ".join(artifact.name for artifact in group)
    say(f"building {names}")
    with tempfile.TemporaryDirectory(dir=target) as temporary:
        packages = [artifact.package for artifact in group]
        arguments = ["build", "-trimpath", "-ldflags", flags, "-o", f"{temporary}/", *packages]
        golang.go(arguments, golang.MODULES / folder, environment)
        for artifact in group:
            built = Path(temporary) / artifact.package.removesuffix("/").rpartition("/")[2]
            if not built.exists():
                raise LabError(f"go build of {artifact.package} left no file {built.name}")
            built.rename(paths[artifact.name])
