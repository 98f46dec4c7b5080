# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready means proven by data: what each mode must answer, asked from inside its pods."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import parse_info, redis_cli
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout


def unproven(api: Api, layout: Layout) -> str | None:
    """The first answer that is not as it must be, None when the instance is proven to work."""
    try:
        return _PROOFS[layout.mode](api, layout)
    except EngineError as error:
        return str(error)


def _standalone(api: Api, layout: Layout) -> str | None:
    """One Redis that is a master, has loaded its data and answers."""
    workload = layout.workloads[0]
    pod = workload.pods[0]
    answer = redis_cli(api, layout.namespace, pod, workload.container, "PING")
    if answer != "PONG":
        return f"Pod {pod}: redis-cli PING answers {answer!r} instead of PONG"
    info = parse_info(redis_cli(api, layout.namespace, pod, workload.container, "INFO"))
    if info.get("loading") != "0":
        return f"Pod {pod}: Redis still loads its data ({info.get('loading_loaded_perc', '?')} %)"
    if info.get("role") != "master":
        return f"Pod {pod}: its role is {info.get('role')!r} instead of 'master'"
    return None


_PROOFS: dict[str, Callable[[Api, Layout], str | None]] = {"standalone": _standalone}
