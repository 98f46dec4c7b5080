# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why something is not ready: object, condition, last event, last log line of the container at fault."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.leadership import idle
from ansible_collections.eks.redis.plugins.module_utils.engine.operators import Operator, pods_of
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready

_WIDTH = 240  # characters kept of an event or a log line

# What a container does not get out of by waiting for it: something has to be changed
_HOPELESS = frozenset(
    {
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    }
)


@dataclass(frozen=True)
class Fault:
    """``container``: whose log tells more, None if none has run. ``previous``: the log of its run before this one."""

    text: str
    container: str | None = None
    previous: bool = False


def fault_of(pod: dict[str, Any]) -> Fault:
    """What a pod that is not ready waits for. Pure."""
    status = pod.get("status") or {}
    if "deletionTimestamp" in pod["metadata"]:
        return Fault("is being deleted")
    if unscheduled := _unscheduled(pod):
        return Fault(f"is not scheduled: {unscheduled.get('message', unscheduled.get('reason', ''))}")
    for container in _containers(pod):
        fault = _container_fault(container)
        if fault:
            return fault
    return Fault(f"is in phase {status.get('phase', 'Pending')}")


def stuck(statefulset: dict[str, Any], pods: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pods of an older revision that are not ready and will not be: no node takes them, or a container fails."""
    revision = (statefulset.get("status") or {}).get("updateRevision")
    if not revision:  # it makes its pods before it says so
        return []
    return [
        pod
        for pod in pods
        if pod["metadata"].get("labels", {}).get("controller-revision-hash") != revision
        and "deletionTimestamp" not in pod["metadata"]
        and not is_ready(pod)
        and (_unscheduled(pod) or any(_waits_for(one) in _HOPELESS for one in _containers(pod)))
    ]


def _containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]


def _waits_for(container: dict[str, Any]) -> str | None:
    return ((container.get("state") or {}).get("waiting") or {}).get("reason")


def _unscheduled(pod: dict[str, Any]) -> dict[str, Any] | None:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return next((one for one in conditions if one["type"] == "PodScheduled" and one["status"] != "True"), None)


def _container_fault(container: dict[str, Any]) -> Fault | None:
    name, state = container["name"], container.get("state") or {}
    ended = (container.get("lastState") or {}).get("terminated")
    if waiting := state.get("waiting"):
        if waiting.get("reason") == "PodInitializing":
            return None  # an init container is at fault, or nothing is
        text = f"container {name} waits: {waiting.get('reason', 'unknown')}"
        if waiting.get("message"):
            text += f" ({waiting['message']})"
        if ended:
            text += f", it ended with exit code {ended.get('exitCode')} ({ended.get('reason', 'Error')})"
        return Fault(text, name if ended else None, previous=True)
    if (done := state.get("terminated")) and done.get("exitCode"):
        return Fault(f"container {name} ended with exit code {done['exitCode']} ({done.get('reason', 'Error')})", name)
    if "running" in state and not container.get("ready") and not _is_init(container):
        return Fault(f"container {name} runs but is not ready (its readiness probe fails)", name)
    return None


def _is_init(container: dict[str, Any]) -> bool:
    return container["name"].startswith("init")


def workload_trouble(api: Api, namespace: str, kind: str, name: str, pods: Sequence[dict[str, Any]]) -> str:
    """One line on the first pod that is not ready, or on the workload (a StatefulSet or Deployment) without pods."""
    bad = next((pod for pod in pods if not is_ready(pod)), None)
    if bad is None:
        state = f"{kind} {name} has {len(pods)} pods, all ready" if pods else f"{kind} {name} has no pod"
        return _joined(state, event=last_event(api, namespace, kind, name))
    pod, fault = bad["metadata"]["name"], fault_of(bad)
    return _joined(
        f"Pod {pod} {fault.text}",
        event=_volume_event(api, namespace, bad) or last_event(api, namespace, "Pod", pod),
        log=_last_line(api, namespace, pod, fault),
    )


def operator_trouble(api: Api, operator: Operator, namespace: str, name: str) -> str:
    """The operator's last error about one custom resource; where it reported none, whether it works at all.

    Its log is a JSON object a line (zap). After an error it waits for up to a quarter of an hour, and meanwhile logs a
    line for every look at every other resource.
    """
    logs = _logs(api, operator, lines=5000)
    for log in logs:
        for line in reversed(log):
            if '"level":"error"' in line and f'"{name}"' in line and f'"{namespace}"' in line:
                return f"{operator} has logged the error: {_error_of(line)}"
    state = "" if operator.available else " is not available,"
    more = (idle(api, operator), _end_of(logs))
    return "; ".join([f"{operator}{state} has logged no error about it", *filter(None, more)])


def last_words(api: Api, operator: Operator) -> str | None:
    """The line that ends an operator's log; None where there is none, or it may not be read."""
    return _end_of(_logs(api, operator, lines=1))


def _end_of(logs: Sequence[Sequence[str]]) -> str | None:
    log = next(filter(None, logs), None)
    return f"its log ends with: {_short(log[-1])}" if log else None


def _logs(api: Api, operator: Operator, *, lines: int) -> list[list[str]]:
    """The lines that end the log of each pod; none where its pods may not be listed."""
    try:
        found = pods_of(api, operator)
    except EngineError:
        return []
    where, container = operator.namespace, operator.container
    return [api.log(where, pod["metadata"]["name"], container, lines=lines).splitlines() for pod in found]


def _error_of(line: str) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return _short(line)
    return _short(f"{entry.get('msg', '')}: {entry.get('error', '')}".strip(": "))


def last_event(api: Api, namespace: str, kind: str, name: str) -> str | None:
    """``Reason: message`` of an object's latest event."""
    try:
        events = api.list("Event", namespace, fieldSelector=f"involvedObject.kind={kind},involvedObject.name={name}")
    except EngineError:
        return None  # the events only help; the condition itself is known
    if not events:
        return None
    event = max(events, key=lambda one: (_when(one), one.get("type") == "Warning"))
    return _short(f"{event.get('reason', '')}: {event.get('message', '')}")


def _when(event: dict[str, Any]) -> str:
    return event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp") or ""


def _volume_event(api: Api, namespace: str, pod: dict[str, Any]) -> str | None:
    """A claim that is not bound keeps a pod from its start: the claim's event then says more than the pod's."""
    if (pod.get("status") or {}).get("containerStatuses"):
        return None
    for volume in pod["spec"].get("volumes") or ():
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim:
            live = api.get("PersistentVolumeClaim", claim, namespace)
            if live is None or (live.get("status") or {}).get("phase") != "Bound":
                event = last_event(api, namespace, "PersistentVolumeClaim", claim)
                return f"PersistentVolumeClaim {claim}: {event or 'not bound'}"
    return None


def _last_line(api: Api, namespace: str, pod: str, fault: Fault) -> str | None:
    if fault.container is None:
        return None
    log = api.log(namespace, pod, fault.container, lines=20, previous=fault.previous)
    lines = [line for line in log.splitlines() if line.strip()]
    return _short(lines[-1]) if lines else None


def _joined(text: str, *, event: str | None = None, log: str | None = None) -> str:
    parts = [_short(text)]
    if event and event.partition(": ")[2] not in text:
        parts.append(f"last event: {event}")
    if log:
        parts.append(f"last log line: {log}")
    return "; ".join(parts)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
