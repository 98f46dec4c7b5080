# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting until an instance is proven to work, doing what that takes, and telling what is missing when time is up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.apart import exchange, shards
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import (
    ApiError,
    EngineError,
    Unanswered,
    Unreachable,
    allowed,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.failover import fail_over
from ansible_collections.eks.redis.plugins.module_utils.engine.mend import (
    REMEDIES,
    Mender,
    Scene,
    replicate,
    stale_labels,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import pending, unavailable, unmet
from ansible_collections.eks.redis.plugins.module_utils.engine.roll import FailOver, Restart, Wait, next_step
from ansible_collections.eks.redis.plugins.module_utils.engine.slots import uneven
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot, selector
from ansible_collections.eks.redis.plugins.module_utils.engine.state import State
from ansible_collections.eks.redis.plugins.module_utils.engine.survey import survey
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import (
    fault_of,
    operator_trouble,
    stuck,
    workload_trouble,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.volumes import grow
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import KEEPER, as_selector, job_selector
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload

Object = dict[str, Any]


class Readiness:
    """One instance on its way. done: what was done beside waiting.

    balance: a cluster's slots must be shared out evenly at the end.
    """

    def __init__(self, api: Api, plan: Layout, name: str, deadline: Deadline, *, balance: bool = False) -> None:
        self.api, self.plan, self.name, self.deadline, self.balance = api, plan, name, deadline, balance
        self.done: list[str] = []
        self._mender = Mender(REMEDIES)

    def await_proof(self, resources: Sequence[Object], seen: Snapshot | None = None) -> None:
        """Until every workload runs what its custom resource says and the data proves it.

        seen: what is known already and may be judged first. Raises EngineError in one line: what is missing, and why
        as far as pods, events, logs and the operator tell.
        """
        by_kind = {one["kind"]: one for one in resources}

        def missing(now: Snapshot) -> str | None:
            for workload in self.plan.workloads:
                reason = self._short_of(now, by_kind[workload.kind], workload)
                if reason:
                    return reason
            state = self._surveyed(now)
            lopsided = uneven(self.plan, state, strict=self.balance)
            return (
                unproven(self.plan, state)
                or lopsided
                or self._wrong_label(now, state)
                or self._unserved(now)
                or self._unkept()
            )

        self._wait(missing, "is not ready", seen)

    def await_roll(self, resource: Object) -> None:
        """Until all pods that are rolled by hand run what the custom resource says; no other pod is touched."""
        workload = self.plan.redis[0]

        def missing(now: Snapshot) -> str | None:
            statefulset = now.statefulsets.get(workload.statefulset)
            reason = pending(resource, workload, statefulset)
            if reason or statefulset is None:
                return reason
            state = self._surveyed(now) if now.ready_pods(self.plan) else State()
            step = next_step(self.plan, workload, statefulset, now.pods_of(workload), state)
            if isinstance(step, Restart):
                self.api.delete("Pod", step.pod, self.plan.namespace)
                return f"Pod {step.pod} is restarting"
            if isinstance(step, FailOver):
                self.done.append(fail_over(self.api, self.plan, state, step.old, step.new))
                return self.done[-1]
            return step.reason if isinstance(step, Wait) else None

        self._wait(missing, "is half-way through its rolling restart", None)

    def part_huddled(self) -> bool:
        """In mode cluster: lets two replicas change masters when a shard is all in one place; False when none gains.

        For new pods only, whose data is not there yet or is moving anyway: each of the two copies its data anew.
        """
        if self.plan.mode != "cluster" or not self.plan.redis[1].replicas:
            return False
        now = Snapshot(self.api, self.plan.namespace, self.name)
        state = survey(self.plan, now)
        pair = exchange(shards(state), self._places(now))
        if pair is None:
            return False
        scene = Scene(self.api, self.plan, now, state)
        for replica, master in (pair[:2], pair[2:]):
            replicate(scene, replica, master)
        self.done.append(tell(f"Pod {pair[0]} and Pod {pair[2]} changed masters: a shard was all in one place"))
        return True

    def _places(self, now: Snapshot) -> dict[str, str]:
        """By pod: its zone, or its node where all are in one zone or nodes may not be read."""
        nodes = {name: pod["spec"].get("nodeName", "") for name, pod in now.pods.items()}
        lives = allowed(lambda: self.api.list("Node"))
        if lives is None:
            return nodes
        labels = {one["metadata"]["name"]: one["metadata"].get("labels") or {} for one in lives}
        zones = {pod: labels.get(node, {}).get("topology.kubernetes.io/zone", "") for pod, node in nodes.items()}
        return zones if len(set(zones.values())) > 1 else nodes

    def _surveyed(self, now: Snapshot) -> State:
        state = survey(self.plan, now)
        self.done += self._mender.mend(Scene(self.api, self.plan, now, state, self.balance))
        return state

    def _wrong_label(self, now: Snapshot, state: State) -> str | None:
        member = next(stale_labels(self.plan, now, state), None)
        return f"Pod {member.pod}: its label redis-role is not {member.role} yet" if member else None

    def _unserved(self, now: Snapshot) -> str | None:
        """Pods may be ready before the operator has made the Services, by which applications come."""
        lost = [name for name in self.plan.services if name not in now.services]
        return f"Service {', '.join(lost)} does not exist yet" if lost else None

    def _unkept(self) -> str | None:
        keeper = self.plan.keeper
        return unavailable(keeper, self.api.get("Deployment", keeper, self.plan.namespace)) if keeper else None

    def _short_of(self, now: Snapshot, resource: Object, workload: Workload) -> str | None:
        statefulset, pods = now.statefulsets.get(workload.statefulset), now.pods_of(workload)
        if statefulset:
            self._replace_stuck(statefulset, pods)
        return unmet(resource, workload, statefulset, pods) or grow(self.api, now, resource, workload)

    def _replace_stuck(self, statefulset: Object, pods: Sequence[Object]) -> None:
        """Deletes pods that an earlier revision has left in a state they cannot leave. Their volumes stay.

        A StatefulSet waits for such a pod before it replaces it, for ever: a corrected flavour would never arrive
        (kubernetes.io, StatefulSets, "Forced rollback").
        """
        for pod in stuck(statefulset, pods):
            what = f"Pod {self.plan.namespace}/{pod['metadata']['name']}"
            try:
                self.api.delete("Pod", pod["metadata"]["name"], self.plan.namespace)
            except ApiError:
                continue  # who may not delete pods is told what is wrong with them when the time is up
            why = fault_of(pod).text
            self.done.append(tell(f"{what} was replaced, its old revision would never have got ready ({why})"))

    def _wait(self, missing: Callable[[Snapshot], str | None], state: str, seen: Snapshot | None) -> None:
        known = [seen] if seen else []

        def unmet_now() -> str | None:
            now = known.pop() if known else Snapshot(self.api, self.plan.namespace, self.name)
            try:
                return missing(now)
            except Unanswered as error:
                return str(error)

        watched = [
            Watched(kind, self.plan.namespace, {"labelSelector": selector(self.name)})
            for kind in ("StatefulSet", "Pod")
        ]
        reason = wait_until(self.api, unmet_now, watched, self.deadline)
        if reason:
            what = f"instance {self.plan.namespace}/{self.name} {state} after {self.deadline.seconds:.0f} s: {reason}"
            raise EngineError("; ".join(dict.fromkeys([what, *self._causes(reason)])))

    def _causes(self, reason: str) -> list[str]:
        now = Snapshot(self.api, self.plan.namespace, self.name)
        try:
            if self._unkept() == reason:
                return [self._keeper_cause()]
            found = [self._cause(now, workload) for workload in self.plan.workloads]
            if self._unserved(now):
                found.append(self._operator_cause(now, self.plan.workloads[0]))
        except Unreachable:
            return []  # that is what was waited for
        except EngineError as error:
            return [str(error)]  # it must not hide what was waited for
        return [cause for cause in found if cause][:1]

    def _cause(self, now: Snapshot, workload: Workload) -> str | None:
        statefulset = now.statefulsets.get(workload.statefulset)
        if statefulset is None or statefulset["spec"].get("replicas") != workload.replicas:
            return self._operator_cause(now, workload)
        pods = now.pods_of(workload)
        return workload_trouble(self.api, self.plan.namespace, "StatefulSet", workload.statefulset, pods)

    def _keeper_cause(self) -> str:
        wanted = as_selector(job_selector(self.name, KEEPER))
        pods = self.api.list("Pod", self.plan.namespace, labelSelector=wanted)
        return workload_trouble(self.api, self.plan.namespace, "Deployment", self.plan.keeper, pods)

    def _operator_cause(self, now: Snapshot, workload: Workload) -> str:
        """Why the operator has made nothing of the custom resource."""
        namespace = self.plan.namespace
        for one in now.operators:
            if one.covers(namespace):
                return operator_trouble(self.api, one, namespace, workload.name)
        return f"no redis operator watches namespace {namespace}"
