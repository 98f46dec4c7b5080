"""The programs that the filter client_snippet prints, run as they are against real instances, through a failover."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import telling
from toolchains import LANGUAGES, Language

PASSWORD = "snippets-4-all"
SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}}
# nobody is to help: the keeper has tests of its own
SHARED = {
    "resources": SMALL,
    "persistence": {"size": "1Gi", "storageClass": "gp3-xfs", "aof": {"enabled": True}},
    "keeper": {"enabled": False},
    "podDisruptionBudget": {"enabled": False},
}
SECURE = {"authentication": {"enabled": True, "authToken": PASSWORD}, "transitEncryption": {"enabled": True}}
NAME = "snip"
PATIENCE = 600  # seconds for anything; the machine may be busy
ENOUGH = 40  # writes before a failover, and after it


class Mode(NamedTuple):
    """flavour, root: what is deployed. access, service: how `clients.access` reaches it."""

    flavour: dict[str, Any]
    root: dict[str, Any]
    access: str
    service: str


MODES = {
    "standalone": Mode({"acl": {"enabled": True}}, SECURE, "service", NAME),
    "replicated": Mode({"replicaCount": 1}, SECURE, "service", f"{NAME}-master"),
    "sentinel": Mode(
        {"deployment": {"mode": "sentinel", "config": {"replicaCount": 1, "sentinel": {"resources": SMALL}}}},
        SECURE,
        "sentinel",
        f"{NAME}-sentinel",
    ),
    "cluster": Mode(
        {"deployment": {"mode": "cluster", "config": {"numShards": 3, "replicasPerShard": 1}}},
        {**SECURE, "clusterModeEnabled": True},
        "cluster",
        f"{NAME}-leader",
    ),
}


class Place:
    """An instance, and a folder for what is run against it."""

    def __init__(self, mode: Mode, namespace: str, folder: Path) -> None:
        self.mode, self.namespace, self.folder = mode, namespace, folder
        self.variables = {
            "redis_name": NAME,
            "redis_namespace": namespace,
            "redis_flavour": {**SHARED, **mode.flavour},
            "redis_root": mode.root,
            "redis_timeout": PATIENCE,
        }

    def playbook(self, name: str, **more: Any) -> None:
        command = ["ansible-playbook", name, "--extra-vars", json.dumps({**self.variables, **more})]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def kubectl(self, *arguments: str) -> str:
        command = ["kubectl", f"--namespace={self.namespace}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def inside(self, command: Sequence[str], folder: Path, **options: Any) -> subprocess.Popen[str]:
        """Starts a command as a client in the cluster's network, with what an application's pod would be told."""
        return subprocess.Popen(
            [sys.executable, "-m", "lab", "exec", "env", f"--chdir={folder}", *command],
            env={
                **os.environ,
                "REDIS_PASSWORD": PASSWORD,
                "REDIS_USERNAME": "default",
                "REDIS_CA": str(self.folder / "ca.crt"),
            },
            text=True,
            **options,
        )

    def master(self) -> str:
        """The first Redis pod that says that it is a master."""
        names = self.kubectl("get", "pods", "--selector=app.kubernetes.io/component=redis", "--output=name").split()
        ask = "REDISCLI_AUTH=$REDIS_PASSWORD redis-cli --tls --cacert /tls/ca.crt role"
        return next(name for name in names if self.kubectl("exec", name, "--", "sh", "-c", ask).startswith("master"))


@pytest.fixture
def place(mode: str, tmp_path: Path) -> Iterator[Place]:
    found = Place(MODES[mode], f"snippets-{mode}-{os.getpid()}", tmp_path)
    found.playbook("eks.redis.deploy")
    secret = found.kubectl("get", "secret", f"{NAME}-tls", "--output=jsonpath={.data.ca\\.crt}")
    (tmp_path / "ca.crt").write_bytes(base64.b64decode(secret))
    yield found
    found.playbook("eks.redis.undeploy", redis_delete_data=True, redis_wait=False)
    found.kubectl("delete", "namespace", found.namespace, "--wait=false")


@pytest.mark.parametrize("mode", MODES)
def test_programs_go_on_after_a_failover(
    place: Place, mode: str, record_property: Callable[[str, object], None]
) -> None:
    for language in LANGUAGES:
        (place.folder / language.name).mkdir()
    files = {each.name: str(place.folder / each.name / each.file) for each in LANGUAGES}
    place.playbook(str(Path(__file__).with_name("print.yml")), files=files)
    for language in LANGUAGES:
        language.build(place.folder / language.name)
        as_it_is(place, language)
    told = failover(place)
    lost = verified(place, {name: len(each.written) for name, each in told.items()})
    for name, each in told.items():
        row = (mode, name, len(each.written), len(lost[name]), f"{each.gap:.1f}", len(each.errors))
        record_property("row", row)
        print(*row, *sorted(set(each.errors)), sep="\n  ")
        # what a master had acknowledged and passed on to nobody may go with it; nothing that came later may
        assert all(number < each.resumed for number in lost[name]), (name, lost[name], each.resumed)


def as_it_is(place: Place, language: Language) -> None:
    """The printed program writes a key and reads it again."""
    with place.inside(language.program, place.folder / language.name, stdout=subprocess.PIPE) as program:
        said, _errors = program.communicate()
    assert program.returncode == 0, (language.name, said)
    assert said.startswith("hello\n"), (language.name, said)


def failover(place: Place) -> dict[str, telling.Told]:
    """What the drivers of all languages tell, each with one client from beginning to end."""
    enough = place.folder / "enough"
    outputs = {each.name: place.folder / f"{each.name}.txt" for each in LANGUAGES}
    running = []
    for each in LANGUAGES:
        with outputs[each.name].open("w") as output:
            command = (*each.driver, each.name, str(enough))
            running.append(place.inside(command, place.folder / each.name, stdout=output))

    def wrote(moment: float) -> bool:
        assert all(process.poll() is None for process in running), "a driver has ended"
        return all(telling.read(output.read_text()).since(moment) >= ENOUGH for output in outputs.values())

    try:
        eventually(lambda: wrote(0))
        lose_master(place)
        back = time.time()
        eventually(lambda: wrote(back))
    finally:
        enough.touch()
        codes = [process.wait() for process in running]
    assert not any(codes), codes
    return {name: telling.read(output.read_text()) for name, output in outputs.items()}


def lose_master(place: Place) -> None:
    """Deletes the pod of a master by force, and returns when its successor is ready."""
    pod = place.master()
    uid = ("get", pod, "--output=jsonpath={.metadata.uid}", "--ignore-not-found")
    before = place.kubectl(*uid)
    place.kubectl("delete", pod, "--force", "--grace-period=0")
    eventually(lambda: place.kubectl(*uid) not in ("", before))
    place.kubectl("wait", pod, "--for=condition=Ready", f"--timeout={PATIENCE}s")


def verified(place: Place, counts: dict[str, int]) -> dict[str, list[int]]:
    """The numbers of acknowledged writes that are lost, by the prefix of their keys."""
    host = f"{place.mode.service}.{place.namespace}.svc"
    command = (sys.executable, str(Path(__file__).with_name("verify.py")), place.mode.access, host)
    with place.inside(command, place.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        said, _errors = reader.communicate(json.dumps(counts))
    assert reader.returncode == 0
    found: dict[str, list[int]] = json.loads(said)
    return found


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"not true after {PATIENCE} s"
        time.sleep(0.3)
