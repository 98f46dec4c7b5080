"""What a laboratory is made of: names, addresses and paths, all derived, nothing started."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST = "host"
CONTROL_PLANE = "control-plane"
FULL = "full"
LEVELS = (CONTROL_PLANE, FULL)

# 198.18.0.0/15 is reserved for benchmarks (RFC 2544): no real network answers there
REGION = "us-east-1"
# one machine in each zone, and as many again: room for six pods of which no two may share a machine
SITES = ("a", "b", "c", "a2", "b2", "c2")
SIZES = (3, 6)
API_ADDRESS = "198.18.0.10"
API_PORT = 6443
MACHINES = "198.18.0.0/24"
SERVICES = "198.19.0.0/20"
PODS = "198.19.16.0/20"
KUBERNETES_SERVICE = "198.19.0.1"
DNS_SERVICE = "198.19.0.10"
DNS_DOMAIN = "cluster.local"
AWS_NAME = "aws.lab.internal"
AWS_PORT = 4566
# what the AWS stand-in's describe_cluster answers, so that projected tokens are the real material of IRSA
CLUSTER = "lab"
OIDC_ISSUER = f"https://oidc.eks.{REGION}.amazonaws.com/id/1AB0000000000000000000000000001A"

CGROUP_PREFIX = "ekslab-"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# the longest unix socket path the kernel takes
SOCKET_PATH = 107


class LabError(Exception):
    """One line for the person at the terminal: what failed, and what to do or where to look."""


@dataclass(frozen=True)
class Process:
    """A long-running process of a laboratory.

    place: HOST, CONTROL_PLANE or the name of a node; every place but HOST has its own network, and all of them
    share one mount namespace of the laboratory's own.
    environment: added to a bare one (PATH, HOME); nothing of the caller's leaks in.
    ready: says whether the process does its work already; None: it is taken to be ready once it runs.
    restart: started again one second after it ends, for those that end by design.
    """

    name: str
    command: tuple[str, ...]
    place: str = CONTROL_PLANE
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    restart: bool = False


@dataclass(frozen=True)
class Node:
    """One machine of the cluster. site: one of SITES; its letter is that of the zone."""

    site: str
    index: int
    state: Path

    @property
    def name(self) -> str:
        return f"node-{self.site}"

    @property
    def zone(self) -> str:
        return f"{REGION}{self.site[0]}"

    @property
    def address(self) -> str:
        return f"198.18.0.{20 + self.index}"

    @property
    def pod_cidr(self) -> str:
        return f"198.19.{16 + self.index}.0/24"

    @property
    def instance_id(self) -> str:
        return f"i-{self.site:0>17}"

    @property
    def provider_id(self) -> str:
        return f"aws:///{self.zone}/{self.instance_id}"

    @property
    def kubelet(self) -> Path:
        """The kubelet's --root-dir: plugins, plugins_registry and pods are below it."""
        return self.state / "kubelet"

    @property
    def containerd_socket(self) -> Path:
        return self.state / "containerd.sock"


@dataclass(frozen=True)
class Lab:
    """A laboratory by name, of which a machine has one.

    home: the folder that holds the state of all of them. size: how many nodes it has, unless its level has none.
    """

    name: str
    level: str
    home: Path
    size: int = SIZES[0]

    @property
    def state(self) -> Path:
        return self.home / self.name

    @property
    def sites(self) -> tuple[Node, ...]:
        """The nodes that it has or may be given while it runs."""
        sites = SITES if self.level == FULL else ()
        return tuple(Node(site, i, self.state / "nodes" / site) for i, site in enumerate(sites, start=1))

    @property
    def nodes(self) -> tuple[Node, ...]:
        return self.sites[: self.size]

    @property
    def cgroup(self) -> str:
        return f"{CGROUP_PREFIX}{self.name}"

    @property
    def bin(self) -> Path:
        return self.state / "bin"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def pids(self) -> Path:
        return self.state / "pid"

    @property
    def pki(self) -> Path:
        return self.state / "pki"

    @property
    def jwks(self) -> Path:
        """The public keys of the issuer of the pods' tokens."""
        return self.state / "jwks.json"

    @property
    def audit_log(self) -> Path:
        return self.logs / "audit.log"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, for use on the host."""
        return self.state / "kubeconfig"

    @property
    def inventory(self) -> Path:
        return self.state / "inventory.yml"

    @property
    def ports(self) -> dict[str, int]:
        """Loopback ports of the host by what they lead to: api, aws."""
        ports: dict[str, int] = self.facts().get("ports", {})
        return ports

    @property
    def complete(self) -> Path:
        """There once a start has come to its end."""
        return self.state / "complete"

    def kubeconfig_of(self, user: str) -> Path:
        """For processes inside the laboratory; user: a name of certificates.USERS or a node's name."""
        return self.state / "kubeconfigs" / user

    def facts(self) -> dict[str, Any]:
        """What was decided at the start: level, size, ports and operator; empty unless there was one."""
        path = self.state / "lab.json"
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found


def home() -> Path:
    return Path(os.environ.get("LAB_HOME", "/var/lib/ekslab"))


def current() -> str:
    """The laboratory that a shell uses."""
    return os.environ.get("LAB_NAME", "lab")


def find(name: str, level: str | None = None, size: int | None = None) -> Lab:
    """The laboratory of that name; level and size are those it was started with unless others are asked for."""
    if not re.fullmatch(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", name):
        raise LabError(f"name: '{name}' is not a laboratory's name; allowed: 1 to 12 of a-z, 0-9 and '-'")
    lab = Lab(name, FULL, home())
    longest = lab.sites[-1].kubelet / "plugins_registry" / "ebs.csi.aws.com-reg.sock"
    if len(os.fsencode(longest)) > SOCKET_PATH:
        raise LabError(f"LAB_HOME: '{home()}' is too long: {longest} exceeds {SOCKET_PATH} bytes; choose a shorter one")
    facts = lab.facts()
    return Lab(name, level or facts.get("level", FULL), home(), size or facts.get("size", SIZES[0]))
