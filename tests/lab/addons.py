"""What a cluster on EKS has from its first minute: Node objects, DNS, storage classes, rights, ServiceMonitors."""

from __future__ import annotations

import json
from pathlib import Path
from string import Template

from lab import identity, images, kubectl, node
from lab.model import API_ADDRESS, AWS_NAME, DNS_DOMAIN, DNS_SERVICE, Lab

HERE = Path(__file__).parent
FIRST = ("manifests/kube-router.yaml", "manifests/prometheus-operator.yaml", "csi/manifests.yaml")
DNS = "manifests/coredns.yaml"


def register(lab: Lab) -> None:
    """Before the nodes start."""
    nodes = [json.dumps(node.manifest(found)) for found in lab.nodes]
    files = [(HERE / file).read_text() for file in FIRST]
    kubectl.apply(lab, "\n---\n".join([*nodes, *files, identity.manifests(lab)]))


def dns(lab: Lab) -> None:
    values = {
        "api_address": API_ADDRESS,
        "aws_name": AWS_NAME,
        "dns_domain": DNS_DOMAIN,
        "dns_service": DNS_SERVICE,
        "image": images.coredns(),
    }
    kubectl.apply(lab, Template((HERE / DNS).read_text()).substitute(values))
