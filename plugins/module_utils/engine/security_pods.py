# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pods of an instance may do on their nodes, as data: of the pods that are there. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Object = dict[str, Any]

_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"
_LEVEL = "pod-security.kubernetes.io/enforce"
# what a container's securityContext, with the pod's below it, has to say
_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "non_root": lambda context: context.get("runAsNonRoot") is True and context.get("runAsUser") != 0,
    "read_only_root": lambda context: bool(context.get("readOnlyRootFilesystem")),
    "no_capabilities": lambda context: _capabilities(context) == (["ALL"], []),
    "no_escalation": lambda context: context.get("allowPrivilegeEscalation") is False,
    "not_privileged": lambda context: not context.get("privileged"),
    "seccomp": lambda context: (context.get("seccompProfile") or {}).get("type") in ("RuntimeDefault", "Localhost"),
}


def pods(lives: Mapping[str, Object], namespace: Object | None) -> dict[str, Any]:
    """Each is true when it holds for all containers, None when there are no pods.

    user: the UIDs. token: whether a container is given a token for the Kubernetes API. level: which Pod Security
    Standard the namespace enforces, "" for none, None where the namespace may not be read. lacking: what does not hold.
    """
    contexts = [context for pod in lives.values() for _name, context in _contexts(pod)]
    users = sorted({context["runAsUser"] for context in contexts if "runAsUser" in context})
    return {
        "users": users,
        **{key: all(map(check, contexts)) if contexts else None for key, check in _CHECKS.items()},
        "token": any(map(_has_token, lives.values())) if contexts else None,
        "level": (namespace["metadata"].get("labels") or {}).get(_LEVEL, "") if namespace else None,
        "lacking": [
            {"pod": pod, "container": name, "check": check}
            for pod, live in lives.items()
            for name, check in _lacking(live)
        ],
    }


def _contexts(pod: Object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and securityContext of each container; what it does not say, the pod's says."""
    spec = pod["spec"]
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        yield container["name"], {**(spec.get("securityContext") or {}), **(container.get("securityContext") or {})}


def _lacking(pod: Object) -> Iterator[tuple[str, str]]:
    for name, context in _contexts(pod):
        for key, check in _CHECKS.items():
            if not check(context):
                yield name, key


def _capabilities(context: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    given = context.get("capabilities") or {}
    return list(given.get("drop") or ()), list(given.get("add") or ())


def _has_token(pod: Object) -> bool:
    spec = pod["spec"]
    containers = (*(spec.get("initContainers") or ()), *(spec.get("containers") or ()))
    return any(mount["mountPath"] == _TOKEN for one in containers for mount in one.get("volumeMounts") or ())
