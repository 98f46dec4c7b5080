"""A laboratory as the tests see it: a real etcd and API server, read and written without the code under test."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

import kubernetes.config
import urllib3
import yaml

from lab import model

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
_APPLY = "application/apply-patch+yaml"
_BUSY = frozenset({429, 503, 504})
_PATIENCE = 60  # seconds for a server that is busy, or whose etcd is
_TYPES = {"POST": "application/json", "PUT": "application/json", "DELETE": "application/json"}


class Cluster:
    """name: of a laboratory at its control-plane level."""

    def __init__(self, name: str) -> None:
        self.lab = model.find(name)
        self.kubeconfig = str(self.lab.kubeconfig)

    @cached_property
    def operator(self) -> dict[str, str]:
        """``operator_chart`` and ``operator_version`` of the laboratory."""
        found: dict[str, str] = yaml.safe_load(self.lab.inventory.read_text())["all"]["hosts"]["localhost"]
        return found

    def config(self) -> dict[str, Any]:
        """The administrator's kubeconfig as a mapping, to be changed and handed to a module."""
        found: dict[str, Any] = yaml.safe_load(self.lab.kubeconfig.read_text())
        return found

    @cached_property
    def _client(self) -> Any:
        return kubernetes.config.new_client_from_config(self.kubeconfig)

    def call(self, method: str, path: str, body: Any = None, kind: str | None = None) -> Any:
        """One request as administrator, safe to repeat; the answer, None for 404."""
        answer = self._ask(method, path, body, kind)
        if answer.status == 404:
            return None
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.data.decode()}"
        return json.loads(answer.data)

    def refusal(self, path: str, manifest: dict[str, Any]) -> str:
        """What the server has against making an object in a collection, "" for nothing; none is made."""
        answer = self._ask("POST", f"{path}?dryRun=All", manifest)
        return "" if answer.status < 300 else str(json.loads(answer.data)["message"])

    def _ask(self, method: str, path: str, body: Any, kind: str | None = None) -> Any:
        """Again while the server is busy."""
        kind = kind or _TYPES.get(method, "application/json")
        # YAML knows no surrogates, JSON no \U
        data = json.dumps(body, ensure_ascii=kind != _APPLY).encode("ascii", "backslashreplace")
        end = time.monotonic() + _PATIENCE
        while True:
            answer = self._client.rest_client.pool_manager.request(
                method,
                self._client.configuration.host + path,
                body=None if body is None else data,
                headers={"content-type": kind},
                # for connections that broke; it would give up on a busy server after three times
                retries=urllib3.Retry(3, respect_retry_after_header=False),
            )
            busy = answer.status in _BUSY or (answer.status == 500 and b"etcdserver: " in answer.data)
            if not busy or time.monotonic() > end:
                return answer
            time.sleep(0.5)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def apply(self, path: str, manifest: dict[str, Any], manager: str = "kubectl") -> Any:
        """Server-side apply, forced."""
        query = f"?fieldManager={manager}&force=true"
        return self.call("PATCH", path + query, manifest, _APPLY)

    def merge(self, path: str, patch: dict[str, Any], manager: str = "redis-operator") -> Any:
        """A merge patch, as controllers send them."""
        return self.call("PATCH", f"{path}?fieldManager={manager}", patch, "application/merge-patch+json")

    def delete(self, path: str) -> None:
        self.call("DELETE", f"{path}?propagationPolicy=Background")

    def define(self, *definitions: dict[str, Any]) -> None:
        """Brings CustomResourceDefinitions, as Helm does, and waits until the server serves their kinds."""
        for one in definitions:
            name = one["metadata"]["name"]
            self.apply(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}", one, "helm")
        for one in definitions:
            plural = one["spec"]["names"]["plural"]
            eventually(lambda one=one, plural=plural: all(plural in self.served(api) for api in versions(one)))

    def served(self, api: str) -> set[str]:
        """The plurals of an API version by its discovery document, which is what hears last of a definition."""
        found = self.get(f"/apis/{api}") or {"resources": []}
        return {one["name"] for one in found["resources"]}

    def position(self) -> int:
        """Where the audit log ends now."""
        return self.lab.audit_log.stat().st_size

    def audit(self, since: int, **matching: str) -> list[dict[str, Any]]:
        """Requests since a position whose objectRef has these values, as they came in.

        An event is written before its answer is sent: everything that a finished run sent is there.
        """
        with self.lab.audit_log.open("rb") as log:
            log.seek(since)
            events = [json.loads(line) for line in log if line.endswith(b"\n")]
        return [
            event
            for event in events
            if all((event.get("objectRef") or {}).get(key) == value for key, value in matching.items())
        ]

    def writes(self, since: int, **matching: str) -> list[str]:
        """``patch redis/cache`` and so on: the requests that write for real, which dry runs do not."""
        return [
            f"{event['verb']} {event['objectRef']['resource']}/{event['objectRef'].get('name', '')}"
            for event in self.audit(since, **matching)
            if event["verb"] in WRITES and "dryRun=All" not in event["requestURI"]
        ]


def versions(definition: dict[str, Any]) -> set[str]:
    """The API versions at which a CustomResourceDefinition has its kind."""
    spec = definition["spec"]
    return {f"{spec['group']}/{one['name']}" for one in spec["versions"] if one["served"]}


def eventually(condition: Callable[[], Any], seconds: float = 180) -> Any:
    """The first true value of ``condition``."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"not true after {seconds} s"
        time.sleep(0.1)
