# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the annotations of a Service make of its load balancer in AWS, and whom that lets in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PREFIX = "service.beta.kubernetes.io/aws-load-balancer"
SCHEME, INTERNAL, TYPE, PROXY = (f"{PREFIX}-{key}" for key in ("scheme", "internal", "type", "proxy-protocol"))
RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
# what only one load balancer of an account can have: its name, and addresses
UNSHARED = tuple(f"{PREFIX}-{key}" for key in ("name", "eip-allocations", "private-ipv4-addresses", "ipv6-addresses"))
INSIDE, OUTSIDE = "internal", "internet-facing"
# annotation -> the values that a controller knows; () where none of them goes with Redis
KNOWN: Mapping[str, tuple[str, ...]] = {
    SCHEME: (INSIDE, OUTSIDE),
    INTERNAL: ("true", "false"),
    TYPE: ("nlb", "external", "nlb-ip"),
    PROXY: (),
}
# these are left to the AWS Load Balancer Controller or to EKS Auto Mode, all others to Kubernetes' own controller
_CLASSES = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
_TYPES = ("external", "nlb-ip")


def scheme(load_balancer_class: str, notes: Mapping[str, str]) -> str:
    """INSIDE or OUTSIDE, as whoever makes the load balancer reads the annotations.

    The AWS Load Balancer Controller and EKS Auto Mode obey SCHEME first, then INTERNAL, and stay inside where neither
    is given (AWS Load Balancer Controller, guide "Service annotations"). Kubernetes' own knows INTERNAL alone: any
    value of it but "" and "false" means inside; without it it goes outside (cloud-provider-aws, `EnsureLoadBalancer`).
    """
    if load_balancer_class in _CLASSES or notes.get(TYPE) in _TYPES:
        return notes.get(SCHEME) or (OUTSIDE if notes.get(INTERNAL, "").lower() == "false" else INSIDE)
    return OUTSIDE if notes.get(INTERNAL, "") in ("", "false") else INSIDE


def ranges(given: Iterable[str], notes: Mapping[str, str]) -> tuple[str, ...]:
    """The networks that it lets in; () for everybody. given: of the Service's own field, which goes first."""
    listed = tuple(given) or tuple(one.strip() for one in notes.get(RANGES, "").split(","))
    found = tuple(one for one in listed if one)
    return () if any(map(is_everybody, found)) else found


def is_everybody(network: str) -> bool:
    """Whether it is all of IPv4 or of IPv6."""
    return network.endswith("/0")
