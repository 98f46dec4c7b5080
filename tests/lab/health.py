"""Whether a laboratory does its work, found out in well under a second."""

from __future__ import annotations

import time
from typing import Any

from lab import identity, kubectl, process
from lab.csi import names
from lab.model import Lab

DNS = ("Deployment", "coredns")


def faults(lab: Lab) -> list[str]:
    """What keeps the laboratory from being used, one line each; none when it is well."""
    if lost := ended(lab):
        return [f"{name} has ended" for name in lost]
    if not kubectl.ready(lab):
        return ["the API server does not answer"]
    return _cluster_faults(lab) if lab.nodes else []


def settled(lab: Lab, limit: float = 180) -> list[str]:
    """As faults, once what only needs time has had it: nodes become ready, processes that ended stay ended."""
    deadline = time.monotonic() + limit
    while (found := faults(lab)) and not ended(lab) and time.monotonic() < deadline:
        time.sleep(0.3)
    return found


def ended(lab: Lab) -> list[str]:
    """Processes that should run and do not."""
    return [name for name in process.names(lab) if process.pid(lab, name) is None]


def _cluster_faults(lab: Lab) -> list[str]:
    if not identity.answers(lab)():
        return ["the webhook of workload identity does not answer"]
    found = kubectl.items(lab, "nodes,csinodes,deployments", "--namespace=kube-system")
    well = {(item["kind"], item["metadata"]["name"]) for item in found if _is_well(item)}
    wanted = [(kind, node.name) for node in lab.nodes for kind in ("Node", "CSINode")]
    return [f"{kind} {name} is not ready" for kind, name in [*wanted, DNS] if (kind, name) not in well]


def _is_well(item: dict[str, Any]) -> bool:
    """A storage driver is known to its node; the other kinds say it themselves."""
    if item["kind"] == "CSINode":
        return any(driver["name"] == names.DRIVER for driver in item["spec"]["drivers"] or [])
    conditions = item.get("status", {}).get("conditions", [])
    return any(found["type"] in ("Ready", "Available") and found["status"] == "True" for found in conditions)
