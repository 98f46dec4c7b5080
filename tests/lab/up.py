"""Starting a laboratory: what is missing is installed and built, then everything is started in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

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
    identity,
    images,
    kubeconfig,
    loopback,
    model,
    network,
    node,
    operator_release,
    packages,
    process,
)
from lab.model import CONTROL_PLANE, Lab, LabError, Node
from lab.operator_release import Release
from lab.steps import say


def up(lab: Lab) -> None:
    """Leaves a laboratory alone that is well, but for nodes that it lacks, and starts every other afresh."""
    running = model.find(lab.name)
    faults = health.settled(running) if lab.complete.exists() else ["it was not completed"]
    if not faults:
        _refuse_other(lab)
        if lab.size > running.size:
            grow(lab, running)
        if lab.nodes:
            renew(lab)
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
    """What a start needs. first, later, toolbox: archives of images, see images.py; none without nodes to hold them."""

    binaries: dict[str, Path]
    release: Release
    first: Sequence[Path] = ()
    later: Sequence[Path] = ()
    toolbox: Path | None = None


def build(level: str) -> Prepared:
    """Everything that can be made ready without starting anything."""
    packages.install(level)
    names = artifacts.CONTROL_PLANE_ARTIFACTS if level == CONTROL_PLANE else artifacts.FULL_ARTIFACTS
    binaries = artifacts.build(names)
    release = operator_release.release()
    if level == CONTROL_PLANE:
        return Prepared(binaries, release)
    first, later = images.build_first(binaries), images.build_later(binaries, release)
    return Prepared(binaries, release, first, later, images.build_toolbox())


def start(lab: Lab, prepared: Prepared) -> None:
    say("control plane: certificates, network, etcd, API server")
    cgroup.create(lab)
    lab.bin.mkdir(parents=True)
    for name, path in prepared.binaries.items():
        (lab.bin / name).symlink_to(path)
    with cache.locked("ports"):  # until they are bound: two starts at once must not choose the same
        ports = loopback.choose(lab)
        _remember(lab, level=lab.level, size=lab.size, ports=ports, operator=str(prepared.release))
        certificates.create(lab)
        kubeconfig.create(lab, ports["api"])
        environment.write_inventory(lab, prepared.release.chart, prepared.release.version)
        network.start(lab)
        process.start(lab, [*control_plane.api(lab), loopback.forwarder(lab)])
    process.start(lab, control_plane.controllers(lab))
    if lab.nodes:
        hosts.add(lab.name)
        identity.write_keys(lab)
        process.start(lab, [aws.process(lab), identity.webhook_of(lab)])
        _add_nodes(lab, lab.nodes, prepared)
    lab.complete.touch()


def grow(lab: Lab, running: Lab) -> None:
    """Adds the nodes that the running laboratory lacks; one that is cut off midway is started afresh by the next up."""
    prepared = build(lab.level)
    lab.complete.unlink()
    _remember(lab, size=lab.size)
    _add_nodes(lab, lab.nodes[running.size :], prepared)
    lab.complete.touch()


def renew(lab: Lab) -> None:
    """Gives the nodes the jobs as they are now; pods that run keep theirs."""
    toolbox = images.build_toolbox()
    if lab.facts().get("toolbox") == toolbox.name:
        return
    say("nodes: the image of jobs is another one now")
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda each: node.load(lab, each, toolbox, unpack=False), lab.nodes))
    _remember(lab, toolbox=toolbox.name)


def _remember(lab: Lab, **facts: Any) -> None:
    (lab.state / "lab.json").write_text(json.dumps({**lab.facts(), **facts}))


def _add_nodes(lab: Lab, added: Sequence[Node], prepared: Prepared) -> None:
    """What runs already is left as it is."""
    say(f"nodes: containerd and images ({', '.join(f'{each.name} in {each.zone}' for each in added)})")
    addons.register(lab)
    if prepared.toolbox:
        _remember(lab, toolbox=prepared.toolbox.name)
    for each in added:
        network.add(lab, each, others=lab.nodes[: lab.nodes.index(each)])
        node.configure(lab, each)
    process.start(lab, [node.runtime(lab, each) for each in added])
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda pair: node.load(lab, *pair), product(added, prepared.first)))
        # while everything else starts; unpacked when the first pod asks for them
        seldom = [*prepared.later, *([prepared.toolbox] if prepared.toolbox else [])]
        later = pool.map(lambda pair: node.load(lab, *pair, unpack=False), product(added, seldom))
        say("nodes: kubelet, kube-proxy, network policies, Pod Identity, storage, cluster DNS")
        addons.dns(lab)
        process.start(lab, [node.kubelet(lab, each) for each in added])
        agents = [agent for each in added for agent in (*node.agents(lab, each), identity.agent_of(lab, each))]
        process.start(lab, [*agents, *csi.processes(lab)])
        list(later)
    if faults := health.settled(lab):
        raise LabError(f"{faults[0]}; the logs are in {lab.logs}")
