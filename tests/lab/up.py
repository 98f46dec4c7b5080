"""Starting a laboratory: what is missing is installed and built, then everything is started in order."""

from __future__ import annotations

import json
from pathlib import Path

from lab import (
    artifacts,
    certificates,
    cgroup,
    cleanup,
    control_plane,
    environment,
    health,
    kubeconfig,
    loopback,
    network,
    operator_release,
    packages,
    process,
)
from lab.model import CONTROL_PLANE, Lab
from lab.operator_release import Release
from lab.steps import say, step


def up(lab: Lab) -> None:
    """Leaves a laboratory alone that is well, and starts every other afresh."""
    running = lab.facts().get("level")
    if running == lab.level and not health.faults(lab):
        say(f"laboratory '{lab.name}' is running ({len(process.names(lab))} processes)")
        return
    binaries, release = build(lab.level)
    if cleanup.remove(lab):
        say("took away what was left of an earlier start")
    start(lab, binaries, release)
    say(f"laboratory '{lab.name}' is ready: KUBECONFIG={lab.kubeconfig}")


def build(level: str) -> tuple[dict[str, Path], Release]:
    """Everything that can be prepared without starting anything."""
    packages.install(level)
    names = artifacts.CONTROL_PLANE_ARTIFACTS if level == CONTROL_PLANE else artifacts.ARTIFACTS
    return artifacts.build(names), operator_release.release()


def start(lab: Lab, binaries: dict[str, Path], release: Release) -> None:
    with step("control plane: certificates, network, etcd, API server"):
        cgroup.create(lab)
        lab.bin.mkdir(parents=True)
        for name, path in binaries.items():
            (lab.bin / name).symlink_to(path)
        ports = loopback.choose(lab)
        (lab.state / "lab.json").write_text(json.dumps({"level": lab.level, "ports": ports}))
        certificates.create(lab)
        kubeconfig.create(lab, ports["api"])
        environment.write_inventory(lab, release.chart, release.version)
        network.start(lab)
        process.start(lab, [*control_plane.api(lab), loopback.forwarder(lab)])
        process.start(lab, control_plane.controllers(lab))
