"""The AWS of the laboratory: one process that answers for all services, see server.py."""

from __future__ import annotations

import sys
from pathlib import Path

from lab import golang, model
from lab.model import Lab, Process
from lab.process import answers

HEALTH = "/lab/health"


def process(lab: Lab) -> Process:
    """The stand-in, in the control plane's network; every call is a line of ``log(lab)``."""
    options = {
        "host": "0.0.0.0",
        "port": model.AWS_PORT,
        "log": log(lab),
        "cluster": model.CLUSTER,
        "region": model.REGION,
        "issuer": model.OIDC_ISSUER,
        "jwks": lab.jwks,
        "kubernetes-version": kubernetes_version(),
    }
    command = (sys.executable, "-m", "lab.aws.server", *(f"--{name}={value}" for name, value in options.items()))
    ready = answers(lab, model.CONTROL_PLANE, f"http://127.0.0.1:{model.AWS_PORT}{HEALTH}")
    return Process("aws", command, ready=ready)


def log(lab: Lab) -> Path:
    return lab.logs / "aws-calls.jsonl"


def kubernetes_version() -> str:
    """As EKS writes it, such as 1.34: the one the laboratory runs."""
    go_mod = (golang.MODULES / "kubernetes" / "go.mod").read_text()
    return ".".join(golang.pinned(go_mod, "k8s.io/kubernetes").removeprefix("v").split(".")[:2])
