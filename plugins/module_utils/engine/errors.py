# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between us and the cluster, each as one line a user can act on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

_T = TypeVar("_T")

# 'User "x" cannot patch resource "configmaps" in API group "" in the namespace "apps"', or '… at the cluster scope'
_FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]*)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)

# 'user "x" (groups=["y"]) is attempting to grant RBAC permissions not currently held:', then a line for each of them
_GRANTED = re.compile(
    r'user "(?P<user>[^"]*)".* is attempting to grant RBAC permissions not currently held:\n(?P<rules>.*)', re.S
)


class EngineError(Exception):
    """Ends a module with its text as ``msg``; ``result`` goes into the module's result beside it."""

    def __init__(self, message: str, **result: Any) -> None:
        super().__init__(message)
        self.result = result


class Unreachable(EngineError):
    """No answer from the API server at all."""


class Unanswered(EngineError):
    """A pod could not be asked, or did not do what it was asked; a later attempt may succeed."""


class ApiError(EngineError):
    """An answer of the API server other than success.

    status: HTTP status. details: the ``details`` of the Kubernetes Status object, {} if there was none.
    """

    def __init__(self, message: str, status: int, details: dict[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.details = details


def allowed(read: Callable[[], _T]) -> _T | None:
    """What is read; None for who may not read it."""
    try:
        return read()
    except ApiError as error:
        if error.status == 403:
            return None
        raise


def together(problems: Iterable[str]) -> EngineError:
    """One error for several problems: a line each, no line twice."""
    return EngineError("\n".join(dict.fromkeys(problems)))


def unreachable(server: str, source: str, reason: str) -> Unreachable:
    """``reason`` is the text of the network library's exception; only its last, human part is kept."""
    for token, plain in _REASONS:
        if token in reason:
            reason = plain
            break
    return Unreachable(
        f"cannot reach the Kubernetes API at {server} ({source}): {reason}; "
        "check that the cluster is up, or name another one with KUBECONFIG or the option kubeconfig"
    )


_REASONS = (
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not signed by the expected authority (option ca_cert)"),
    ("Connection refused", "connection refused"),
    ("Name or service not known", "the host name is not known"),
    ("No address associated with hostname", "the host name is not known"),
    ("Temporary failure in name resolution", "the host name cannot be resolved"),
    ("No route to host", "no route to host"),
    ("Network is unreachable", "the network is unreachable"),
    ("timed out", "no answer in time"),
)


def refused(verb: str, what: str, status: int, body: str, server: str, source: str) -> ApiError:
    """The error for a non-success answer.

    verb, what: what was tried, such as ``patch`` and ``ConfigMap apps/cache-config``. body: the answer's text.
    """
    state = _status(body)
    granted = _GRANTED.search(state.get("message") or "")
    text = (state.get("message") or body or "no reason given").strip().splitlines()[0]
    details = state.get("details") or {}
    if status == 401:
        message = (
            f"the Kubernetes API at {server} does not accept the credentials of {source} (401 Unauthorized): "
            "the token is missing, wrong or expired; renew it, on EKS with: aws eks update-kubeconfig --name CLUSTER"
        )
    elif status == 403 and (match := _FORBIDDEN.search(text)):
        message = f"{what}: {_forbidden(**match.groupdict())}"
    elif status == 403 and granted:
        message = f"{what}: {_ungranted(**granted.groupdict())}"
    elif status == 409 and (conflicts := _conflicts(details)):
        message = (
            f"{what}: {conflicts}; remove the field there, or take it over with force: true (playbooks: redis_force)"
        )
    elif status == 404 and not state:
        message = f"{what}: cannot {verb}: the cluster does not know this kind, its CustomResourceDefinition is missing"
    else:
        message = f"{what}: cannot {verb}: {text} (HTTP {status})"
    return ApiError(message, status, details)


def _forbidden(user: str, verb: str, resource: str, group: str, namespace: str | None) -> str:
    where = f"in namespace {namespace}" if namespace else "in the whole cluster"
    role = "Role" if namespace else "ClusterRole"
    resource = f"{resource}.{group}" if group else resource
    return f"user {user} may not {verb} {resource} {where}: it needs a {role} with the verb {verb} on {resource}"


def _ungranted(user: str, rules: str) -> str:
    """rules: a line each, ``{APIGroups:[""], Resources:["pods"], Verbs:["get" "patch"]}``."""
    lacking = ", ".join(line.strip() for line in rules.splitlines() if line.strip())
    return f"user {user} may not grant what they do not have themselves: {lacking}; they need a Role with these verbs"


def _conflicts(details: dict[str, Any]) -> str:
    """``conflict with kubectl on .data.a, .data.b``, from the causes of a server-side apply conflict."""
    fields: dict[str, list[str]] = {}
    for cause in details.get("causes") or ():
        if cause.get("reason") == "FieldManagerConflict":
            manager = cause.get("message", "").partition('"')[2].partition('"')[0] or "another manager"
            fields.setdefault(manager, []).append(cause.get("field", "?"))
    return "; ".join(f"conflict with {manager} on {', '.join(names)}" for manager, names in fields.items())


def _status(body: str) -> dict[str, Any]:
    try:
        state = json.loads(body)
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}
