# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changed ACL users, told to running pods: no restart, and nobody is cut off whose user stays.

Pods read their file at their start only: the operator mounts it in a way that Kubernetes does not keep current
(operator sheet §3.7). So the pods are told first, and the Secret is written then: who is cut off in between finds the
old Secret, and tells them once more.

Another password of the user default is told to nobody: a pod, its probes and who follows it log in by the one that its
environment has had since its start. Such pods restart instead, after the Secret is written.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import CHANGED, Change
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.effects import rolls
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import LOG_IN, redis_cli
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

# Commands come by standard input: digests of passwords are for no audit log. 1: how many bytes they are.
_SCRIPT = LOG_IN + 'head -c "$1" | redis-cli $tls'


def tell_pods(api: Api, plan: Layout, seen: Snapshot, changes: Sequence[Change]) -> list[str]:
    """What was done, a line; nothing when the file does not change, or pods restart with it."""
    change = next((one for one in changes if _is_file(one)), None)
    if change is None or _has_another_log_in(change):
        return []
    pods = _tell_all(api, plan, seen, change.manifest)
    return [tell(f"ACL users changed in {len(pods)} running pod{'s' if len(pods) != 1 else ''}, without a restart")]


def restart_pods(api: Api, plan: Layout, seen: Snapshot, changes: Sequence[Change]) -> list[str]:
    """What was done, a line; nothing unless default has another password, and the operator restarts no pod for it.

    Preflight has seen to it that there is one Redis alone, or none that works.
    """
    rolled = any(rolls(one.before, one.after) for one in changes if one.manifest["kind"] == plan.redis[0].kind)
    if rolled or not any(_is_file(one) and _has_another_log_in(one) for one in changes):
        return []
    pods = [pod for pod in plan.pods if pod in seen.pods]
    for pod in pods:
        api.delete("Pod", pod, plan.namespace)
    return [tell(f"Pod {', '.join(pods)} restarted with another password")] if pods else []


def remind_pods(api: Api, plan: Layout, seen: Snapshot, resource: dict[str, Any]) -> None:
    """After a restore into a cluster, which reads the file that each pod has had since its start: what changed later is
    told once more. resource: the custom resource."""
    name = ((resource["spec"].get("acl") or {}).get("secret") or {}).get("secretName")
    if name and plan.mode == "cluster":
        with suppress(ApiError):  # who may not read the Secret; a later change of users mends it too
            live = api.get("Secret", name, plan.namespace)
            if live:
                _tell_all(api, plan, seen, live)


def _tell_all(api: Api, plan: Layout, seen: Snapshot, secret: dict[str, Any]) -> list[str]:
    """The pods that were told. secret: with the file."""
    text = file_of(secret)
    pods = seen.ready_pods(plan)
    api.map(lambda pod: _tell(api, plan, pod, text), pods)
    return pods


def file_of(secret: dict[str, Any] | None) -> str:
    """The file that a Secret holds, "" where there is none."""
    data = (secret or {}).get("data") or {}
    return b64decode(data.get(acl_users.FILE) or "").decode(errors="replace")


def is_another_log_in(before: str, after: str) -> bool:
    """Whether two files have digests of two passwords of the user default; not where one has none."""
    was, wanted = (_log_in(text) for text in (before, after))
    return bool(was and wanted and was != wanted)


def _log_in(text: str) -> str:
    """``#`` and the digest of default's password, "" for no file of ours."""
    found = (line.split(" ") for line in text.splitlines() if line.startswith(f"user {acl_users.DEFAULT} "))
    return next((word for words in found for word in words if word.startswith("#")), "")


def _has_another_log_in(change: Change) -> bool:
    before, after = (file_of(one) for one in (change.before, change.manifest))
    return is_another_log_in(before, after)


def _is_file(change: Change) -> bool:
    return change.action == CHANGED and acl_users.FILE in (change.manifest.get("data") or {})


def _tell(api: Api, plan: Layout, pod: str, text: str) -> None:
    container = plan.redis_of(pod).container
    there = redis_cli(api, plan.namespace, pod, container, "ACL", "USERS").split()
    commands = orders(text, there)
    lines = "".join(f"{command}\n" for command in commands).encode()
    argv = ["sh", "-c", _SCRIPT, "acl", str(len(lines))]
    said = execute(api, plan.namespace, pod, container, argv, stdin=lines).stdout.split("\n")
    refused = [line for line in said if line.strip() and line.strip() not in ("OK", "1")]
    if refused:
        raise EngineError(
            f"{kinds.reference('Pod', plan.namespace, pod)}: an ACL user was refused: {refused[0]}; others may have "
            "the new users already; nothing else was changed, and the run can be repeated"
        )


def orders(text: str, there: Sequence[str]) -> list[str]:
    """The commands that make a pod's users those of a file. there: the names of its users.

    Each user changes at once as a whole; default comes last, because it is who gives the orders.
    """
    wanted: dict[str, str] = {}
    for line in text.splitlines():
        _user, name, rules = line.split(" ", 2)
        wanted[name] = f"ACL SETUSER {name} reset {rules}"
    gone = [f"ACL DELUSER {name}" for name in there if name not in wanted]
    default = wanted.pop(acl_users.DEFAULT)
    return [*wanted.values(), *gone, default]
