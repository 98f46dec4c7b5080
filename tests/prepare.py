"""What stories and drills stand on: the prerequisites, as a user makes them, and an operator that acts.

An operator can be ready and lead without acting on anything: it was seen once, for three quarters of an hour, and what
had come over it could not be told afterwards. So one that leaves a custom resource alone is shown in full, and started
again.
"""

from __future__ import annotations

import subprocess
import sys
import time

from lab import kubectl, model
from lab.model import Lab, LabError

PREPARE = ("ansible-playbook", "eks.redis.prerequisites", "--extra-vars=@tests/laboratory.yml")
SPACE, NAME = "operator-acts", "canary"
PATIENCE, TRIES = 120, 3  # seconds; it takes one or two
# its pod need not start
CANARY = f"""\
apiVersion: v1
kind: Namespace
metadata: {{name: {SPACE}}}
---
apiVersion: redis.redis.opstreelabs.in/v1beta2
kind: Redis
metadata: {{name: {NAME}, namespace: {SPACE}}}
spec:
  kubernetesConfig: {{image: "{NAME}:none", imagePullPolicy: Never}}
"""
NAMESPACE = "--namespace=redis-operator"
OPERATOR = (NAMESPACE, "--selector=name=redis-operator")
EVIDENCE = (
    ("get", "pods", "--output=yaml", *OPERATOR),
    ("get", "leases", "--output=yaml", NAMESPACE),
    ("get", "events", NAMESPACE),
    ("get", "redis", "--output=yaml", f"--namespace={SPACE}"),
    ("logs", "--tail=-1", *OPERATOR),
    ("logs", "--tail=-1", "--previous", *OPERATOR),
)


def acts(lab: Lab) -> bool:
    """Whether the operator makes the StatefulSet of a new Redis, and lets it go again. Raises LabError."""
    if not _becomes(lab, False, "redis"):  # of the try before
        return False
    kubectl.apply(lab, CANARY)
    made = _becomes(lab, True, "statefulset")
    kubectl.call(lab, ["delete", "redis", NAME, f"--namespace={SPACE}", "--wait=false"])
    return made and _becomes(lab, False, "redis")


def _becomes(lab: Lab, there: bool, kind: str) -> bool:
    """Whether the canary's object of a kind comes, or goes, in time."""
    deadline = time.monotonic() + PATIENCE
    command = ["get", kind, NAME, f"--namespace={SPACE}"]
    while time.monotonic() < deadline:
        done = kubectl.call(lab, command)
        # an API server that does not answer says nothing of it
        if done.returncode == 0 if there else "(NotFound)" in done.stderr:
            return True
        time.sleep(0.5)
    return False


def show(lab: Lab) -> None:
    for command in EVIDENCE:
        done = kubectl.call(lab, command)
        print(f"$ kubectl {' '.join(command)}\n{done.stdout}{done.stderr}", flush=True)


def main() -> int:
    """0 when all of it is there."""
    if code := subprocess.call(PREPARE):
        return code
    lab = model.find(model.current())
    for tried in range(1, TRIES + 1):
        why = f"the operator has left a custom resource alone for {PATIENCE} s"
        try:
            if acts(lab):
                return 0
        except LabError as error:
            why = str(error)
        print(f"{why}, {tried} of {TRIES} times", flush=True)
        show(lab)
        kubectl.call(lab, ["delete", "pod", *OPERATOR])
        # `wait` would take a pod that is not there yet for an error
        kubectl.call(lab, ["rollout", "status", "deployment/redis-operator", f"--timeout={PATIENCE}s", NAMESPACE])
    return 1


if __name__ == "__main__":
    sys.exit(main())
