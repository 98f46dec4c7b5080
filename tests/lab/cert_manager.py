"""python -m lab cert-manager start|stop: cert-manager's controllers for issuers of kind CA and SelfSigned."""

from __future__ import annotations

import argparse
import json

from lab import artifacts, cache, charts, golang, kubectl, process
from lab.model import API_ADDRESS, API_PORT, CONTROL_PLANE, HOST, Lab, LabError, Process

NAME = "cert-manager"
MODULE = "github.com/cert-manager/cert-manager"
FOLDER = golang.MODULES / artifacts.ARTIFACTS[NAME].folder
CHART = "deploy/charts/cert-manager"
# of its chart: who the controllers are, what they may do, and its kinds
PARTS = ("templates/serviceaccount.yaml", "templates/rbac.yaml", "templates/crd-*.yaml")
KUBERNETES = "k8s.io/kubernetes"
HEALTH = "127.0.0.1:9403"
LASTS = "8760h"  # the token; no laboratory runs for a year


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, run, text in ACTIONS:
        actions.add_parser(name, help=text, description=text).set_defaults(act=run)


def run(lab: Lab, given: argparse.Namespace) -> None:
    with cache.locked(f"lab-{lab.name}"):
        given.act(lab)


def start(lab: Lab) -> None:
    """Built first where it has never been. Does nothing when it runs."""
    program = artifacts.build([NAME])[NAME]
    if process.pid(lab, NAME) is None:
        kubectl.apply(lab, _manifests(lab))
        _write_kubeconfig(lab)
    command = (
        str(program),
        f"--kubeconfig={lab.kubeconfig_of(NAME)}",
        f"--cluster-resource-namespace={NAME}",
        f"--health={HEALTH}",
        "--v=2",
    )
    ready = process.answers(lab, CONTROL_PLANE, f"http://{HEALTH}")
    # like a pod it comes back when the API server was away
    process.start(lab, [Process(NAME, command, ready=ready, restart=True)])


def stop(lab: Lab) -> None:
    """With its kinds go all Issuers and Certificates; the Secrets that it has made stay."""
    process.stop(lab, NAME)
    done = kubectl.call(lab, ["delete", "--ignore-not-found", "--filename=-"], _manifests(lab))
    if done.returncode:
        raise LabError(f"kubectl delete failed: {done.stderr.strip()}")


def _manifests(lab: Lab) -> str:
    """As its chart renders them, in the namespace cert-manager."""
    kubernetes = golang.pinned((golang.MODULES / "kubernetes/go.mod").read_text(), KUBERNETES)
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAME}}
    options = ["--set=crds.enabled=true", *(f"--show-only={part}" for part in PARTS)]
    command = [lab.bin / "helm", "template", NAME, charts.of(MODULE, FOLDER, CHART), f"--namespace={NAME}", *options]
    done = process.run(lab, HOST, [*map(str, command), f"--kube-version={kubernetes}"])
    if done.returncode:
        raise LabError(f"helm template {NAME} failed: {done.stderr.strip()}")
    return f"{json.dumps(namespace)}\n---\n{done.stdout}"


def _write_kubeconfig(lab: Lab) -> None:
    """For the ServiceAccount of the chart, so that nobody takes what it does for the administrator's deeds."""
    done = kubectl.call(lab, ["create", "token", NAME, f"--namespace={NAME}", f"--duration={LASTS}"])
    if done.returncode:
        raise LabError(f"kubectl create token failed: {done.stderr.strip()}")
    cluster = {"server": f"https://{API_ADDRESS}:{API_PORT}", "certificate-authority": str(lab.pki / "ca.crt")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": lab.name, "cluster": cluster}],
        "users": [{"name": NAME, "user": {"token": done.stdout.strip()}}],
        "contexts": [{"name": NAME, "context": {"cluster": lab.name, "user": NAME}}],
        "current-context": NAME,
    }
    path = lab.kubeconfig_of(NAME)
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2) + "\n")


ACTIONS = (
    ("start", start, "start its controllers, with its CRDs; does nothing when they run"),
    ("stop", stop, "end them and take its CRDs away"),
)
