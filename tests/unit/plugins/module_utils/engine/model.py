"""Redis pods that are restarted and failed over, step by step, as Kubernetes and Redis do it: a model, for properties.

A pod that is deleted ends, is away, starts, copies the data and is well again, one step each time it gets a turn. A
StatefulSet starts a pod only while all pods before it are ready (its pod management is OrderedReady).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready
from ansible_collections.eks.redis.plugins.module_utils.engine.roll import FailOver, Restart
from ansible_collections.eks.redis.plugins.module_utils.engine.state import (
    CLUSTER_INFO,
    CLUSTER_NODES,
    INFO,
    State,
    member,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, layout

from .views import info

Object = dict[str, Any]


def plan(mode: str, **config: object) -> Layout:
    flavour = {"deployment": {"mode": mode, "config": config}}
    instance = resolve(flavour, {"clusterModeEnabled": mode == "cluster"}, name="cache", namespace="apps").instance
    assert instance is not None
    return layout(instance)


REPLICATED = plan("standalone", replica={"count": 2})
SENTINEL = plan("sentinel", replica={"count": 2})
CLUSTER = plan("cluster", numShards=3, replicasPerShard=1)
PLANS = {
    "replicated": REPLICATED,
    "sentinel": SENTINEL,
    "five": plan("sentinel", replica={"count": 4}),
    "cluster": CLUSTER,
    "big cluster": plan("cluster", numShards=3, replicasPerShard=2),
}

WELL, COPYING, STARTING, AWAY, ENDING, BROKEN = "well", "copying", "starting", "away", "ending", "broken"
_NEXT = {ENDING: AWAY, AWAY: STARTING, STARTING: COPYING, COPYING: WELL}
_ANSWERS = (WELL, COPYING)


@dataclass(frozen=True)
class Pod:
    """master: whom it follows, "" for a master. unseen: Redis works, yet Kubernetes does not take the pod as ready."""

    ip: str
    master: str = ""
    phase: str = WELL
    new: bool = False
    unseen: bool = False


class Model:
    """masters: of each shard, or the one master; everybody else follows one of them."""

    def __init__(self, plan: Layout, masters: list[str]) -> None:
        self.plan, self.workload = plan, plan.redis[0]
        self.pods: dict[str, Pod] = {}
        redis = [pod for workload in plan.redis for pod in workload.pods]
        shards = len(masters)
        for number, name in enumerate(redis):
            master = next(one for one in masters if redis.index(one) % shards == number % shards)
            self.pods[name] = Pod(f"10.0.0.{number}", "" if name == master else master)
        self.log: list[Restart | FailOver] = []

    def change(self, name: str, **changes: Any) -> None:
        self.pods[name] = replace(self.pods[name], **changes)

    def ready(self, name: str) -> bool:
        return self.pods[name].phase in _ANSWERS and not self.pods[name].unseen

    @property
    def masters(self) -> list[str]:
        return [name for name, pod in self.pods.items() if not pod.master]

    @property
    def statefulset(self) -> Object:
        return {"status": {"updateRevision": "new"}}

    def live(self) -> list[Object]:
        """The pods of the StatefulSet as Kubernetes shows them."""
        return [self._pod(name) for name in self.workload.pods if self.pods[name].phase != AWAY]

    def _pod(self, name: str) -> Object:
        pod = self.pods[name]
        meta: Object = {"name": name, "labels": {"controller-revision-hash": "new" if pod.new else "old"}}
        if pod.phase == ENDING:
            meta["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        ready = {"type": "Ready", "status": str(self.ready(name))}
        return {"metadata": meta, "status": {"podIP": pod.ip, "conditions": [ready]}}

    def state(self) -> State:
        """What a survey finds; nothing while no pod is ready to be asked."""
        if not any(is_ready(pod) for pod in self.live()) and not any(map(self.ready, self.pods)):
            return State()
        here = [name for name, pod in self.pods.items() if pod.phase not in (AWAY, ENDING)]
        return State({name: member(name, self.pods[name].ip, self._said(name)) for name in here})

    def replicas(self, master: str) -> list[str]:
        """Those that have all data of a master that answers."""
        if self.pods[master].phase not in _ANSWERS:
            return []
        return [name for name, pod in self.pods.items() if pod.master == master and pod.phase == WELL]

    def away(self) -> list[str]:
        """Pods that were restarted and are not back; one that copies is back when there is nothing to copy from."""
        return [name for name, pod in self.pods.items() if pod.phase in _NEXT and not self._alone(pod)]

    def _alone(self, pod: Pod) -> bool:
        return pod.phase == COPYING and (not pod.master or self.pods[pod.master].phase not in _ANSWERS)

    def _said(self, name: str) -> dict[str, str]:
        pod = self.pods[name]
        if pod.phase not in _ANSWERS:
            return {}
        linked = pod.master and name in self.replicas(pod.master)
        more = {} if linked or not pod.master else {"master_link_status": "down"}
        master = self.pods[pod.master].ip if pod.master else ""
        said = {INFO: info(master, [self.pods[one].ip for one in self.replicas(name)], **more)}
        if self.plan.mode == "cluster":
            well = all(one.phase in _ANSWERS for one in self.pods.values())
            said[CLUSTER_INFO] = (
                f"cluster_state:{'ok' if well else 'fail'}\ncluster_slots_ok:16384\n"
                f"cluster_known_nodes:{len(self.pods)}\n"
            )
            said[CLUSTER_NODES] = "".join(self._line(one, name) for one in self.pods)
        return said

    def _line(self, name: str, asked: str) -> str:
        pod = self.pods[name]
        names = list(self.pods)
        shards = self.workload.replicas
        shard = names.index(name) % shards
        first, last = 16384 * shard // shards, 16384 * (shard + 1) // shards - 1
        flags = ("myself," if name == asked else "") + ("slave" if pod.master else "master")
        words = f"id-{name} {pod.ip}:6379@16379 {flags} {f'id-{pod.master}' if pod.master else '-'} 0 0 1 connected"
        return words + ("\n" if pod.master else f" {first}-{last}\n")

    def do(self, step: Restart | FailOver, random: Random) -> None:
        """As asked; sentinels choose the new master themselves."""
        self.log.append(step)
        if isinstance(step, Restart):
            self.change(step.pod, phase=ENDING, unseen=False)
            return
        old, new = step.old.pod, step.new.pod
        assert new in self.replicas(old), "only a replica that has everything may take over"
        if self.plan.sentinels:
            new = random.choice(self.replicas(old))
        self.promote(old, new)

    def promote(self, old: str, new: str) -> None:
        for name, pod in self.pods.items():
            if pod.master == old:
                self.change(name, master=new)
        self.change(old, master=new)
        self.change(new, master="")

    def pass_time(self, random: Random) -> bool:
        """One step of one pod that has not come back; False when there is nothing to wait for."""
        coming = [name for name, pod in self.pods.items() if pod.phase in _NEXT and self._may_go_on(name)]
        if not coming:
            return False
        name = random.choice(coming)
        pod = self.pods[name]
        if pod.phase == AWAY:
            first, _dot, last = pod.ip.rpartition(".")
            self.change(name, ip=f"{first}.{int(last) + 20}", new=True)
        self.change(name, phase=_NEXT[pod.phase])
        return True

    def _may_go_on(self, name: str) -> bool:
        before = self.workload.pods[: self.workload.pods.index(name)] if name in self.workload.pods else ()
        return self.pods[name].phase != AWAY or all(map(self.ready, before))


def model_of(which: Layout, *masters: str) -> Model:
    return Model(which, list(masters or which.redis[0].pods[: 3 if which.mode == "cluster" else 1]))
