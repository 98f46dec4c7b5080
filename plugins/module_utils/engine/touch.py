# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making the operator look at a custom resource again, now."""

from __future__ import annotations

import time

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import TOUCH

_MANAGER = f"{kinds.MANAGER}.touch"  # not the one whose fields are compared with the flavour


def touch(api: Api, kind: str, namespace: str, name: str) -> None:
    """Changes an annotation that restarts nothing; ends the operator's back-off (opstree-versions §4)."""
    annotations = {TOUCH: str(time.time_ns())}
    meta = {"name": name, "namespace": namespace, "annotations": annotations}
    api.apply({"apiVersion": kinds.kind(kind).api, "kind": kind, "metadata": meta}, manager=_MANAGER, force=True)
