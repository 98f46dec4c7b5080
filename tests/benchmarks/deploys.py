"""Second deploys beside kubernetes.core and kubectl, their requests, rendering, fleets."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests
from benchmarks.measure import RUNS, Row, applied, medians, nothing, play, run
from lab import model

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "production-sentinel.json"
NAME, NAMESPACE = "bench", "redis-bench"
SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}}
# a flavour and a root for each mode, and for replicas without failover
MODES = (
    ({}, {}),
    ({"deployment": {"config": {"replica": {"count": 2}}}}, {}),
    ({"deployment": {"mode": "sentinel"}}, {}),
    ({"deployment": {"mode": "cluster"}}, {"clusterModeEnabled": True}),
)
FLEET = 100
USER = "eks-redis-bench"


def example() -> dict[str, Any]:
    """The seed's own example with small pods and volumes: what is applied does not depend on their sizes."""
    flavour: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    config = flavour["deployment"]["config"]
    for role in ("master", "replica", "sentinel"):
        config[role]["resources"] = SMALL
    config["persistence"]["size"] = "1Gi"
    return flavour


def second_deploys(work: Path, objects: Sequence[Path]) -> Iterator[Row]:
    """One module call beside one task for each object, and beside kubectl."""
    ours = [("eks.redis.instance", {"name": NAME, "namespace": NAMESPACE, "flavour": example(), "wait": False})]
    theirs = [applied(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in objects]
    kubectl = ["kubectl", "apply", "--server-side", "--field-manager=eks.redis", f"--filename={objects[0].parent}"]
    ways = (play(work / "ours.yml", ours), play(work / "theirs.yml", theirs), nothing(work))
    mine, other, start, beside = medians(*ways, partial(run, kubectl))
    for what, without in (("whole plays", 0.0), ("without Ansible's start", start)):
        yield Row(
            f"second deploy of the example, {what}",
            f"{mine - without:.2f} s, one task",
            f"{other - without:.2f} s, a `kubernetes.core.k8s` task for each object",
            f"{(other - without) / (mine - without):.1f} times faster",
            "10 times or more",
            other - without >= 10 * (mine - without),
        )
    yield Row(
        "second deploy of the example, without Ansible's start",
        f"{mine - start:.2f} s, one task",
        f"{beside:.2f} s, `kubectl apply` of the rendered files",
        f"{(mine - start) / beside:.1f} times as long",
        "at most 2 times",
        mine - start <= 2 * beside,
    )


def requests(objects: int, deploy: Callable[..., None]) -> Row:
    """A second run of the whole playbook, as a user that nobody else is."""
    log = model.find(model.current()).audit_log
    before = log.stat().st_size
    deploy(K8S_AUTH_IMPERSONATE_USER=USER, K8S_AUTH_IMPERSONATE_GROUPS="system:masters")
    with log.open("rb") as written:
        written.seek(before)
        events = [json.loads(line) for line in written if line.endswith(b"\n")]
    sent = len({one["auditID"] for one in events if one.get("impersonatedUser", {}).get("username") == USER})
    if not sent:
        sys.exit(f"bench: {log} knows of no request of {USER}")
    allowed = objects + 5
    return Row(
        "API requests of a second deploy",
        f"{sent}",
        f"{objects} objects",
        f"{sent}",
        f"at most {allowed}",
        sent <= allowed,
    )


def render() -> Row:
    """Resolved and rendered in this process; CPU time, so that nobody else counts."""
    taken = []
    flavours = (*MODES, (example(), {}))
    for _turn in range(RUNS + 1):
        started = time.process_time()
        for number in range(FLEET):
            flavour, root = flavours[number % len(flavours)]
            instance = resolve(flavour, root, name=f"redis-{number}", namespace=NAMESPACE).instance
            if instance is None:
                sys.exit(f"bench: flavour {number} is refused")
            manifests(instance)
        taken.append(time.process_time() - started)
    seconds = statistics.median(taken[1:])
    what = f"resolve and render {FLEET} flavours of mixed modes"
    return Row(what, f"{seconds:.2f} s of CPU", "", f"{seconds:.2f} s", "less than 1 s", seconds < 1)


def fleets(work: Path) -> Row:
    """One play over many instances beside one over a single one; the first turn makes them, without pods."""
    many = [
        {"name": f"redis-{number}", "namespace": f"{NAMESPACE}-{number % 10}", "flavour": flavour, "root": root}
        for number, (flavour, root) in enumerate(MODES * (FLEET // len(MODES)))
    ]
    # of the mode with most objects
    ways = [[("eks.redis.fleet", {"instances": some, "wait": False})] for some in (many, many[2:3])]
    hundred, one = medians(*(play(work / f"fleet-{len(way[0][1]['instances'])}.yml", way) for way in ways))
    return Row(
        f"second deploy of {FLEET} instances, one play",
        f"{hundred:.2f} s",
        f"{one:.2f} s, one instance",
        f"{hundred / one:.1f} times as long",
        "at most 10 times",
        hundred <= 10 * one,
    )
