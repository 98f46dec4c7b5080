"""The programs that the filter client_snippet prints, run as they are against real instances, through a failover."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import telling
from toolchains import LANGUAGES, Language

PASSWORD = "snippets-4-all"
# what applications know; only sentinels ask for the other
USER, USERS_PASSWORD = "application", "applications-4-all"
PREFIX = "app:"
SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}}
# nobody is to help: the keeper has tests of its own
SHARED = {
    "resources": SMALL,
    "persistence": {"size": "1Gi", "storageClass": "gp3-xfs", "aof": {"enabled": True}},
    "keeper": {"enabled": False},
    "podDisruptionBudget": {"enabled": False},
}
# that of docs/examples/secure.json
USERS = {
    "acl": {
        "enabled": True,
        "users": [
            {
                "name": USER,
                "rules": f"~{PREFIX}* &{PREFIX}* +@all -@admin -@dangerous "
                "+info +cluster|slots +cluster|shards +cluster|nodes",
                "passwordSecret": {"name": USER},
            }
        ],
    }
}
SECURE = {"authentication": {"enabled": True, "authToken": PASSWORD}, "transitEncryption": {"enabled": True}}
PATIENCE = 900  # seconds for anything; the machine may be busy
ENOUGH = 40  # writes before a failover, and after it


class Mode(NamedTuple):
    """flavour, root: what is deployed. access, service: how `clients.access` reaches it, behind the instance's name."""

    flavour: dict[str, Any]
    root: dict[str, Any]
    access: str
    service: str


MODES = {
    "standalone": Mode(USERS, SECURE, "service", ""),
    "replicated": Mode({"replicaCount": 1}, SECURE, "service", "-master"),
    "sentinel": Mode(
        {
            **USERS,
            "deployment": {"mode": "sentinel", "config": {"replicaCount": 1, "sentinel": {"resources": SMALL}}},
        },
        SECURE,
        "sentinel",
        "-sentinel",
    ),
    "cluster": Mode(
        {**USERS, "deployment": {"mode": "cluster", "config": {"numShards": 3, "replicasPerShard": 1}}},
        {**SECURE, "clusterModeEnabled": True},
        "cluster",
        "-leader",
    ),
}


