"""Failovers that nobody planned, as clients see them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from clients_inside import Client
from conftest import kubectl
from document import Section
from places import ask, clear, cut, eventually, laboratory, master, node_of, pods, within

SECTION = Section(
    "Failover",
    """
Clients of redis-py, 100 writes a second each, while a master goes: in mode sentinel one asks the sentinels who the
master is, and one uses the Service of the master, at the same time; in mode cluster one knows all nodes. Each connects
anew after an error and tries again after 0.1 s, with time-outs of 1 s. The gap is the longest time between two
acknowledged writes of a thread. What is cut off holds neither the operator nor the cluster's DNS, and is back after
90 s.

Redis replicates asynchronously: a write that was acknowledged is lost with a master that had not passed it on. A master
that comes back from behind a cut believes in itself until the sentinels tell it otherwise, and its Service still leads
to it: what it takes in these seconds is lost too. `min-replicas-to-write` makes it refuse them.

Nobody helps while the clients write. Where the sentinels do not agree on a master again within two minutes, so that new
clients cannot ask them, a deploy of the same flavour mends it; the last column counts these.
""",
    (
        "what happens",
        "client",
        "runs",
        "acknowledged",
        "lost",
        "longest gap in seconds: median",
        "worst",
        "mended by a deploy",
    ),
)
RUNS = 3
PASSWORD = "drilled-4-failover"
AUTHENTICATION = {"enabled": True, "authToken": PASSWORD}
SMALL = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "256Mi"}}
ZONES = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
FLAVOUR = {
    "antiAffinity": "required",
    "topologySpreadConstraints": [ZONES],
    "persistence": {"size": "1Gi", "aof": {"enabled": True}},
    "resources": SMALL,
}
# access -> the Service to begin with, and what the table calls such a client
CLIENTS = {
    "sentinel": ("drill-sentinel", "asks the sentinels"),
    "service": ("drill-master", "uses the Service of the master"),
    "cluster": ("drill-leader", "knows all nodes"),
}
RATE = 100  # writes a second of a client
CUT = 90.0
QUIET = 10  # answers in a row, a second apart, after which it is over
PATIENCE = 120  # seconds for the sentinels to agree without help


def delete(namespace: str, pod: str) -> None:
    kubectl("delete", "pod", pod, namespace=namespace)


def force_delete(namespace: str, pod: str) -> None:
    kubectl("delete", "pod", pod, "--force", "--grace-period=0", namespace=namespace)


def cut_zone(namespace: str, pod: str) -> None:
    zone = node_of(namespace, pod).zone
    clear(zone)
    cut(f"zone-{zone[-1]}", CUT)


def cut_node(namespace: str, pod: str) -> None:
    node = node_of(namespace, pod)
    clear(node.zone)
    cut(node.name, CUT)


Fault = Callable[[str, str], None]


class Case(NamedTuple):
    """deceived: seconds in which the Service of the master may lead to one that is none any more."""

    fault: Fault
    directives: Mapping[str, str] = {}
    deceived: int = 0

    def allowed(self, access: str) -> int:
        """Writes of a client that may be lost in a run, beside those of the last second."""
        return RATE * (1 + (self.deceived if access == "service" else 0))


SENTINEL = {
    "the master's pod is deleted": Case(delete),
    "the master's pod is deleted by force": Case(force_delete),
    # sentinels look at a master that is back every ten seconds, and give it some more to correct itself
    "the master's zone is cut off": Case(cut_zone, deceived=30),
    "the master's zone is cut off, with min-replicas-to-write 1": Case(cut_zone, {"min-replicas-to-write": "1"}),
}
CLUSTER = {
    "the pod of a shard's master is deleted": Case(delete),
    "the pod of a shard's master is deleted by force": Case(force_delete),
    # its replica may be in the same zone
    "the node of a shard's master is cut off": Case(cut_node),
}


@pytest.mark.parametrize("what", SENTINEL)
def test_the_sentinels_fail_over_when(what, instance, record, tmp_path) -> None:
    case = SENTINEL[what]
    flavour = {"deployment": {"mode": "sentinel"}, "additionalConfig": case.directives, **FLAVOUR}
    deploy = partial(instance, flavour, authentication=AUTHENTICATION)
    for row in Drill(deploy, "drill-master", ("sentinel", "service"), tmp_path).rows(what, case):
        record(SECTION, *row)


@pytest.mark.parametrize("what", CLUSTER)
def test_a_shard_fails_over_when(what, instance, record, tmp_path) -> None:
    flavour = {"deployment": {"mode": "cluster"}, **FLAVOUR}
    deploy = partial(instance, flavour, authentication=AUTHENTICATION, clusterModeEnabled=True)
    for row in Drill(deploy, "drill-leader", ("cluster",), tmp_path).rows(what, CLUSTER[what]):
        record(SECTION, *row)


class Drill:
    """deploy: makes the instance what it is to be, and returns its namespace. host: the Service that leads to a master.

    accesses: the clients' ways. folder: for their files. helped: how often a deploy was needed afterwards.
    """

    def __init__(self, deploy: Callable[[], str], host: str, accesses: tuple[str, ...], folder: Path) -> None:
        self.deploy, self.host, self.accesses, self.folder = deploy, host, accesses, folder
        self.namespace, self.helped = deploy(), 0

    def rows(self, what: str, case: Case) -> list[list[object]]:
        """A row for each client, over all runs."""
        seen = [self._run(self.folder / f"run{number}", case) for number in range(RUNS)]
        return [
            [what, CLIENTS[access][1], *summary([run[access] for run in seen]), self.helped] for access in self.accesses
        ]

    def _run(self, scratch: Path, case: Case) -> dict[str, Mapping[str, Any]]:
        scratch.mkdir()
        eventually(self._operator_has_looked)
        pod = master(self.namespace)
        zone = node_of(self.namespace, pod).zone
        place = next(node.name for node in laboratory().nodes if node.zone != zone)
        hosts = {access: f"{CLIENTS[access][0]}.{self.namespace}.svc" for access in self.accesses}
        clients = [Client(access, host, place, PASSWORD, scratch) for access, host in hosts.items()]
        for client in clients:
            client.start()
        for client in clients:
            eventually(lambda key=f"{client.prefix}:0:100": self._ask(f"GET {key}") == "100")
        case.fault(self.namespace, pod)
        self._settle()
        if not within(PATIENCE, self._sentinels_agree):
            print({each: self._flags(each) for each in pods(self.namespace, "sentinel")}, flush=True)
            self.deploy()
            self.helped += 1
        reports = {client.access: client.finish() for client in clients}
        for access, report in reports.items():
            print(access, {name: value for name, value in report.items() if name != "threads"}, flush=True)
            last = min(thread["acknowledged_at"] for thread in report["threads"])
            assert report["seconds"] - last < QUIET, report
            assert report["lost"] <= case.allowed(access), report
        return reports

    def _settle(self) -> None:
        """Until Redis has been whole for a while, without anybody's help."""
        for name in kubectl("get", "statefulsets", "--output=name", namespace=self.namespace).split():
            kubectl("rollout", "status", name, "--timeout=600s", namespace=self.namespace)
        for _answer in range(QUIET):
            eventually(lambda: self._ask("SET settled 1") == "OK")
            time.sleep(1)

    def _operator_has_looked(self) -> bool:
        """And let the sentinels learn anew what it had them forget: each run is of one failure, not of two at once."""
        sentinels, members = pods(self.namespace, "sentinel"), pods(self.namespace)
        known = {"num-slaves": str(len(members) - 1), "num-other-sentinels": str(len(sentinels) - 1)}
        seen = [self._master_of(pod) for pod in sentinels]
        path = "jsonpath={.status.masterNode}"
        return not sentinels or (
            all(known.items() <= one.items() for one in seen)
            and kubectl("get", "redisreplication", "drill", "--output", path, namespace=self.namespace)
            == master(self.namespace)
        )

    def _sentinels_agree(self) -> bool:
        return all(self._flags(pod) == "master" for pod in pods(self.namespace, "sentinel"))

    def _flags(self, sentinel: str) -> str:
        """What a sentinel says of the master, such as `s_down,master`; nothing when it knows none."""
        return self._master_of(sentinel).get("flags", "")

    def _master_of(self, sentinel: str) -> dict[str, str]:
        said = ask(self.namespace, sentinel, "-p 26379 SENTINEL MASTER myMaster").splitlines()
        return dict(zip(said[::2], said[1::2], strict=False))

    def _ask(self, command: str) -> str:
        """What Redis answers to a client in a pod that is there; nothing if it does not."""
        return ask(self.namespace, pods(self.namespace)[0], "-c", "-h", self.host, command)


def summary(seen: list[Mapping[str, Any]]) -> list[object]:
    gaps = [report["longest_gap"] for report in seen]
    acknowledged, lost = (sum(report[name] for report in seen) for name in ("acknowledged", "lost"))
    return [len(seen), acknowledged, lost, f"{statistics.median(gaps):.1f}", f"{max(gaps):.1f}"]
