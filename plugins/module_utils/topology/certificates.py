# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate of an instance: the names that it holds, and the request to cert-manager."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import discovery
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import CERTIFICATE, metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

AUTHORITY, CHAIN, KEY = "ca.crt", "tls.crt", "tls.key"
# cert-manager writes into a Secret of which Certificate it is (its API reference, "Annotations on Secrets")
MAKER = "cert-manager.io/certificate-name"
_ISSUER, _ISSUER_KIND = (f"cert-manager.io/issuer-{key}" for key in ("name", "kind"))
_HOURS = 24


def is_own(instance: Instance) -> bool:
    """Whether a CA of the instance's own signs it."""
    given = instance.transit_encryption
    return given.enabled and not given.existing_secret and not given.issuer.name


def subjects(instance: Instance, plan: Layout) -> tuple[str, ...]:
    """Every DNS name and address by which somebody may call the instance, those of single pods too; sorted."""
    where = instance.namespace
    # by short names within the namespace, by long ones from anywhere
    services = {
        f"{service}{suffix}"
        for service in plan.services
        for suffix in ("", f".{where}", f".{where}.svc", f".{where}.svc.cluster.local")
    }
    pods = {
        f"*.{workload.statefulset}-headless.{where}.svc{domain}"
        for workload in plan.workloads
        for domain in ("", ".cluster.local")
    }
    nodes = {f"*.{instance.discovery.nodes}"} if instance.discovery.nodes and plan.mode == "cluster" else set()
    given = set(instance.transit_encryption.names)
    return tuple(sorted({*services, *pods, *_told(instance), *nodes, *given, "localhost", "127.0.0.1"}))


def called(instance: Instance, plan: Layout) -> dict[str, str]:
    """The names that clients call, and those that nodes of a cluster send them on to; each with what to call it.

    What holds for one node holds for all of a domain: *.nodes.example.com.
    """
    given = instance.discovery.nodes
    # as the operator announces them, or the pods themselves (operator sheet §3.6, topology.startup)
    nodes = [
        f"{pod}.{given or f'{workload.statefulset}-headless.{plan.namespace}.svc.cluster.local'}"
        for workload in plan.redis
        for pod in workload.pods
        if plan.mode == "cluster"
    ]
    told = [*(endpoint.host for endpoint in plan.endpoints), *_told(instance)]
    return {**{name: name for name in told}, **{name: f"*.{name.partition('.')[2]}" for name in nodes}}


def _told(instance: Instance) -> list[str]:
    """The names that clients are told, whatever Service each leads to: of the root, and of annotations."""
    given = (getattr(instance.discovery, name).partition(":")[0] for name in discovery.NAMES)
    return [*filter(None, given), *discovery.annotated(instance.flavour.service.annotations)]


def issuer(annotations: Mapping[str, str]) -> tuple[str, str] | None:
    """Name and kind of who signed what a Secret with these annotations holds; None unless cert-manager made it."""
    name = annotations.get(_ISSUER)
    return (name, annotations.get(_ISSUER_KIND) or "Issuer") if name else None


def is_address(subject: str) -> bool:
    """Whether it is an IP address, and not a name."""
    try:
        ip_address(subject)
    except ValueError:
        return False
    return True


def request(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The Certificate that cert-manager makes the Secret of; none when no issuer of it is named."""
    given = instance.transit_encryption
    if not given.enabled or not given.issuer.name:
        return []
    wanted = subjects(instance, plan)
    return [
        {
            "apiVersion": "cert-manager.io/v1",
            "kind": "Certificate",
            "metadata": metadata(instance, names.certificate(instance), CERTIFICATE),
            "spec": {
                "secretName": names.certificate(instance),
                "duration": f"{given.days * _HOURS}h0m0s",
                "renewBefore": f"{given.renew_days * _HOURS}h0m0s",
                "dnsNames": [one for one in wanted if not is_address(one)],
                "ipAddresses": [one for one in wanted if is_address(one)],
                # pods call each other with it too
                "usages": ["digital signature", "server auth", "client auth"],
                "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
                "issuerRef": {"name": given.issuer.name, "kind": given.issuer.kind, "group": given.issuer.group},
            },
        }
    ]
