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
    ready = {node["metadata"]["name"] for node in kubectl.items(lab, "nodes") if _is_ready(node)} if lab.nodes else set()
    return [f"{node.name} is not Ready" for node in lab.nodes if node.name not in ready]


def _is_ready(node: dict) -> bool:
    return any(found["type"] == "Ready" and found["status"] == "True" for found in node["status"]["conditions"])
