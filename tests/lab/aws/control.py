"""What tests ask of the stand-in itself, below ``/lab/``: JSON in, JSON out.

| request | body | does |
|---|---|---|
| ``POST /lab/accounts`` | account?, region?, cluster? (name, and members of DescribeCluster's answer) | an account, \
an administrator's keys, and a cluster in it |
| ``POST /lab/faults`` | ``faults.Asked`` | next calls fail or are slow, until moto's reset |
| ``DELETE /lab/faults`` | key | forgets those with a key that begins with it; calls that they hold get their answer |
| ``GET /lab/faults?key=K`` | | how many calls wait for their answer because of these |
| ``POST /lab/addons`` | account, region, addon, and ``eks_updates.Outcome`` | how long operations of an add-on go |
| ``POST /lab/planes`` | account, region, group, folder | the nodes of a replication group are those of the plane \
in the folder (lab.elasticache) |
| ``DELETE /lab/planes`` | account, region, group | takes the group away: its nodes are gone |
| ``POST /lab/snapshots`` | account, region, and ``elasticache_taken.Outcome`` | how snapshots of caches go, and what \
they hold |
| ``POST /lab/transport`` | account, secure | whether aws:SecureTransport is true for its requests (default: it is) |
| ``GET /lab/calls?since=N`` | | the log from line N on |
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from lab.aws import planes, seed
from lab.aws.faults import Asked, Faults
from lab.aws.journal import Journal
from lab.aws.request import backend, kept
from lab.aws.supply import elasticache_taken
from lab.aws.supply.eks_updates import Outcome, outcomes
from lab.aws.supply.elasticache_taken import taking

PREFIX = "/lab/"
REGION = "us-east-1"
KUBERNETES = "1.34"
FIRST_ACCOUNT = 100_000_000_001


class Control:
    def __init__(self, log: Journal, faults: Faults) -> None:
        self._log = log
        self._faults = faults
        self._accounts = itertools.count(FIRST_ACCOUNT)
        self._insecure: set[str] = set()  # accounts
        self._lock = threading.Lock()
        self._routes: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("POST", "accounts"): self._account,
            ("POST", "faults"): self._fault,
            ("DELETE", "faults"): self._forget,
            ("GET", "faults"): self._waiting,
            ("POST", "addons"): self._addon,
            ("POST", "planes"): self._plane,
            ("DELETE", "planes"): self._no_plane,
            ("POST", "snapshots"): self._snapshots,
            ("POST", "transport"): self._transport,
            ("GET", "calls"): self._calls,
        }

    def secure(self, account: str) -> bool:
        """Whether requests of the account count as sent by TLS: the laboratory speaks plain HTTP."""
        return account not in self._insecure

    def reset(self) -> None:
        self._insecure.clear()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        route = self._routes.get((environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(PREFIX)))
        if route is None:
            start_response("404 Not Found", [("Content-Type", "application/json")])
            return [b'{"error": "no such control"}\n']
        query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            status, answer = "200 OK", route({**query, **(json.loads(body) if body else {})})
        except (TypeError, ValueError, KeyError) as wrong:
            status, answer = "400 Bad Request", {"error": f"{type(wrong).__name__}: {wrong}"}
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _account(self, wanted: dict[str, Any]) -> dict[str, str]:
        with self._lock:
            account = wanted.get("account") or str(next(self._accounts))
        region = wanted.get("region", REGION)
        if "cluster" in wanted:
            more = dict(wanted["cluster"])
            name, version, issuer = more.pop("name"), more.pop("version", KUBERNETES), more.pop("issuer", "")
            seed.cluster(seed.Cluster(name, region, version, issuer, more), account)
        access_key, secret = seed.administrator(account)
        return {"account": account, "region": region, "access_key_id": access_key, "secret_access_key": secret}

    def _fault(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self._faults.ask(Asked(**wanted))
        return {}

    def _forget(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self._faults.forget(wanted["key"])
        return {}

    def _waiting(self, wanted: dict[str, Any]) -> int:
        return self._faults.waiting(wanted["key"])

    def _addon(self, wanted: dict[str, Any]) -> dict[str, Any]:
        eks, addon = backend("eks", wanted.pop("account"), wanted.pop("region")), wanted.pop("addon")
        kept(eks, outcomes)[addon] = Outcome(**wanted)
        return {}

    def _plane(self, wanted: dict[str, Any]) -> dict[str, Any]:
        planes.register(backend("elasticache", wanted["account"], wanted["region"]), wanted["group"], wanted["folder"])
        return {}

    def _no_plane(self, wanted: dict[str, Any]) -> dict[str, Any]:
        planes.forget(backend("elasticache", wanted["account"], wanted["region"]), wanted["group"])
        return {}

    def _snapshots(self, wanted: dict[str, Any]) -> dict[str, Any]:
        elasticache = backend("elasticache", wanted.pop("account"), wanted.pop("region"))
        kept(elasticache, taking)[0] = elasticache_taken.Outcome(**wanted)
        return {}

    def _transport(self, wanted: dict[str, Any]) -> dict[str, Any]:
        (self._insecure.discard if wanted["secure"] else self._insecure.add)(wanted["account"])
        return {}

    def _calls(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        return self._log.read(int(wanted.get("since", 0)))
