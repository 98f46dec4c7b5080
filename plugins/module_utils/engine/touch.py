# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing at once what the operator does later."""

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


def label_role(api: Api, namespace: str, pod: str, role: str) -> None:
    """Sets the label redis-role, master or slave, as the operator does every 30 seconds.

    The Service of the master follows it. Touching the custom resource instead would make the operator reset every
    sentinel, which then know nobody for ten seconds (#1883).
    """
    meta = {"name": pod, "namespace": namespace, "labels": {"redis-role": role}}
    api.apply({"apiVersion": "v1", "kind": "Pod", "metadata": meta}, manager=_MANAGER, force=True)
