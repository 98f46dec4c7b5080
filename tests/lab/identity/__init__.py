"""Workload identity as on EKS: a webhook by which pods get tokens, an agent per node that exchanges some of them."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template

from lab import kubectl, model, process
from lab.identity.names import AGENT_ADDRESS, WEBHOOK, WEBHOOK_PORT
from lab.identity.serving import HEALTH
from lab.model import Lab, LabError, Node, Process

MANIFESTS = Path(__file__).parent / "manifests.yaml"
URL = f"https://127.0.0.1:{WEBHOOK_PORT}"


def write_keys(lab: Lab) -> None:
    """What the issuer of EKS publishes: the keys by which IAM tells whether a token is genuine."""
    done = kubectl.call(lab, ["get", "--raw=/openid/v1/jwks"])
    if done.returncode:
        raise LabError(f"/openid/v1/jwks: {done.stderr.strip()}")
    lab.jwks.write_text(done.stdout)


def webhook_of(lab: Lab) -> Process:
    options = {
        "server": f"https://{model.API_ADDRESS}:{model.API_PORT}",
        "pki": lab.pki,
        "endpoint": f"http://127.0.0.1:{model.AWS_PORT}",
        "endpoint-of-pods": f"http://{model.AWS_NAME}:{model.AWS_PORT}",
        "cluster": model.CLUSTER,
        "region": model.REGION,
    }
    command = (sys.executable, "-m", "lab.identity.webhook", *(f"--{name}={value}" for name, value in options.items()))
    return Process(WEBHOOK, command, ready=answers(lab))


def answers(lab: Lab) -> Callable[[], bool]:
    """Whether the webhook does; without it pods come without identity, and nobody is told."""
    return process.answers(lab, model.CONTROL_PLANE, f"{URL}{HEALTH}")


def agent_of(lab: Lab, node: Node) -> Process:
    """The access key is what the log of the stand-in calls it."""
    environment = {
        "AWS_ENDPOINT_URL": f"http://{model.API_ADDRESS}:{model.AWS_PORT}",
        "AWS_DEFAULT_REGION": model.REGION,
        "AWS_ACCESS_KEY_ID": "pod-identity-agent",
        "AWS_SECRET_ACCESS_KEY": "laboratory",
    }
    command = (sys.executable, "-m", "lab.identity.agent", f"--cluster={model.CLUSTER}")
    ready = process.answers(lab, node.name, f"http://{AGENT_ADDRESS}{HEALTH}")
    return Process(f"pod-identity-{node.site}", command, node.name, environment, ready)


def manifests(lab: Lab) -> str:
    authority = base64.b64encode((lab.pki / "ca.crt").read_bytes()).decode()
    values = {"webhook": WEBHOOK, "url": f"{URL}/mutate", "authority": authority}
    return Template(MANIFESTS.read_text()).substitute(values)
