"""Starting a laboratory: what is missing is installed and built, then everything is started in order."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from lab import (
    addons,
    artifacts,
    aws,
    cache,
    certificates,
    cgroup,
    cleanup,
    control_plane,
    csi,
    environment,
    health,
    hosts,
    images,
    kubeconfig,
    loopback,
    network,
    node,
    operator_release,
    packages,
    process,
)
from lab.model import CONTROL_PLANE, Lab, LabError
from lab.operator_release import Release
from lab.steps import say


def up(lab: Lab) -> None:
    """Leaves a laboratory alone that is well, and starts every other afresh."""
    faults = health.settled(lab) if lab.complete.exists() else ["it was not completed"]
    if not faults:
        _refuse_other(lab)
        say(f"laboratory '{lab.name}' is running ({len(process.names(lab))} processes)")
        return
    prepared = build(lab.level)
    if cleanup.is_needed(lab):
        say(f"taking away what is left of an earlier start: {faults[0]}")
        cleanup.remove(lab)
    start(lab, prepared)
    say(f"laboratory '{lab.name}' is ready: KUBECONFIG={lab.kubeconfig}")


def _refuse_other(lab: Lab) -> None:
    """What is in a laboratory that is well is not thrown away for one of another kind."""
    wanted = {"level": lab.level, "operator": str(operator_release.release())}
    for name, value in wanted.items():
        if lab.facts()[name] != value:
            raise LabError(f"laboratory '{lab.name}' runs with {name} {lab.facts()[name]}, not {value}; stop it first")


@dataclass(frozen=True)
class Prepared:
    """What a start needs. images: archives, none without nodes to hold them."""

    binaries: dict[str, Path]
    release: Release
    images: list[Path]


def build(level: str) -> Prepared:
    """Everything that can be made ready without starting anything."""
    packages.install(level)
    names = artifacts.CONTROL_PLANE_ARTIFACTS if level == CONTROL_PLANE else artifacts.ARTIFACTS
    binaries = artifacts.build(names)
    release = operator_release.release()
    return Prepared(binaries, release, [] if level == CONTROL_PLANE else images.build(binaries, release))


def start(lab: Lab, prepared: Prepared) -> None:
    say("control plane: certificates, network, etcd, API server")
    cgroup.create(lab)
    lab.bin.mkdir(parents=True)
    for name, path in prepared.binaries.items():
        (lab.bin / name).symlink_to(path)
    with cache.locked("ports"):  # until they are bound: two starts at once must not choose the same
        ports = loopback.choose(lab)
        facts = {"level": lab.level, "ports": ports, "operator": str(prepared.release)}
        (lab.state / "lab.json").write_text(json.dumps(facts))
        certificates.create(lab)
        kubeconfig.create(lab, ports["api"])
        environment.write_inventory(lab, prepared.release.chart, prepared.release.version)
        network.start(lab)
        process.start(lab, [*control_plane.api(lab), loopback.forwarder(lab)])
    process.start(lab, control_plane.controllers(lab))
    if lab.nodes:
        _start_nodes(lab, prepared.images)
    lab.complete.touch()


def _start_nodes(lab: Lab, archives: list[Path]) -> None:
    say(f"nodes: containerd and images ({', '.join(node.zone for node in lab.nodes)}); AWS stand-in")
    hosts.add(lab.name)
    addons.register(lab)
    for each in lab.nodes:
        node.configure(lab, each)
    process.start(lab, [aws.process(lab), *(node.runtime(lab, each) for each in lab.nodes)])
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda pair: node.load(lab, *pair), product(lab.nodes, archives)))
    say("nodes: kubelet, kube-proxy, network policies, storage, cluster DNS")
    addons.dns(lab)
    process.start(lab, [node.kubelet(lab, each) for each in lab.nodes])
    agents = [agent for each in lab.nodes for agent in node.agents(lab, each)]
    process.start(lab, [*agents, *csi.processes(lab)])
    if faults := health.settled(lab):
        raise LabError(f"{faults[0]}; the logs are in {lab.logs}")
