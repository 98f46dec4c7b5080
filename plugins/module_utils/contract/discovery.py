# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS names that clients are told: what each leads to, and who answers for it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import INVALID
from ansible_collections.eks.redis.plugins.module_utils.contract.patterns import NAME, SAN

NAMES = ("endpoint", "primary", "reader")
# external-dns reads the second prefix since its release 0.22, the first one before
PREFIXES = ("external-dns.alpha.kubernetes.io", "external-dns.kubernetes.io")
INSIDE, OUTSIDE = "internal-hostname", "hostname"
# the annotations with the DNS names of a Service
HOSTNAMES = tuple(f"{prefix}/{key}" for prefix in PREFIXES for key in (OUTSIDE, INSIDE))

_PORTS = {"sentinel": 26379}


def leads_to(name: str, mode: str, replicas: int) -> str:
    """sentinel, reader (the replicas) or primary (who takes writes; of a cluster any Redis, which redirects)."""
    if name == "endpoint" and mode == "sentinel":
        return "sentinel"
    return "reader" if name == "reader" and mode != "cluster" and replicas else "primary"


def inside(host: str, namespace: str) -> tuple[str, str] | None:
    """Service and namespace, where Kubernetes itself answers for the name; None for any other name.

    namespace: that of whoever asks, which short names leave out.
    """
    service, *rest = host.partition(":")[0].split(".")
    if not rest or rest == [namespace] or rest[1:2] == ["svc"]:
        return service, rest[0] if rest else namespace
    return None


def hostnames(annotations: Mapping[str, str]) -> list[str]:
    """What annotations of a Service tell external-dns to call it, as it is written there, each once."""
    given = ",".join(annotations.get(key, "") for key in HOSTNAMES).split(",")
    return [*filter(None, dict.fromkeys(map(str.strip, given)))]


def annotated(annotations: Mapping[str, str]) -> list[str]:
    """The names that external-dns gives a Service by its annotations, also *.example.com; in lower case, each once.

    A name may end in a dot, as in zone files. What is no name is left out: a template, such as {{.Name}}.example.com.
    """
    found = dict.fromkeys(map(_plain, hostnames(annotations)))
    return [name for name in found if re.fullmatch(SAN.schema["pattern"], name)]


def dialled(name: str) -> str:
    """A name that external-dns gives a Service, as clients dial it; "" for one that they cannot: *.example.com."""
    plain = _plain(name)
    return "" if NAME.accept(plain) is INVALID else plain


def _plain(name: str) -> str:
    """Without capitals, and without the dot at the end of a whole name."""
    return name.strip().lower().removesuffix(".")


def port(target: str) -> int:
    """The port of what a name leads to."""
    return _PORTS.get(target, 6379)
