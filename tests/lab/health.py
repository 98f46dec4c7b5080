"""Whether a laboratory does its work, found out in well under a second."""

from __future__ import annotations

from lab import kubectl, process
from lab.model import Lab


def faults(lab: Lab) -> list[str]:
    """What keeps the laboratory from being used, one line each; none when it is well."""
    if not lab.facts():
        return [f"the laboratory '{lab.name}' is not running"]
    found = [f"{name} has ended" for name in process.names(lab) if process.pid(lab, name) is None]
    if found:
        return found
    if not kubectl.ready(lab):
        return ["the API server does not answer"]
    return _cluster_faults(lab) if lab.nodes else []


def _cluster_faults(lab: Lab) -> list[str]:
    found = kubectl.items(lab, "nodes,deployments", "--namespace=kube-system")
    well = {(item["kind"], item["metadata"]["name"]) for item in found if _conditions(item) & {"Ready", "Available"}}
    wanted = [*(("Node", node.name) for node in lab.nodes), ("Deployment", "coredns")]
    return [f"{kind} {name} is not ready" for kind, name in wanted if (kind, name) not in well]


def _conditions(item: dict) -> set[str]:
    """The conditions that hold."""
    found = item.get("status", {}).get("conditions", [])
    return {condition["type"] for condition in found if condition["status"] == "True"}
