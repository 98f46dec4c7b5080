# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the operator and its CRDs are ready for instances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, leadership, operators, pause
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, allowed
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import last_words, workload_trouble
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until


def operator_status(api: Api) -> dict[str, Any]:
    """The operators of a cluster and whether it serves their kinds.

    ``crds``: by kind, true as soon as its CRD is Established. ``operators``: see operators.Operator.as_dict.
    """
    served = api.served(kinds.OPERATOR_API)
    return {
        "crds": {kind: kinds.kind(kind).plural in served for kind in kinds.CUSTOM_RESOURCES},
        "operators": [one.as_dict() for one in operators.find(api)],
    }


def await_operator(api: Api, namespace: str | None, timeout: float) -> None:
    """Waits until the CRDs are Established and the operators (of ``namespace``) are rolled out and do their work.

    Raises EngineError in one line: what is missing and why.
    """
    deadline = Deadline(timeout)

    def missing() -> str | None:
        served = api.served(kinds.OPERATOR_API)
        waiting = [kind for kind in kinds.CUSTOM_RESOURCES if kinds.kind(kind).plural not in served]
        if waiting:
            return f"CustomResourceDefinition of {', '.join(waiting)} is not Established"
        found = _found(api, namespace)
        if not found:
            return f"there is no operator{f' in namespace {namespace}' if namespace else ''}"
        unavailable = next((f"{one} is not available" for one in found if not one.available), None)
        if unavailable:
            return unavailable
        unled = (f"{one}: {why}" for one in found if (why := leadership.unled(api, one)))
        return next(unled, None) or next(_left_behind(api, found), None)

    watched = [Watched("Deployment", namespace, {}), Watched("StatefulSet", None, {})]
    reason = wait_until(api, missing, watched, deadline)
    if reason:
        late = f"the redis operator is not ready after {deadline.seconds:.0f} s: {reason}"
        raise EngineError("; ".join([late, *_causes(api, namespace)]))


def _left_behind(api: Api, found: Sequence[operators.Operator]) -> Iterator[str]:
    """StatefulSets that are as a former operator made them: the new one takes over when the old one's lease has ended.

    Until then their pods look ready, and are about to restart. Who may not list StatefulSets waits for none.
    """
    ours = f"app.kubernetes.io/managed-by={kinds.MANAGER}"
    for live in allowed(lambda: api.list("StatefulSet", labelSelector=ours)) or ():
        name, namespace, was = live["metadata"]["name"], live["metadata"]["namespace"], _made_by(live)
        new = {one.init_image for one in found if one.covers(namespace)} - {"", was}
        if new and not _is_paused(api, live):
            yield f"StatefulSet {namespace}/{name} is still as {was} made it"


def _made_by(statefulset: dict[str, Any]) -> str:
    """The image of the operator that has written a StatefulSet."""
    containers = statefulset["spec"]["template"]["spec"].get("initContainers") or ()
    return next((one["image"] for one in containers if one["name"] == "init-config"), "an unknown operator")


def _is_paused(api: Api, statefulset: dict[str, Any]) -> bool:
    """Whether the operator is told to leave the custom resource alone."""
    owner, namespace = statefulset["metadata"]["ownerReferences"][0], statefulset["metadata"]["namespace"]
    live = api.get(owner["kind"], owner["name"], namespace)
    return live is not None and pause.is_paused({"kind": owner["kind"], **live})


def _found(api: Api, namespace: str | None) -> list[operators.Operator]:
    return [one for one in operators.find(api) if namespace in (None, one.namespace)]


def _causes(api: Api, namespace: str | None) -> list[str]:
    try:
        for one in _found(api, namespace):
            if not one.available:
                return [workload_trouble(api, one.namespace, "Deployment", one.name, operators.pods_of(api, one))]
            if leadership.unled(api, one) and (said := last_words(api, one)):
                return [said]
    except EngineError as error:
        return [str(error)]  # it must not hide what was waited for
    return []
