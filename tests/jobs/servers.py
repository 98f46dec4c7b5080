"""Redis servers of a test's own, each in a folder: real processes, ended with the test."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from jobs.secured import Secured

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Pod
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.loader import Loader
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.topology.loader import sidecar
from lab.ports import LOCAL, free_port

PATIENCE = 120.0  # seconds; nothing takes as long
# milliseconds; no cluster that has formed is to take a node for dead which a busy machine stalls
STALL = 60_000


class Server:
    """A process and its port. words: as of a command line. login: how a test gets in, other than by the password."""

    def __init__(
        self,
        folder: Path,
        *words: str,
        name: str = "",
        password: str = "",
        argv: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
        port: int = 0,
        host: str = LOCAL,
        secured: Secured | None = None,
        login: Login | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.password, self.name = folder, password, name or folder.name
        self.login = secured.login() if secured else login or Login(password)
        self.host, self.port = host, port or free_port()
        secret = ("--requirepass", password, "--masterauth", password) if password else ()
        tls = [word for name, value in (secured.redis(folder) if secured else ()) for word in (f"--{name}", value)]
        port_of = ("--port", "0", "--tls-port") if secured else ("--port",)
        self.argv = argv or (
            *("redis-server", *port_of, str(self.port), *tls, "--dir", str(folder), "--save", ""),
            # what it connects to sees where it comes from
            *("--bind", host, "--bind-source-addr", host, "--replica-announce-ip", host, "--protected-mode", "no"),
            *("--repl-diskless-sync-delay", "0", *secret, *words),
        )
        self.env = env
        self.start()

    def start(self) -> None:
        log = (self.folder / "output").open("ab")
        self.process = subprocess.Popen(self.argv, stdout=log, stderr=log, cwd=self.folder, env=self.env)
        self.link = self.connect()
        until(self.answers)

    def move(self, host: str) -> None:
        """It starts at another address next time."""
        self.argv = tuple(host if word == self.host else word for word in self.argv)
        self.host = host

    def connect(self, **options: object) -> Link:
        return self.login.link(self.name, self.host, self.port, **options)

    @property
    def pod(self) -> Pod:
        return Pod(self.name, self.host, self.port)

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "output").read_text()
        try:
            return bool(self.link.ask("PING") == b"PONG")
        except (Lost, Refusal):
            return False

    def ask(self, *words: str | bytes | int) -> object:
        return self.link.ask(*words)

    def info(self) -> dict[str, str]:
        return self.link.fields("INFO")

    def rdb(self) -> bytes:
        """Its data now."""
        self.ask("SAVE")
        return (self.folder / "dump.rdb").read_bytes()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.link.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.link.close()


def until(true: object, what: str = "") -> None:
    """true: a function that is asked until it says so."""
    assert callable(true)
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"never came true: {what or true}"
        time.sleep(0.05)


class Sidecar:
    """The loader as its container runs it, and the side of the job. The process starts anew when it ends, as a sidecar
    does."""

    def __init__(
        self, folder: Path, *, password: str = "", reachable: bool = False, secured: Secured | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port = folder, free_port()
        secret = ("auth", "password") if password else None
        container = sidecar("redis:7", "Always", {}, reachable=reachable, password=secret, tls=secured is not None)
        shell, option, script = container["command"]
        here = script.replace(loading.FOLDER, str(folder))
        given = {one["name"]: one.get("value", password) for one in container["env"]}
        speaks = given["LOADER_SPEAKS"].replace(f"port {loading.PORT}", f"port {self.port}")
        given["LOADER_SPEAKS"] = speaks.replace("/tls/", f"{secured.folder}/") if secured else speaks
        given |= {"TMPDIR": str(folder), "PATH": "/usr/bin:/bin"}
        login = secured.login("", password) if secured else Login(password)
        self.server = Server(folder, login=login, argv=(shell, option, here), env=given, port=self.port)
        self.loader = Loader(str(folder), LOCAL, self.port, login)

    def stop(self) -> None:
        self.server.process.kill()
        self.server.process.wait()
