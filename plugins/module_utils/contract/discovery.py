# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The DNS names that clients are told: what each leads to, and who answers for it."""

from __future__ import annotations

NAMES = ("endpoint", "primary", "reader")

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


def port(target: str) -> int:
    """The port of what a name leads to."""
    return _PORTS.get(target, 6379)
