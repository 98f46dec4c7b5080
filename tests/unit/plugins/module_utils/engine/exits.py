"""An exit from a cache, with a program, a Service and an API server that only do what such do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import UNANSWERED, Address, Cache
from ansible_collections.eks.redis.plugins.module_utils.engine import (
    cut_over,
    migration_job,
    migration_stage,
    migration_target,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.door import Seen
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output
from ansible_collections.eks.redis.plugins.module_utils.engine.live_instance import instance_of
from ansible_collections.eks.redis.plugins.module_utils.engine.migration import bring_to
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_stage import Asked, Stage
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_target import Target
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import Access

from .views import SENTINEL, say, view

Object = dict[str, Any]
ENDPOINT = "shop.cache.amazonaws.com"
CACHE = Cache("ElastiCache shop", (Address(ENDPOINT, 6380),))
ASKED = Asked(CACHE, Access("shop-token"), "redis")
MASTER = "10.0.0.0"  # of the instance, see views.pod
THERE = "10.9.9.9"  # where the cache's name leads


class Api:
    """Keeps what is applied, by kind and name. refused: by kind, what is said of a write."""

    session = SimpleNamespace(server="https://prod")

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.objects: dict[tuple[str, str], Object] = {}
        self.refused: dict[str, EngineError] = {}
        self.put("Secret", "shop-token", data={"password": "eA=="})

    def put(self, kind: str, name: str, **fields: Any) -> None:
        self.objects[kind, name] = {"kind": kind, "metadata": {"name": name, "namespace": "apps"}, **fields}

    def get(self, kind: str, name: str, namespace: str) -> Object | None:
        return self.objects.get((kind, name))

    def map(self, function: Callable[[Any], Any], items: list[Any]) -> list[Any]:
        return list(map(function, items))

    def list(self, kind: str, namespace: str, **selectors: str) -> list[Object]:
        labels = dict(pair.split("=") for pair in selectors["labelSelector"].split(","))
        return [
            one
            for (found, _name), one in self.objects.items()
            if found == kind and labels.items() <= one["metadata"]["labels"].items()
        ]

    def apply(self, manifest: Object, *, manager: str = "", force: bool = False, dry_run: bool = False) -> None:
        kind = manifest["kind"]
        if kind in self.refused:
            raise self.refused[kind]
        if not dry_run:
            self.log.append(self._words(manifest))
            self.objects[kind, manifest["metadata"]["name"]] = manifest

    def delete(self, kind: str, name: str, namespace: str) -> bool:
        self.log.append(f"delete {kind}")
        return self.objects.pop((kind, name), None) is not None

    def _words(self, manifest: Object) -> str:
        if manifest["kind"] == "ConfigMap":
            entry, shut = json.loads(manifest["data"]["exit"]), manifest["data"].keys() - {"exit"}
            return f"note {'back ' if entry['back'] else ''}{entry['state']}{f' {shut}' if shut else ''}"
        return f"apply {manifest['kind']}"

    @property
    def journal(self) -> Object | None:
        live = self.objects.get(("ConfigMap", "cache-exit"))
        return dict(json.loads(live["data"]["exit"])) if live else None

    @property
    def jobs(self) -> list[Object]:
        return [one for (kind, _name), one in self.objects.items() if kind == "Job"]

    @property
    def told(self) -> Object:
        """What the newest Job was told."""
        variables = self.jobs[-1]["spec"]["template"]["spec"]["containers"][0]["env"]
        return dict(json.loads(next(one["value"] for one in variables if one["name"] == "EKS_REDIS_MIGRATION")))


class Program:
    """answers: to a request, instead of what it would answer, each once: an event, or an error that the conversation
    raises. dead: how its Job has ended."""

    def __init__(self, api: Api, log: list[str]) -> None:
        self.api, self.log = api, log
        self.state = "following"
        self.verified: Object | None = None
        self.answers: dict[str, list[Any]] = {}
        self.asked: dict[str, Object] = {}
        self.dead: EngineError | None = None

    def answer(self, request: Object) -> Object:
        do = request["do"]
        self.log.append(do)
        self.asked[do] = request
        if self.answers.get(do):
            answer = self.answers[do].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return dict(answer)
        return {"event": "done", **getattr(self, f"_{do}")()}

    def _status(self) -> Object:
        numbers = {"keys": 9, "of": 9, "rate": 900, "dirty": 1, "rounds": 2, "restarts": 0, "freeze": 0.2}
        return {**numbers, "state": self.state, "verified": self.verified}

    _follow = _status

    def _verify(self) -> Object:
        self.verified = {"compared": 9, "seconds": 0.5}
        return {**self.verified, "counts": {"source": {"0": 9}, "target": {"0": 9}}}

    def _freeze(self) -> Object:
        self.state = "frozen"
        return {"keys": 1, "seconds": {"close": 0.25, "copy": 0.5}, "lease": 50.0}

    def _switched(self) -> Object:
        assert self.state in ("frozen", "switched")
        self.state = "switched"
        return {"killed": 4, "seconds": {"cut": 0.125}}

    def _back(self) -> Object:
        if self.state == "frozen":
            self.state = "following"
        return {}

    def _stop(self) -> Object:
        for job in self.api.jobs:
            job["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}
        self.state, self.verified = "following", None
        return {}


class Door:
    """The Service ``redis``. raises: by method, once."""

    def __init__(self, log: list[str]) -> None:
        self.log, self.leads_to, self.pinned, self.there = log, "cache", False, True
        self.within = 0  # seconds that a switch was given
        self.raises: dict[str, EngineError] = {}

    def __call__(self, _api: Any, _namespace: str, service: str, *, check: bool) -> Door:
        assert service == "redis"
        return self

    def see(self) -> Seen:
        if not self.there:
            return Seen(None, None, "", "nothing")
        spec: Object = {"ports": [{"port": 6380}]}
        if self.leads_to == "cache" and not self.pinned:
            spec["externalName"] = ENDPOINT
        address = {"cache": THERE, "instance": MASTER}[self.leads_to]
        slice_ = {"ports": [{"port": 6380}], "endpoints": [{"addresses": [address]}]} if self.pinned else None
        if self.leads_to == "instance" and not self.pinned:
            spec["selector"] = {"app": "cache"}
        return Seen({"spec": spec}, slice_, self.leads_to, f"the {self.leads_to}")

    def pin(self, leads_to: str, addresses: list[Address], port: int) -> list[Any]:
        assert port == 6380
        self._do("pin", leads_to, addresses)
        self.pinned = True
        return []

    def switch(self, leads_to: str, addresses: list[Address], *, dry_run: bool = False, within: int = 0) -> None:
        if not dry_run:
            assert self.pinned
            self.within = within
            self._do("switch", leads_to, addresses)

    def select(self, selector: Object, addresses: list[Address], port: int) -> list[Any]:
        assert port == 6380
        before = (self.leads_to, self.pinned)
        self._do("select", "instance", addresses)
        self.pinned = False
        changed = before != (self.leads_to, self.pinned)
        return [SimpleNamespace(action="changed" if changed else "unchanged")]

    def _do(self, what: str, leads_to: str, addresses: list[Address]) -> None:
        self.log.append(f"{what} {leads_to} {', '.join(one.host for one in addresses)}")
        if error := self.raises.pop(what, None):
            raise error
        self.leads_to = leads_to


class Scene:
    """log: what was done, by whoever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, flavour: Object | None = None) -> None:
        self.log: list[str] = []
        self.api = Api(self.log)
        self.program, self.door = Program(self.api, self.log), Door(self.log)
        self.view = empty(view(flavour or SENTINEL))
        for one in self.view.resources.values():
            one["metadata"]["uid"] = "0b5b8c1e"
        self.instance = instance_of(self.view.resources, {})
        self.told: list[str] = []
        monkeypatch.setattr(migration_job, "Conversation", self._conversation)
        monkeypatch.setattr(migration_job, "JobRun", self._run)
        monkeypatch.setattr(migration_job, "execute", self._execute)
        monkeypatch.setattr(migration_job, "_AGAIN", 0.0)
        monkeypatch.setattr(migration_job, "tell", self.told.append)
        monkeypatch.setattr(migration_stage, "Door", self.door)
        monkeypatch.setattr(migration_stage, "tell", self.told.append)
        monkeypatch.setattr(migration_target, "settled", lambda *_where: [self.view])
        monkeypatch.setattr(migration_target, "redis_cli", self._redis_cli)
        monkeypatch.setattr(cut_over, "RESOLVED", 0.0)
        monkeypatch.setattr(cut_over, "_AGAIN", 0.0)
        monkeypatch.setattr(cut_over, "tell", self.told.append)

    def run(self, state: str, *, check: bool = False, cron_job: Object | None = None, **asked: Any) -> Object:
        """What the module returns."""
        target = Target(self.api, self.view, self.instance, cron_job)  # type: ignore[arg-type]
        stage = Stage(target, replace(ASKED, **asked), check=check, timeout=60)
        try:
            return bring_to(stage, state)
        finally:
            stage.close()

    def done(self, state: str, **asked: Any) -> list[str]:
        """What is done for it."""
        del self.log[:]
        self.run(state, **asked)
        return list(self.log)

    def _run(self, _api: Any, _namespace: str, job: str, _deadline: Any, hear: Callable[[Object], None]) -> Any:
        def begun() -> str:
            for error in filter(None, [self.program.dead]):
                raise error
            hear({"event": "warning", "reason": "the clocks differ"})
            return f"{job}-pod"

        return SimpleNamespace(begun=begun)

    def _conversation(self, _api: Any, _namespace: str, pod: str, container: str, argv: list[str]) -> Any:
        assert (pod[-4:], container, argv[-1]) == ("-pod", "toolbox", "migrate-control")

        def ask(request: Object, _deadline: Any, hear: Callable[[Object], None]) -> Object:
            hear({"event": "step", "text": request["do"], "seconds": 0.1})
            return self.program.answer(request)

        return SimpleNamespace(ask=ask, close=lambda: None)

    def _execute(self, _api: Any, _namespace: str, pod: str, _container: str, argv: list[str]) -> Output:
        assert argv[-1] == ENDPOINT
        return Output(0, f"{THERE}\n", "")

    def _redis_cli(self, _api: Any, _namespace: str, pod: str, _container: str, *words: str) -> str:
        said = f"redis: {' '.join(words)}"
        if said not in self.log[-1:]:  # all are told
            self.log.append(said)
        return "2" if "KILL" in words else "OK"


def empty(seen: View) -> View:
    """It holds no keys."""
    for name in seen.state.members:
        seen = say(seen, name, db0="keys=0,expires=0,avg_ttl=0", db7="keys=0,expires=0,avg_ttl=0")
    return seen


def not_yet() -> Object:
    """What migrate-control says in a pod that has just begun."""
    return {"event": "failed", "reason": f"{UNANSWERED}: No such file or directory"}


def failed(reason: str, **more: Any) -> Object:
    return {"event": "failed", "reason": reason, **more}
