# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking all pods of an instance at once: one command in one pod, which asks its neighbours over the network.

That is one request to the API server however many pods there are, and it proves that the pods reach each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import LOG_IN
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.state import (
    CLUSTER_INFO,
    CLUSTER_NODES,
    INFO,
    State,
    check_quorum,
    member,
    sentinel_master,
    watcher,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload

# The password stays where it is, the container's environment (operator sheet §3.3); nothing of it is in an argument.
# Each answer begins with a record separator; a neighbour that hangs costs five seconds.
_SCRIPT = (
    LOG_IN
    + r"""
while [ $# -gt 0 ]; do
  printf '\036%s\037%s\n' "$1" "$4"
  timeout 5 redis-cli $tls -h "$2" -p "$3" $4 2>&1 || echo "no answer from $2:$3"
  shift 4
done
"""
)
_RECORD, _FIELD = "\x1e", "\x1f"
_AT_ONCE = 40  # questions in one command: its words travel in a URL


@dataclass(frozen=True)
class Question:
    pod: str
    ip: str
    port: int
    command: str


def survey(plan: Layout, seen: Snapshot) -> State:
    """What every pod that has an address says. Raises Unanswered when no Redis pod can be asked.

    A pod that is missing or silent is no error here: its entry says so, or there is none.
    """
    addresses = {name: pod["status"]["podIP"] for name, pod in seen.pods.items() if _can_answer(pod)}
    said = _ask(seen, plan, list(_questions(plan, addresses)))
    redis = [pod for workload in plan.redis for pod in workload.pods if pod in addresses]
    sentinels = plan.sentinels.pods if plan.sentinels else ()
    return State(
        members={pod: member(pod, addresses[pod], said.get(pod, {})) for pod in redis},
        watchers={
            pod: watcher(pod, addresses[pod], plan.master_group, said.get(pod, {}))
            for pod in sentinels
            if pod in addresses
        },
    )


def _can_answer(pod: dict[str, Any]) -> bool:
    return "deletionTimestamp" not in pod["metadata"] and bool((pod.get("status") or {}).get("podIP"))


def _questions(plan: Layout, addresses: Mapping[str, str]) -> Iterator[Question]:
    for workload in plan.workloads:
        for pod in workload.pods:
            if pod in addresses:
                for command in _commands(plan, workload):
                    yield Question(pod, addresses[pod], workload.port, command)


def _commands(plan: Layout, workload: Workload) -> tuple[str, ...]:
    if not workload.holds_data:
        return (sentinel_master(plan.master_group), check_quorum(plan.master_group))
    return (INFO, CLUSTER_INFO, CLUSTER_NODES) if plan.mode == "cluster" else (INFO,)


def _ask(seen: Snapshot, plan: Layout, questions: list[Question]) -> dict[str, dict[str, str]]:
    """Answers by pod and command."""
    said: dict[str, dict[str, str]] = {}
    for start in range(0, len(questions), _AT_ONCE):
        for pod, command, text in _answers(seen, plan, questions[start : start + _AT_ONCE]):
            said.setdefault(pod, {})[command] = text
    return said


def _answers(seen: Snapshot, plan: Layout, questions: Iterable[Question]) -> Iterator[tuple[str, str, str]]:
    words = [word for one in questions for word in (one.pod, one.ip, str(one.port), one.command)]
    for record in _run(seen, plan, words).split(_RECORD)[1:]:
        head, _newline, text = record.partition("\n")
        pod, _separator, command = head.partition(_FIELD)
        yield pod, command, text


def _run(seen: Snapshot, plan: Layout, words: list[str]) -> str:
    """From the first pod that can; the last error when none can."""
    reason = "no Redis pod is ready to be asked"
    for pod in seen.ready_pods(plan)[:3]:
        try:
            return execute(
                seen.api,
                plan.namespace,
                pod,
                plan.redis_of(pod).container,
                ["sh", "-c", _SCRIPT.strip(), "survey", *words],
            ).stdout
        except EngineError as error:
            if isinstance(error, ApiError) and error.status == 403:
                raise  # it would be forbidden for ever
            reason = str(error)
    raise Unanswered(reason)
