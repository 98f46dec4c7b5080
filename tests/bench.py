"""How long the collection takes, beside what people use otherwise; measured on laboratories, writes docs/benchmarks.md.

Ways that are compared work on the same objects and alternate, so that what else the machine does hits both. What counts
is the ratio of the medians: it says the same on another machine, seconds do not.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import yaml
from benchmarks import backups, deploys, migrations, prerequisites
from benchmarks.deploys import FLEET, NAME, NAMESPACE
from benchmarks.measure import RUNS, Row, playbook, run

from lab import environment, model

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
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

The prerequisites meet an AWS stand-in on the same machine, which answers at once; the operator's part is off for want
of nodes. Their yardstick describes the KMS key, both IAM roles with their policies, the bucket, both StorageClasses,
the namespace and the ServiceAccount. The EKS cluster and its add-on, the OIDC provider and the bucket's lifecycle, for
which `amazon.aws` has no module, are in the run of eks.redis alone.

Requests are those of the whole playbook `eks.redis.deploy`, which also proves with data that the instance works; they
are counted in the audit log of the API server.

Backups, restores and migrations run without the laboratory, as programs of this machine: Redis, the job, and either a
sink that compares what it gets with its checksum and forgets it, or the AWS stand-in, which needs more than the job
itself. A migration has a source that refuses what ElastiCache refuses, and a writer that knows one address, as that of
a Service.
All of them share the cores; where each program has a machine of its own, none waits for another. The memory is that of
the job, without redis-cli beside it.

Measured on {cores} cores, Python {python}, {date}.
"""


@contextmanager
def control_plane() -> Iterator[None]:
    """A laboratory without nodes for as long as it is used."""
    subprocess.check_call([sys.executable, "-m", "lab", "up", "--name", NAME, "--level", model.CONTROL_PLANE])
    outside = dict(os.environ)
    try:
        os.environ.update(environment.variables(model.find(NAME)))
        yield
    finally:
        os.environ.clear()
        os.environ.update(outside)
        subprocess.check_call([sys.executable, "-m", "lab", "down", "--name", NAME])


def surroundings() -> None:
    """What a deploy asks for: CRDs, an operator, a class."""
    operator = yaml.safe_load(model.find(NAME).inventory.read_text())["all"]["hosts"]["localhost"]
    run(["kubectl", "apply", "--server-side", f"--filename={operator['operator_chart']}/crds/crds.yaml"])
    run(["kubectl", "wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"])
    run(["kubectl", "apply", "--filename=-"], SURROUNDINGS.format(version=operator["operator_version"]))


def main() -> None:
    rows: list[Row] = []

    def tell(*added: Row) -> None:
        print(*added, sep="", end="", flush=True)
        rows.extend(added)

    # first what a laboratory beside it would disturb
    print("bench: measuring backups and restores", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        tell(*backups.rows(Path(scratch)))
    print("bench: measuring live migrations", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        tell(*migrations.rows(Path(scratch)))
    subprocess.check_call([sys.executable, "-m", "lab", "up"])
    environment.enter()
    tell(deploys.render())
    instance = {"redis_name": NAME, "redis_namespace": NAMESPACE}
    described = {**instance, "redis_flavour": deploys.example()}
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        print("bench: deploying the example", flush=True)
        playbook("deploy", described)
        playbook("render", {**described, "redis_render_dir": str(work / "rendered")})
        objects = sorted((work / "rendered").glob("*.yml"))
        print("bench: measuring second deploys", flush=True)
        sent = deploys.requests(len(objects), partial(playbook, "deploy", described))
        tell(sent, *deploys.second_deploys(work, objects))
        playbook("undeploy", {**instance, "redis_delete_data": True})
        run(["kubectl", "delete", "namespace", NAMESPACE])
        with control_plane():
            print("bench: measuring prerequisites", flush=True)
            tell(*prerequisites.rows(work))
            print(f"bench: measuring {FLEET} instances", flush=True)
            surroundings()
            tell(deploys.fleets(work))
    conclusion = CONCLUSION.format(
        cores=os.cpu_count(), python=platform.python_version(), date=time.strftime("%Y-%m-%d")
    )
    introduction = INTRODUCTION.format(runs=RUNS, objects=len(objects))
    PAGE.write_text(introduction + "".join(map(str, rows)) + conclusion, encoding="utf-8")


if __name__ == "__main__":
    main()
