"""The laboratory's own namespaces: one network per machine on bridges without a way out, one mount namespace for all.

A bridge joins the machines of a zone, one cable (`zone-a`) joins it to the rest: who takes that down cuts the zone off.

Each is held by a sleeping process and named nowhere else, so when the processes are gone nothing is left to clean up.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from lab import process
from lab.identity.names import AGENT_ADDRESS
from lab.model import API_ADDRESS, CONTROL_PLANE, HOST, MACHINES, SITES, Lab, LabError, Node, Process

SLEEP = ("sleep", "infinity")
# kubelet, containerd and CNI write here whatever they are told: the laboratory's own folders lie on top
KUBELET = "/var/lib/kubelet"
PRIVATE = ("/run/containerd", "/var/lib/cni", KUBELET, "/var/log/containers")
# kubelet sets these for the whole kernel unless it finds them set; what it finds is this, and the host keeps its own
FOUND_BY_KUBELET = {
    "kernel/keys/root_maxbytes": 25000000,
    "kernel/keys/root_maxkeys": 1000000,
    "kernel/panic": 10,
    "kernel/panic_on_oops": 1,
    "vm/overcommit_memory": 1,
    "vm/panic_on_oom": 0,
}
FORWARD = "net/ipv4/ip_forward"
FILTER_BRIDGES = "net/bridge/bridge-nf-call-iptables"


def start(lab: Lab) -> None:
    """Makes the machine of the control plane, and what joins the others to it."""
    _hold(lab, CONTROL_PLANE, ("unshare", "--mount", "--net", "--propagation=slave", *SLEEP))
    _own_files(lab)
    _ip(
        lab,
        CONTROL_PLANE,
        "link set lo up",
        "link add lab0 type bridge",
        f"address add {_with_mask(API_ADDRESS)} dev lab0",
        "link set lab0 up",
    )
    _switch_on(lab, CONTROL_PLANE, FORWARD)
    if lab.nodes:
        _see_bridges()
        for zone in sorted({site[0] for site in SITES}):
            _join(lab, zone)


def add(lab: Lab, node: Node, others: Iterable[Node]) -> None:
    """Makes the machine of a node, with a way to the machines that are there and from them."""
    # inside the mount namespace that is there already
    _hold(lab, node.name, (*process.prefix(lab, CONTROL_PLANE), "unshare", "--net", *SLEEP))
    _connect(lab, node)
    for other in others:
        _ip(lab, node.name, f"route add {other.pod_cidr} via {other.address}")
        _ip(lab, other.name, f"route add {node.pod_cidr} via {node.address}")
    _switch_on(lab, node.name, FORWARD)
    _switch_on(lab, node.name, FILTER_BRIDGES)


def _join(lab: Lab, zone: str) -> None:
    _ip(
        lab,
        CONTROL_PLANE,
        f"link add zone-{zone} type veth peer name uplink-{zone}",
        f"link add {_bridge(zone)} type bridge",
        f"link set zone-{zone} master lab0 up",
        f"link set uplink-{zone} master {_bridge(zone)} up",
        f"link set {_bridge(zone)} up",
    )


def _bridge(zone: str) -> str:
    return f"bridge-{zone}"


def _with_mask(address: str) -> str:
    return f"{address}/{MACHINES.partition('/')[2]}"


def _hold(lab: Lab, place: str, command: tuple[str, ...]) -> None:
    holder = process.holder_of(place)
    ours = os.readlink("/proc/self/ns/net")
    process.start(lab, [Process(holder, command, place=HOST, ready=lambda: _net(lab, holder) not in ("", ours))])


def _net(lab: Lab, holder: str) -> str:
    """The network namespace of the process once it has come to rest, else an empty string."""
    found = process.pid(lab, holder)
    try:
        with open(f"/proc/{found}/comm") as comm:
            return os.readlink(f"/proc/{found}/ns/net") if comm.read().strip() == SLEEP[0] else ""
    except OSError:
        return ""


def _own_files(lab: Lab) -> None:
    """What is mounted in the laboratory reaches its pods, and nothing of it reaches the host."""
    steps = ["mount --make-rshared /"]
    for folder in PRIVATE:
        own = _own(lab, folder)
        own.mkdir()
        steps.append(f"mkdir -p {folder} && mount --bind {own} {folder}")
    # each kubelet lays a folder of its own into it, see node.py
    steps.append(f"mkdir -p {KUBELET}/device-plugins && mount --make-private {KUBELET}")
    for name, value in FOUND_BY_KUBELET.items():
        own = _own(lab, name)
        own.write_text(f"{value}\n")
        steps.append(f"mount --bind {own} /proc/sys/{name}")
    _sh(lab, CONTROL_PLANE, " && ".join(steps))


def _own(lab: Lab, path: str) -> Path:
    folder = lab.state / "machine"
    folder.mkdir(exist_ok=True)
    return folder / path.strip("/").replace("/", "-")


def _see_bridges() -> None:
    """Packets between pods of one node cross no router: without this, policies would not see them."""
    if not Path(f"/proc/sys/{FILTER_BRIDGES}").exists():
        done = subprocess.run(["modprobe", "br_netfilter"], text=True, capture_output=True, check=False)
        if done.returncode:
            raise LabError(f"br_netfilter: {done.stderr.strip()}; network policies need this module of the kernel")


def _connect(lab: Lab, node: Node) -> None:
    holder = process.pid(lab, process.holder_of(node.name))
    _ip(
        lab,
        CONTROL_PLANE,
        f"link add {node.name} type veth peer name eth0 netns {holder}",
        f"link set {node.name} master {_bridge(node.site[0])} up",
        f"route add {node.pod_cidr} via {node.address}",
    )
    _ip(
        lab,
        node.name,
        "link set lo up",
        f"address add {AGENT_ADDRESS}/32 dev lo",
        f"address add {_with_mask(node.address)} dev eth0",
        "link set eth0 up",
        f"route add default via {API_ADDRESS}",
    )


def _ip(lab: Lab, place: str, *commands: str) -> None:
    _sh(lab, place, "ip -batch -", "\n".join(commands))


def _switch_on(lab: Lab, place: str, name: str) -> None:
    _sh(lab, place, f"echo 1 > /proc/sys/{name}")


def _sh(lab: Lab, place: str, script: str, text: str = "") -> None:
    done = process.run(lab, place, ["sh", "-c", script], input=text)
    if done.returncode:
        raise LabError(f"{place}: '{script}' failed: {done.stderr.strip() or done.stdout.strip()}")
