"""How long the collection takes, beside what people use otherwise; measured on laboratories, writes docs/benchmarks.md.

Ways that are compared work on the same objects and alternate, so that what else the machine does hits both. What counts
is the ratio of the medians: it says the same on another machine, seconds do not.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests
from lab import environment, model

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "benchmarks.md"
EXAMPLE = CHECKOUT / "docs" / "examples" / "production-sentinel.json"
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
RUNS = 7
USER = "eks-redis-bench"
INTRODUCTION = """# Benchmarks

Written by `make bench` on the laboratory; not edited by hand. Ways that are compared work on the same objects, which
are there already, and alternate; times are medians of {runs} runs. The example is
[production-sentinel.json](examples/production-sentinel.json) with small pods and volumes, {objects} objects.

| what | eks.redis | beside it | result | goal | |
|---|---|---|---|---|---|
"""
# what preflight looks for; no kubelet runs it
SURROUNDINGS = """
apiVersion: v1
kind: List
items:
  - apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {{name: gp3, annotations: {{storageclass.kubernetes.io/is-default-class: "true"}}}}
    provisioner: ebs.csi.aws.com
    allowVolumeExpansion: true
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {{name: redis-operator, namespace: default, labels: {{app.kubernetes.io/name: redis-operator}}}}
    spec:
      selector: {{matchLabels: {{name: redis-operator}}}}
      template:
        metadata: {{labels: {{name: redis-operator}}}}
        spec:
          containers:
            - name: redis-operator
              image: quay.io/opstree/redis-operator:{version}
              env: [{{name: FEATURE_GATES, value: GenerateConfigInInitContainer=true}}]
"""
CONCLUSION = """
"Without Ansible's start" takes off what a play with a single `debug` task takes: the start of `ansible-playbook`,
which nothing that runs in it can shorten.

Requests are those of the whole playbook `eks.redis.deploy`, which also proves with data that the instance works; they
are counted in the audit log of the API server.

Measured on {cores} cores, Python {python}, {date}.
"""


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    ours: str
    yardstick: str
    result: str
    goal: str
    met: bool

    def __str__(self) -> str:
        met = "met" if self.met else "missed"
        return f"| {self.what} | {self.ours} | {self.yardstick} | {self.result} | {self.goal} | {met} |\n"


def example() -> dict[str, Any]:
    """The seed's own example with small pods and volumes: what is applied does not depend on their sizes."""
    flavour: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    config = flavour["deployment"]["config"]
    for role in ("master", "replica", "sentinel"):
        config[role]["resources"] = SMALL
    config["persistence"]["size"] = "1Gi"
    return flavour


def run(command: Sequence[str], given: str = "", **variables: str) -> None:
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )
    if done.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def playbook(verb: str, variables: Mapping[str, Any], **environ: str) -> None:
    run(["ansible-playbook", f"eks.redis.{verb}", "-e", json.dumps(variables)], **environ)


def medians(*ways: Callable[[], None]) -> list[float]:
    """Seconds of each way; the first run of each is a warm-up."""
    taken: list[list[float]] = [[] for _way in ways]
    for _turn in range(RUNS + 1):
        for way, times in zip(ways, taken, strict=True):
            started = time.monotonic()
            way()
            times.append(time.monotonic() - started)
    return [statistics.median(times[1:]) for times in taken]


def play(path: Path, tasks: Sequence[tuple[str, Mapping[str, Any]]]) -> Callable[[], None]:
    """A play of these modules with their options, written now, run when called."""
    content = [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "tasks": [{module: options} for module, options in tasks],
        }
    ]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return partial(run, ["ansible-playbook", str(path)])


def second_deploys(work: Path, objects: Sequence[Path]) -> Iterator[Row]:
    """One module call beside one task for each object, and beside kubectl."""
    ours = [("eks.redis.instance", {"name": NAME, "namespace": NAMESPACE, "flavour": example(), "wait": False})]
    theirs = [
        (
            "kubernetes.core.k8s",
            {
                "definition": yaml.safe_load(path.read_text(encoding="utf-8")),
                "apply": True,
                "server_side_apply": {"field_manager": "eks.redis"},
            },
        )
        for path in objects
    ]
    kubectl = ["kubectl", "apply", "--server-side", "--field-manager=eks.redis", f"--filename={objects[0].parent}"]
    nothing = [("ansible.builtin.debug", {"msg": "nothing"})]
    ways = (play(work / f"{number}.yml", tasks) for number, tasks in enumerate((ours, theirs, nothing)))
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


@contextmanager
def control_plane() -> Iterator[None]:
    """A laboratory without nodes for as long as it is used, with what a deploy asks for: CRDs, an operator, a class."""
    subprocess.check_call([sys.executable, "-m", "lab", "up", "--name", NAME, "--level", model.CONTROL_PLANE])
    outside = dict(os.environ)
    try:
        lab = model.find(NAME)
        os.environ.update(environment.variables(lab))
        operator = yaml.safe_load(lab.inventory.read_text())["all"]["hosts"]["localhost"]
        run(["kubectl", "apply", "--server-side", f"--filename={operator['operator_chart']}/crds/crds.yaml"])
        run(["kubectl", "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"])
        run(["kubectl", "apply", "--filename=-"], SURROUNDINGS.format(version=operator["operator_version"]))
        yield
    finally:
        os.environ.clear()
        os.environ.update(outside)
        subprocess.check_call([sys.executable, "-m", "lab", "down", "--name", NAME])


def main() -> None:
    subprocess.check_call([sys.executable, "-m", "lab", "up"])
    environment.enter()
    rows: list[Row] = []

    def tell(*added: Row) -> None:
        print(*added, sep="", end="", flush=True)
        rows.extend(added)

    tell(render())
    instance = {"redis_name": NAME, "redis_namespace": NAMESPACE}
    described = {**instance, "redis_flavour": example()}
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        print("bench: deploying the example", flush=True)
        playbook("deploy", described)
        playbook("render", {**described, "redis_render_dir": str(work / "rendered")})
        objects = sorted((work / "rendered").glob("*.yml"))
        print("bench: measuring second deploys", flush=True)
        tell(requests(len(objects), partial(playbook, "deploy", described)), *second_deploys(work, objects))
        playbook("undeploy", {**instance, "redis_delete_data": True})
        run(["kubectl", "delete", "namespace", NAMESPACE])
        print(f"bench: measuring {FLEET} instances", flush=True)
        with control_plane():
            tell(fleets(work))
    conclusion = CONCLUSION.format(
        cores=os.cpu_count(), python=platform.python_version(), date=time.strftime("%Y-%m-%d")
    )
    introduction = INTRODUCTION.format(runs=RUNS, objects=len(objects))
    PAGE.write_text(introduction + "".join(map(str, rows)) + conclusion, encoding="utf-8")


if __name__ == "__main__":
    main()
