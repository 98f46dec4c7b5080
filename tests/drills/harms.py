"""What drills do to backups and restores: before they begin, or in their middle."""

from __future__ import annotations

import time
from collections.abc import Callable

import insides
from backed_up import BackedUp
from conftest import kubectl
from places import ask, cut, laboratory, node_of, pods

Harm = Callable[[BackedUp], None]
OPERATOR = "redis-operator"
CUT, HANGS = 75.0, 15.0  # seconds


def nothing(_one: BackedUp) -> None:
    pass


def s3(operation: str, code: str = "", **more: object) -> Harm:
    return lambda one: one.shelf.fail(operation, code, **more)


def s3_of_its_set(operation: str, code: str = "", **more: object) -> Harm:
    """For the files of the set that is restored, and not for its manifest."""
    return lambda one: one.shelf.fail(operation, code, key=f"{one.shelf.place}{one.set}/shard", **more)


def kill(program: str) -> Harm:
    """A program of the Job's pod."""
    return lambda one: insides.kill(one.programs(one.job_pod(), program))


def delete_job_pod(one: BackedUp) -> None:
    _delete(one, one.job_pod())


def delete_job(one: BackedUp) -> None:
    kubectl("delete", "jobs", f"--selector={one.jobs}", namespace=one.namespace)


def only_a_free_node(one: BackedUp) -> None:
    """Its pod will be on a node that holds neither Redis nor the operator."""
    needed = {node_of(one.namespace, pod).name for pod in one.redis()}
    needed |= {node_of(OPERATOR, pod).name for pod in _names_of(OPERATOR)}
    nodes = [node.name for node in laboratory().nodes]
    free = next(name for name in nodes if name not in needed)
    others = [name for name in nodes if name != free]
    kubectl("cordon", *others, namespace="default")
    one.mended.append(lambda: kubectl("uncordon", *others, namespace="default"))


def cut_job_node(one: BackedUp) -> None:
    node = node_of(one.namespace, one.job_pod()).name
    one.mended.pop()()
    cut(node, CUT)


def replica(one: BackedUp) -> str:
    """The one that is copied."""
    return next(pod for pod in one.redis() if pod != one.master())


def delete_replica(one: BackedUp) -> None:
    _delete(one, replica(one))


def delete_master(one: BackedUp) -> None:
    _delete(one, one.master())


def kill_replica(one: BackedUp) -> None:
    insides.kill(one.programs(replica(one), "redis-server")[:1])


def kill_master(one: BackedUp) -> None:
    insides.kill(one.programs(one.master(), "redis-server")[:1])


def fill_volume(one: BackedUp) -> None:
    """Of the master, until nothing can be written to it."""
    pod = one.master()
    one.shell(pod, "dd if=/dev/zero of=/data/fill bs=64k 2>/dev/null; true")
    one.mended.append(lambda: one.shell(pod, "rm -f /data/fill"))


def shrink_scratch(one: BackedUp) -> None:
    """The folder that the program is about to fetch files into is on a disk that is too small."""
    program = insides.at_its_start(one.namespace, one.job_pod("Pending", "Running"), "python3")
    insides.shrink(program, "/work", "1m")
    insides.wake([program])


def hang_replica(one: BackedUp) -> None:
    one.hang(replica(one))


def hang_master_for_a_while(one: BackedUp) -> None:
    stopped = one.programs(one.master(), "redis-server")
    insides.hang(stopped)
    time.sleep(HANGS)
    insides.wake(stopped)


def fail_over(one: BackedUp) -> None:
    sentinel = pods(one.namespace, "sentinel")[0]
    assert ask(one.namespace, sentinel, "-p 26379 SENTINEL FAILOVER myMaster") == "OK"


def scale_operator(replicas: int) -> None:
    kubectl("scale", "deployment", OPERATOR, f"--replicas={replicas}", namespace=OPERATOR)
    if replicas:  # its pod may not be there yet, which `kubectl wait` takes for an error
        kubectl("rollout", "status", f"deployment/{OPERATOR}", "--timeout=300s", namespace=OPERATOR)
    else:
        kubectl("wait", "--for=delete", "pod", f"--selector=name={OPERATOR}", "--timeout=300s", namespace=OPERATOR)


def stop_operator(one: BackedUp) -> None:
    scale_operator(0)
    one.mended.append(lambda: scale_operator(1))


def wrong_password(one: BackedUp) -> None:
    """What the Secret holds is not what Redis was started with."""
    one.secret("another")
    one.mended.append(lambda: one.secret(one.password))


def another_backup(one: BackedUp) -> None:
    """As the schedule could begin one beside it."""
    kubectl("create", "job", "beside", f"--from=cronjob/{one.name}-backup", namespace=one.namespace)
    kubectl("wait", "--for=condition=Complete", "job/beside", "--timeout=300s", namespace=one.namespace)
    kubectl("delete", "job", "beside", namespace=one.namespace)


def _names_of(namespace: str) -> list[str]:
    return kubectl("get", "pods", "--output=name", namespace=namespace).replace("pod/", "").split()


def _delete(one: BackedUp, pod: str) -> None:
    kubectl("delete", "pod", pod, "--force", "--grace-period=0", namespace=one.namespace)
