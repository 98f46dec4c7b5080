# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Service by which applications find the cache first, and the instance after the switch; one name for both.

While no selector of it can find what it leads to, an EndpointSlice of ours does: one object, so that changing it is one
request, whether it names the cache or the instance.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import DOOR, MANAGED_BY

LEADS_TO = "eks.redis/leads-to"  # the annotation of the slice: CACHE or INSTANCE
CACHE, INSTANCE = "cache", "instance"
# by these an EndpointSlice belongs to a Service, and to whom (Kubernetes, "EndpointSlices")
SERVICE_LABEL = "kubernetes.io/service-name"
MANAGED_LABEL = "endpointslice.kubernetes.io/managed-by"
_PORT = "redis-client"  # as the operator calls it
# what Services of an instance have behind its name, ours and the operator's (operator sheet §2.1)
_TAKEN = (
    "",
    *(f"-{word}" for word in ("additional", "client", "exporter", "headless", "master", "nodes", "reader", "replica")),
    *(f"-{role}{more}" for role in ("leader", "follower", "sentinel") for more in ("", "-additional", "-headless")),
    *(f"-sentinel-{word}" for word in ("client", "exporter")),
    "-exporter-backup",
)


def taken(instance: str) -> frozenset[str]:
    """Names of Services that the instance has, or may have with another flavour."""
    return frozenset(f"{instance}{suffix}" for suffix in _TAKEN)


def is_address(host: str) -> bool:
    """Whether it is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def named(namespace: str, service: str, address: Address) -> dict[str, Any]:
    """It leads to a DNS name, whatever that leads to: DNS alone knows of it, and the port is only told."""
    spec = {"type": "ExternalName", "externalName": address.host, "ports": [_port(address.port)]}
    return _service(namespace, service, spec)


def pinned(namespace: str, service: str, port: int) -> dict[str, Any]:
    """It leads to where the slice says. port: at which applications ask."""
    return _service(namespace, service, {"type": "ClusterIP", "ports": [_port(port)]})


def selecting(namespace: str, service: str, port: int, selector: Mapping[str, str], target: int) -> dict[str, Any]:
    """It leads to the pods of the instance. target: their port."""
    ports = [{**_port(port), "targetPort": target}]
    return _service(namespace, service, {"type": "ClusterIP", "selector": dict(selector), "ports": ports})


def endpoints(namespace: str, service: str, leads_to: str, addresses: Sequence[Address]) -> dict[str, Any]:
    """The slice. addresses: IP addresses of one family, all with one port."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": names.door_slice(service),
            "namespace": namespace,
            "labels": {**_LABELS, SERVICE_LABEL: service, MANAGED_LABEL: MANAGED_BY},
            "annotations": {LEADS_TO: leads_to},
        },
        "addressType": f"IPv{ipaddress.ip_address(addresses[0].host).version}",
        "endpoints": [{"addresses": [one.host], "conditions": {"ready": True}} for one in addresses],
        "ports": [{"name": _PORT, "port": addresses[0].port, "protocol": "TCP"}],
    }


def problems(addresses: Sequence[Address]) -> list[str]:
    """Why a Service cannot lead to all of these at once, a line each."""
    numeric = [one for one in addresses if is_address(one.host)]
    found = []
    if len(addresses) > 1 and len(numeric) < len(addresses):
        found.append("a Service leads to one DNS name, or to IP addresses: name the endpoint alone")
    if len({one.port for one in addresses}) > 1:
        found.append("a Service leads to one port: all addresses must have the same")
    if len({ipaddress.ip_address(one.host).version for one in numeric}) > 1:
        found.append("a Service leads to IPv4 or to IPv6 addresses, not to both")
    return found


# not of an instance: it stays when that goes
_LABELS = {
    "app.kubernetes.io/name": "redis",
    "app.kubernetes.io/component": DOOR,
    "app.kubernetes.io/managed-by": MANAGED_BY,
}


def _service(namespace: str, service: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"name": service, "namespace": namespace, "labels": _LABELS}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": dict(spec)}


def _port(number: int) -> dict[str, Any]:
    return {"name": _PORT, "port": number, "protocol": "TCP"}
