# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What filter client_snippet takes to print a program for an instance as it runs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.discovery import dialled
from ansible_collections.eks.redis.plugins.module_utils.engine.status_facts import outside
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View

# what an endpoint is called -> the name of the root by which clients look for it
_NAMES = {"sentinel": "endpoint", "redis": "primary", "cluster": "primary", "primary": "primary", "reader": "reader"}


def client(view: View) -> dict[str, Any]:
    """flavour and root: no more of them than decides how clients connect."""
    spec, config = view.head["spec"], view.head["spec"]["kubernetesConfig"]
    root: dict[str, Any] = {
        "clusterModeEnabled": view.plan.mode == "cluster",
        "discovery": dict(_discovery(view)),
    }
    if secret := config.get("redisSecret"):
        root["authentication"] = {
            "enabled": True,
            "existingSecret": {"name": secret["name"], "key": secret["key"]},
        }
    if tls := spec.get("TLS"):
        root["transitEncryption"] = {"enabled": True, "existingSecret": tls["secret"]["secretName"]}
    return {"flavour": _flavour(view), "root": root}


def _flavour(view: View) -> dict[str, Any]:
    plan = view.plan
    deployment: Mapping[str, Any] = {"mode": plan.mode}
    if plan.mode == "standalone":
        deployment = {"mode": plan.mode, "config": {"replica": {"count": len(plan.redis[0].pods) - 1}}}
    acl = {"acl": {"enabled": True}} if "acl" in view.head["spec"] else {}
    return {"deployment": dict(deployment), **acl}


def _discovery(view: View) -> Iterator[tuple[str, str]]:
    """The first name that external-dns gives to each of the Services for clients: no more than a root may say.

    An annotation of the user's stands on each of them, so that a name counts once. In a root the sentinels' stands
    alone, and that of the replicas beside another.
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    for name, host, port in _called(view):
        if host not in seen and name not in found:
            found[name] = f"{host}:{port}"
            seen.add(host)
    fitting = ("endpoint",) if "endpoint" in found else ("primary", "reader") if "primary" in found else ()
    yield from ((name, found[name]) for name in fitting if name in found)


def _called(view: View) -> Iterator[tuple[str, str, int]]:
    """Name in the root, host and port of everything by which clients find a Service of theirs."""
    for service in view.services:
        labels = service["metadata"].get("labels") or {}
        for one in outside(view.plan, service) if labels.get("app.kubernetes.io/component") == "client" else ():
            if host := dialled(one["host"]):
                yield _NAMES[one["name"]], host, one["port"]