def playbook(name: str, **variables: Any) -> None:
    command = ["ansible-playbook", name, "--extra-vars", json.dumps(variables)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout


def kubectl(namespace: str, *arguments: str) -> str:
    command = ["kubectl", f"--namespace={namespace}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class Place:
    """The instance of a mode, by the mode's name, and a folder for what is run against it.

    primary: by which name programs call the master, "" for the way of the mode.
    """

    def __init__(self, name: str, namespace: str, folder: Path, primary: str = "") -> None:
        self.name, self.namespace, self.folder, self.mode = name, namespace, folder, MODES[name]
        self.primary = primary
        for language in LANGUAGES:
            (folder / language.name).mkdir(parents=True)

    @property
    def label(self) -> str:
        return f"{self.name}, by name" if self.primary else self.name

    @property
    def instance(self) -> dict[str, Any]:
        flavour = {**SHARED, **self.mode.flavour}
        return {"name": self.name, "namespace": self.namespace, "flavour": flavour, "root": self.mode.root}

    @property
    def programs(self) -> list[dict[str, Any]]:
        """What is printed, and where to."""
        root = {**self.mode.root, "discovery": {"primary": self.primary}}
        return [
            {
                "of": {**self.instance, "root": root},
                "language": each.name,
                "file": str(self.folder / each.name / each.file),
            }
            for each in LANGUAGES
        ]

    @property
    def login(self) -> dict[str, str]:
        """What an application's pod would be told of passwords."""
        if "acl" not in self.mode.flavour:
            return {"REDIS_PASSWORD": PASSWORD}
        return {"REDIS_USERNAME": USER, "REDIS_PASSWORD": USERS_PASSWORD, "REDIS_SENTINEL_PASSWORD": PASSWORD}

    def prefix(self, language: Language) -> str:
        """What the keys of a driver begin with."""
        return f"{PREFIX}{language.name}{'-by-name' if self.primary else ''}"

    def build(self) -> None:
        for language in LANGUAGES:
            language.build(self.folder / language.name)

    def trust(self) -> None:
        """Keeps the certificate of who signs."""
        found = self.kubectl("get", "secret", f"{self.name}-tls", "--output=jsonpath={.data.ca\\.crt}")
        (self.folder / "ca.crt").write_bytes(base64.b64decode(found))

    def kubectl(self, *arguments: str) -> str:
        return kubectl(self.namespace, *arguments)

    def inside(
        self, command: Sequence[str], folder: Path, login: dict[str, str], **options: Any
    ) -> subprocess.Popen[str]:
        """Starts a command as a client in the cluster's network."""
        return subprocess.Popen(
            [sys.executable, "-m", "lab", "exec", "env", f"--chdir={folder}", *command],
            env={**os.environ, **login, "REDIS_CA": str(self.folder / "ca.crt")},
            text=True,
            **options,
        )

    def master(self) -> str:
        """The first Redis pod that says that it is a master."""
        return next(name for name in self.pods() if self.ask(name, "role").startswith("master"))

    def pods(self, *labels: str) -> list[str]:
        """The Redis pods, or those with more labels."""
        own = ("app.kubernetes.io/component=redis", f"app.kubernetes.io/instance={self.name}")
        return self.kubectl("get", "pods", f"--selector={','.join((*own, *labels))}", "--output=name").split()

    def is_followed(self) -> bool:
        """Whether the Service of the master leads to it: the operator looks every 30 seconds."""
        return self.pods("redis-role=master") == [self.master()]

    def ask(self, pod: str, command: str) -> str:
        """What Redis, or a sentinel, answers in its own pod."""
        cli = "REDISCLI_AUTH=$REDIS_PASSWORD redis-cli --tls --cacert /tls/ca.crt"
        return self.kubectl("exec", pod, "--", "sh", "-c", f"{cli} {command}")


@pytest.fixture
def places(tmp_path: Path) -> Iterator[list[Place]]:
    """Instances of all modes by one run, with the programs of each, built meanwhile.

    The last one is of an instance that is there before: who calls its master by name does not ask its sentinels.
    """
    namespace = f"snippets-{os.getpid()}"
    found = [Place(name, namespace, tmp_path / name) for name in MODES]
    instances = [place.instance for place in found]
    found.append(Place("sentinel", namespace, tmp_path / "by-name", f"sentinel-master.{namespace}.svc"))
    print_programs = str(Path(__file__).with_name("print.yml"))
    playbook(print_programs, programs=[program for place in found for program in place.programs])
    try:
        kubectl(namespace, "create", "namespace", namespace)
        kubectl(namespace, "create", "secret", "generic", USER, f"--from-literal=password={USERS_PASSWORD}")
        with ThreadPoolExecutor() as pool:
            deployed = pool.submit(playbook, "eks.redis.deploy", redis_instances=instances, redis_timeout=PATIENCE)
            for place in found:
                place.build()
            deployed.result()
        for place in found:
            place.trust()
        yield found
    finally:
        playbook("eks.redis.undeploy", redis_instances=instances, redis_delete_data=True, redis_wait=False)
        kubectl(namespace, "delete", "namespace", namespace, "--wait=false", "--ignore-not-found")


def test_programs_go_on_after_a_failover(places: list[Place], request: pytest.FixtureRequest) -> None:
    # all instances at once, as they mostly wait
    with ThreadPoolExecutor(len(MODES)) as pool:
        for rows in pool.map(lambda name: through_failovers(place for place in places if place.name == name), MODES):
            for row in rows:
                request.node.user_properties.append(("row", row))


def through_failovers(places: Iterable[Place]) -> list[tuple[object, ...]]:
    return [row for place in places for row in through_a_failover(place)]


def through_a_failover(place: Place) -> list[tuple[object, ...]]:
    """What the programs of all languages saw, in columns as in conftest.TITLE."""
    if place.primary:
        eventually(place.is_followed)
    for language in LANGUAGES:
        as_it_is(place, language)
    told, over = failover(place)
    lost = verified(place, {place.prefix(language): len(each.written) for language, each in told.items()})
    rows = []
    for language, each in told.items():
        gone = lost[place.prefix(language)]
        rows.append((place.label, language.name, len(each.written), len(gone), f"{each.gap:.1f}", len(each.errors)))
        print(*rows[-1], *sorted(set(each.errors)), sep="\n  ")
        # what a master had acknowledged and passed on to nobody may go with it; nothing that came later may
        assert all(number < each.begun_by(over) for number in gone), (place.label, language.name, gone, over)
    return rows


def as_it_is(place: Place, language: Language) -> None:
    """The printed program writes a key and reads it again."""
    said = patiently(place, language.program, place.folder / language.name, place.login)
    assert said.startswith("hello\n"), (place.label, language.name, said)


def patiently(place: Place, command: Sequence[str], folder: Path, login: dict[str, str], told: str = "") -> str:
    """The output of a command inside, which is given another go where it fails: it connects once, within seconds, and
    this machine is busy."""
    ran = []

    def went_well() -> bool:
        with place.inside(command, folder, login, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            ran.append(process.communicate(told)[0])
        return process.returncode == 0

    eventually(went_well)
    return ran[-1]


def failover(place: Place) -> tuple[dict[Language, telling.Told], float]:
    """What the drivers of all languages tell, each with one client from beginning to end, and when it was over."""
    enough = place.folder / "enough"
    outputs = {each: place.folder / f"{each.name}.txt" for each in LANGUAGES}
    running = []
    for each in LANGUAGES:
        with outputs[each].open("w") as output:
            command = (*each.driver, place.prefix(each), str(enough))
            running.append(place.inside(command, place.folder / each.name, place.login, stdout=output))

    def wrote(moment: float) -> bool:
        assert all(process.poll() is None for process in running), f"{place.label}: a driver has ended"
        return all(telling.read(output.read_text()).since(moment) >= ENOUGH for output in outputs.values())

    try:
        eventually(lambda: wrote(0))
        (demote_master if place.primary else lose_master)(place)
        back = time.time()
        eventually(lambda: wrote(back))
    finally:
        enough.touch()
        codes = [process.wait() for process in running]
    assert not any(codes), (place.label, codes)
    return {each: telling.read(output.read_text()) for each, output in outputs.items()}, back


def lose_master(place: Place) -> None:
    """Deletes the pod of a master by force, and returns when its successor is ready."""
    pod = place.master()
    uid = ("get", pod, "--output=jsonpath={.metadata.uid}", "--ignore-not-found")
    before = place.kubectl(*uid)
    place.kubectl("delete", pod, "--force", "--grace-period=0")
    eventually(lambda: place.kubectl(*uid) not in ("", before))
    place.kubectl("wait", pod, "--for=condition=Ready", f"--timeout={PATIENCE}s")


def demote_master(place: Place) -> None:
    """Has the sentinels make the replica the master. Who was it becomes a replica at once, and closes no connection.

    The sentinels themselves would wait for eight seconds, in which what it acknowledges is lost.
    """
    was = place.master()
    (successor,) = (name for name in place.pods() if name != was)
    eventually(lambda: place.ask(f"{place.name}-sentinel-0", "-p 26379 sentinel failover myMaster").startswith("OK"))
    eventually(lambda: place.ask(successor, "role").startswith("master"))
    place.ask(was, f"replicaof {place.kubectl('get', successor, '--output=jsonpath={.status.podIP}')} 6379")


def verified(place: Place, counts: dict[str, int]) -> dict[str, list[int]]:
    """The numbers of acknowledged writes that are lost, by the prefix of their keys."""
    host = f"{place.name}{place.mode.service}.{place.namespace}.svc"
    command = (sys.executable, str(Path(__file__).with_name("verify.py")), place.mode.access, host)
    said = patiently(place, command, place.folder, {"REDIS_PASSWORD": PASSWORD}, json.dumps(counts))
    found: dict[str, list[int]] = json.loads(said)
    return found


def eventually(condition: Callable[[], bool]) -> None:
    """A command that fails on the way is asked again."""
    end = time.monotonic() + PATIENCE
    failed = None
    while True:
        try:
            if condition():
                return
        except subprocess.CalledProcessError as error:
            failed = error
        assert time.monotonic() < end, f"not true after {PATIENCE} s; last failure: {failed}"
        time.sleep(0.3)
