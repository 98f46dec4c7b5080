"""The laboratory's own requests to its API server, through kubectl as the administrator."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from lab.model import Lab, LabError


def call(lab: Lab, arguments: Sequence[str], text: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(lab.bin / "kubectl"), f"--kubeconfig={lab.kubeconfig}", *arguments]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=False)


def ready(lab: Lab) -> bool:
    return call(lab, ["get", "--raw=/readyz", "--request-timeout=5s"]).returncode == 0


def apply(lab: Lab, manifests: str) -> None:
    """manifests: YAML documents."""
    done = call(lab, ["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests)
    if done.returncode:
        raise LabError(f"kubectl apply failed: {done.stderr.strip()}")


def items(lab: Lab, kind: str, *arguments: str) -> list[dict[str, Any]]:
    """All objects of a kind; none while the API server does not answer."""
    done = call(lab, ["get", kind, "--output=json", "--request-timeout=5s", *arguments])
    found: list[dict[str, Any]] = json.loads(done.stdout)["items"] if done.returncode == 0 else []
    return found
