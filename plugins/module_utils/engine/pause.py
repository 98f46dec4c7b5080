# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping the operator from an instance for a while (operator sheet §4.7).

An annotation does it, of a field manager of its own: what goes with it, goes without a trace. Setting it to false
instead would stay on the custom resource, and restart every pod.

What the operator is at when the annotation comes, it finishes: that is waited for. Nothing tells when it is done.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

MANAGER = f"{kinds.MANAGER}.pause"
UNDER_WAY = 5.0  # seconds; 4 were seen for three sentinels that it had just been told of
Object = dict[str, Any]


def annotation(kind: str) -> str:
    """The annotation by which the operator leaves a custom resource of this kind alone, when it is ``true``."""
    return f"{kind.lower()}.opstreelabs.in/skip-reconcile"


def is_paused(live: Object) -> bool:
    """Whether the operator leaves it alone, whoever has asked for that."""
    return (live["metadata"].get("annotations") or {}).get(annotation(live["kind"])) == "true"


def is_ours(live: Object) -> bool:
    """Whether a restore has paused it, and is not complete."""
    owned = compare.owned_fields(live, MANAGER) or {}
    return f"f:{annotation(live['kind'])}" in (owned.get("f:metadata") or {}).get("f:annotations", {})


def why(live: Object) -> str:
    """What to do about one that is paused."""
    if is_ours(live):
        return (
            "a restore of it is not complete, and the operator stays away meanwhile; run eks.redis.restore again, or "
            "go back with its state: rolled_back"
        )
    return f"the operator leaves it alone because of its annotation {annotation(live['kind'])}"


def pause(api: Api, resources: Sequence[Object]) -> None:
    """The operator leaves these custom resources alone from now on; all of them or none."""
    for done, live in enumerate(resources):
        try:
            _apply(api, live, {annotation(live["kind"]): "true"})
        except EngineError:
            resume(api, resources[:done])
            raise
    time.sleep(UNDER_WAY)


def resume(api: Api, resources: Iterable[Object]) -> None:
    """The operator looks after them again; what others have paused stays so."""
    for live in resources:
        _apply(api, live, {})


def _apply(api: Api, live: Object, annotations: dict[str, str]) -> None:
    meta = {"name": live["metadata"]["name"], "namespace": live["metadata"]["namespace"], "annotations": annotations}
    manifest = {"apiVersion": kinds.kind(live["kind"]).api, "kind": live["kind"], "metadata": meta}
    api.apply(manifest, manager=MANAGER, force=True)
