"""An instance with backups: its data set, its sets, its pods, and the modules that work on it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import insides
from conftest import kubectl, playbook
from modules import Module
from places import ask, eventually, pods, within
from shelf import BUCKET, Shelf

PASSWORD = "drilled-4-backups"
SMALL = {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"cpu": "1", "memory": "384Mi"}}
BACKUPS = {"enabled": True, "s3Bucket": BUCKET, "serviceAccount": "redis-backup"}
FLAVOUR = {
    "persistence": {"size": "512Mi", "aof": {"enabled": True}},
    "master": {"resources": SMALL},
    "backup": {**BACKUPS, "restoreTest": {"enabled": False}},
    # who copies need not wait for others
    "additionalConfig": {"repl-diskless-sync-delay": "0"},
}
FILL = 40  # values of a megabyte that cannot be compressed: several parts of an upload
# microseconds for each key that is copied, and that is loaded
SLOWLY = {"rdb-key-save-delay": 700, "key-load-delay": 150}
LOOKS = 4  # in a row, each of which takes a second or two
HELD = re.compile(r"keys=(\d+)")


class BackedUp:
    """name: of instance, and within that of its namespace. component: of the Jobs that are drilled."""

    def __init__(self, name: str, component: str, *, clustered: bool = False) -> None:
        self.name, self.clustered = name, clustered
        self.jobs = f"app.kubernetes.io/component={component}"
        self.namespace = f"drill-{os.getpid()}-{name}"
        self.where = {"name": name, "namespace": self.namespace}
        self.shelf = Shelf(f"redis/{self.namespace}/{name}/", os.environ["AWS_ENDPOINT_URL"])
        self.password, self.set = PASSWORD, ""
        # what is to be done when a fault is over
        self.mended: list[Callable[[], object]] = []

    def deploy(self, flavour: dict[str, Any], **root: object) -> None:
        let_in = str(Path(__file__).with_name("let_in.yml"))
        given = json.dumps({"place": self.namespace, "bucket": BUCKET})
        subprocess.run(["ansible-playbook", let_in, "--extra-vars", given], check=True, stdout=subprocess.DEVNULL)
        root = {"authentication": {"enabled": True, "authToken": PASSWORD}, **root}
        named = {"redis_name": self.name, "redis_namespace": self.namespace}
        playbook("deploy", redis_flavour={**FLAVOUR, **flavour}, redis_root=root, **named)

    def remove(self) -> None:
        named = {"redis_name": self.name, "redis_namespace": self.namespace}
        playbook("undeploy", redis_delete_data=True, **named)
        kubectl("delete", "namespace", self.namespace, namespace="default")
        self.shelf.clear()

    def begin(self, module: str, **options: object) -> Module:
        return Module(module, **self.where, **options)

    def run(self, module: str, **options: object) -> dict[str, Any]:
        return self.begin(module, **options).done()

    def dataset(self, verb: str) -> str:
        """What `clients.dataset` prints; at the master itself, whoever knows by now that it is one."""
        first = f"{self.name}-leader" if self.clustered else f"{self.master()}.{self.name}-headless"
        access = "cluster" if self.clustered else "service"
        where = ["--access", access, "--host", f"{first}.{self.namespace}.svc"]
        command = [sys.executable, "-m", "lab", "exec", sys.executable, "-m", "clients.dataset", verb, *where]
        environment = {**os.environ, "REDIS_PASSWORD": self.password}
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout

    def fill(self) -> None:
        """The data set, and what makes it large."""
        self.dataset("fill")
        one = "head -c 1000000 /dev/urandom | redis-cli -c -x SET fill:$i"
        self.shell(self.master(), f"for i in $(seq {FILL}); do {one}; done")

    def lost(self, before: str) -> int:
        """How many keys of an earlier read are not there any more, or are others."""
        old, new = (json.loads(text)["keys"] for text in (before, self.dataset("read")))
        return sum(new.get(key) != facts for key, facts in old.items())

    def shell(self, pod: str, script: str) -> str:
        said = f"export REDISCLI_AUTH=$REDIS_PASSWORD; {script}"
        return kubectl("exec", pod, "--", "sh", "-c", said, namespace=self.namespace)

    def redis(self) -> list[str]:
        return sorted(pods(self.namespace))

    def masters(self) -> list[str]:
        return [pod for pod in self.redis() if ask(self.namespace, pod, "ROLE").startswith("master")]

    def master(self) -> str:
        """The first, as soon as there is one."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = self.masters() or self._left()
            return bool(found)

        eventually(is_there)
        return found[0]

    def _left(self) -> list[str]:
        """Who follows nobody of the others: a restore that was cut off may leave the master so."""
        said = {pod: ask(self.namespace, pod, "ROLE").splitlines() for pod in self.redis()}
        addresses = kubectl(
            "get", "pods", "--output=jsonpath={.items[*].status.podIP}", namespace=self.namespace
        ).split()
        return [pod for pod, words in said.items() if words[:1] == ["slave"] and words[1] not in addresses]

    def keys(self) -> int:
        """Of all masters and databases."""
        counts = [ask(self.namespace, pod, "INFO", "keyspace") for pod in self.masters()]
        return sum(int(count) for text in counts for count in HELD.findall(text))

    def say(self, *command: str) -> None:
        """To each Redis that answers."""
        for pod in self.redis():
            ask(self.namespace, pod, *command)

    def slow(self, times: int = 1) -> None:
        """Copies and loads take some seconds, so that something can happen in their middle."""
        for name, microseconds in SLOWLY.items():
            self.say("CONFIG", "SET", name, str(times * microseconds))

    def job_pod(self, *phases: str) -> str:
        """The newest pod of a Job that is in one of the phases; without any, that runs."""
        found: list[str] = []

        def is_there() -> bool:
            selector = f"--selector={self.jobs}"
            listed = json.loads(kubectl("get", "pods", selector, "--output=json", namespace=self.namespace))["items"]
            running = [each["metadata"] for each in listed if each["status"].get("phase") in (phases or ("Running",))]
            found[:] = [each["name"] for each in sorted(running, key=lambda each: each["creationTimestamp"])]
            return bool(found)

        eventually(is_there)
        return found[-1]

    def programs(self, pod: str, program: str) -> list[int]:
        return insides.processes(self.namespace, pod, program)

    def hang(self, pod: str) -> None:
        stopped = self.programs(pod, "redis-server")
        insides.hang(stopped)
        self.mended.append(lambda: insides.wake(stopped))

    def secret(self, password: str) -> None:
        """Writes it into the Secret that pods are started with."""
        (name,) = kubectl("get", "secrets", "--output=name", namespace=self.namespace).split()
        (key,) = json.loads(kubectl("get", name, "--output=json", namespace=self.namespace))["data"]
        patch = json.dumps({"stringData": {key: password}})
        kubectl("patch", name, f"--patch={patch}", namespace=self.namespace)

    @contextmanager
    def healed(self) -> Iterator[None]:
        """Whatever was done to it is over afterwards."""
        try:
            yield
        finally:
            self.shelf.heal()
            while self.mended:
                self.mended.pop()()

    def recover(self) -> None:
        """Waits until it is well, and as quick as before. The operator may make its sentinels look anew once more."""
        assert within(300, lambda: all(self.is_well() for _look in range(LOOKS))), f"{self.name} is not well"
        self.slow(0)

    def is_well(self) -> bool:
        """Each Redis answers, and each replica follows."""
        listed = json.loads(kubectl("get", "statefulsets", "--output=json", namespace=self.namespace))["items"]
        if any(each["status"].get("readyReplicas", 0) != each["spec"]["replicas"] for each in listed):
            return False
        if self.clustered:
            return all("cluster_state:ok" in ask(self.namespace, pod, "CLUSTER", "INFO") for pod in self.redis())
        said = [ask(self.namespace, pod, "INFO", "replication") for pod in self.redis()]
        following = ["role:slave" in text and "master_link_status:up" in text for text in said]
        return all(said) and len(said) - sum(following) == len(self.masters()) and self._sentinels_agree(sum(following))

    def _sentinels_agree(self, replicas: int) -> bool:
        for pod in pods(self.namespace, "sentinel"):
            words = ask(self.namespace, pod, "-p 26379 SENTINEL MASTER myMaster").splitlines()
            said = dict(zip(words[::2], words[1::2], strict=False))
            # they remember those that are gone
            if said.get("flags") != "master" or int(said["num-slaves"]) < replicas:
                return False
        return True
