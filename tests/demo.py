"""From nothing to a Redis that answers, on the laboratory or on the cluster that KUBECONFIG names.

On the laboratory it prepares cluster and account first, as on EKS; a cluster of yours is taken to be prepared.
Plans and deploys `docs/examples/minimal.json`, writes and reads a key from a client pod through the Service, and says
how to connect. A second run changes nothing and reads the key that the first one wrote.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import uuid
from pathlib import Path

from lab import environment
from lab.model import CLUSTER

CHECKOUT = Path(__file__).resolve().parent.parent
NAME, NAMESPACE = "cache", "demo"
FLAVOUR = CHECKOUT / "docs" / "examples" / "minimal.json"
IMAGE = "quay.io/opstree/redis:v7.0.15"
KEY = "eks.redis:demo"
CLIENT_TIMEOUT = 300


def say(text: str) -> None:
    print(f"\n--- {text}", flush=True)


def stop(text: str) -> None:
    sys.exit(f"demo: {text}")


def enter_laboratory() -> None:
    """Start the laboratory unless it runs, and use it from here on."""
    if subprocess.call([sys.executable, "-m", "lab", "up"]):
        stop("the laboratory did not start; the line above says why")
    environment.enter()


INSTANCE = (f"redis_name={NAME}", f"redis_namespace={NAMESPACE}", f"redis_flavour_file={FLAVOUR}")


def playbook(verb: str, *variables: str) -> str:
    """Run eks.redis.<verb>; its output is passed through and returned."""
    command = ["ansible-playbook", f"eks.redis.{verb}"]
    command += [argument for variable in variables for argument in ("-e", variable)]
    print("$ " + " ".join(command), flush=True)
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        stop(f"eks.redis.{verb} failed; its message above says what is missing")
    return "".join(lines)


def client(script: str) -> str:
    """Run a shell script in a pod of its own, as an application would stand beside the instance; return its output.

    The pod is removed again, also after a failure.
    """
    from kubernetes import client as k8s
    from kubernetes import config

    config.load_kube_config()
    core = k8s.CoreV1Api()
    name = f"redis-client-{uuid.uuid4().hex[:6]}"
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "client", "image": IMAGE, "command": ["sh", "-ec", script]}],
        },
    }
    core.create_namespaced_pod(NAMESPACE, body)
    try:
        deadline = time.monotonic() + CLIENT_TIMEOUT
        phase = None
        while phase not in ("Succeeded", "Failed"):
            if time.monotonic() > deadline:
                stop(f"the client pod {NAMESPACE}/{name} is still {phase} after {CLIENT_TIMEOUT} s")
            time.sleep(0.5)
            phase = core.read_namespaced_pod(name, NAMESPACE).status.phase
        output = core.read_namespaced_pod_log(name, NAMESPACE)
    finally:
        core.delete_namespaced_pod(name, NAMESPACE, grace_period_seconds=0)
    if phase == "Failed":
        stop(f"the client got no answer: {output.strip()}")
    return output.strip()


def prove() -> None:
    """Read what an earlier run left, write a new value, read it back; stop when the answer is another."""
    host = f"{NAME}.{NAMESPACE}.svc"
    value = time.strftime("written at %Y-%m-%d %H:%M:%S")
    redis = f"redis-cli -e -h {host}"
    output = client(f"{redis} GET {KEY}; {redis} SET {KEY} '{value}'; {redis} GET {KEY}").splitlines()
    earlier, read = output[0] if len(output) > 2 else "", output[-1]
    if read != value:
        stop(f"wrote {value!r} through {host} and read {read!r}")
    print(f"{host}:6379  GET {KEY}  ->  {earlier or '(nothing yet)'}")
    print(f"{host}:6379  SET {KEY}  ->  OK")
    print(f"{host}:6379  GET {KEY}  ->  {read}")


def main() -> None:
    started = time.monotonic()
    own = os.environ.get("KUBECONFIG")
    if own:
        say(f"KUBECONFIG is set: using the cluster of {own}")
        print(
            f"This creates the namespace {NAMESPACE} with the instance {NAME} and a short-lived client pod, and"
            "\ninstalls the redis operator if the cluster has none. To undo: ansible-playbook eks.redis.undeploy "
            f"-e redis_name={NAME} -e redis_namespace={NAMESPACE} -e redis_delete_data=true"
        )
    else:
        say("starting the laboratory (KUBECONFIG is not set)")
        enter_laboratory()
        say("the prerequisites: operator, storage, keys, bucket and identity, at the laboratory's AWS")
        playbook("prerequisites", f"eks_cluster_name={CLUSTER}")
    say("the plan: what a deploy would do")
    playbook("plan", *INSTANCE)
    say("the deploy")
    changed = sum(int(n) for n in re.findall(r"\bchanged=(\d+)", playbook("deploy", *INSTANCE)))
    say("the proof: an application's view, through the Service")
    prove()
    say("the status")
    playbook("info", *INSTANCE)
    say(f"done after {time.monotonic() - started:.0f} s; the deploy changed {changed or 'nothing'}")
    shell = "" if own else 'eval "$(make -s lab-env)"   # a shell on the laboratory, then:\n'
    print(
        f"Connect from a pod of the cluster: redis-cli -h {NAME}.{NAMESPACE}.svc -p 6379\nFrom here:\n{shell}"
        f"kubectl -n {NAMESPACE} exec -it {NAME}-0 -c {NAME} -- redis-cli"
    )


if __name__ == "__main__":
    main()
