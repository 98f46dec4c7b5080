"""What a cluster on EKS has from the first minute: its Node objects, cluster DNS, rights of its agents."""

from __future__ import annotations

import json
import time
from pathlib import Path
from string import Template

from lab import health, images, kubectl, node
from lab.model import API_ADDRESS, AWS_NAME, DNS_DOMAIN, DNS_SERVICE, Lab, LabError

MANIFESTS = Path(__file__).parent / "manifests"


def register(lab: Lab) -> None:
    """Before the nodes start."""
    nodes = [json.dumps(node.manifest(found)) for found in lab.nodes]
    kubectl.apply(lab, "\n---\n".join([*nodes, (MANIFESTS / "kube-router.yaml").read_text()]))


def dns(lab: Lab) -> None:
    values = {
        "api_address": API_ADDRESS,
        "aws_name": AWS_NAME,
        "dns_domain": DNS_DOMAIN,
        "dns_service": DNS_SERVICE,
        "image": images.coredns(),
    }
    kubectl.apply(lab, Template((MANIFESTS / "coredns.yaml").read_text()).substitute(values))


def wait(lab: Lab, limit: float = 180) -> None:
    """Until nodes and cluster DNS do their work."""
    deadline = time.monotonic() + limit
    while missing := health.faults(lab):
        if time.monotonic() > deadline:
            raise LabError(f"{missing[0]} after {limit:.0f} s; the logs are in {lab.logs}")
        time.sleep(0.3)
