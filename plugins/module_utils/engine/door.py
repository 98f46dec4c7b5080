# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Service by which applications find a cache first and then an instance, from the controller's side.

It never leads nowhere: what it is to lead to is there before it is let go of what it led to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds, prune
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import DELETED, Change, apply, read
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology import door, names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import DOOR
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT

Object = dict[str, Any]
_PATIENCE = 60.0  # seconds for what Kubernetes' own controllers do in one
_QUIET = 2.0  # seconds in which they make nothing more
_SLICE, _SERVICE = "EndpointSlice", "Service"


@dataclass(frozen=True)
class Seen:
    """What there is of it. leads_to: door.CACHE or door.INSTANCE, "" where there is no Service. where: in words."""

    service: Object | None
    slice: Object | None
    leads_to: str
    where: str

    @property
    def port(self) -> int:
        """At which applications ask; 0 where there is no Service."""
        return int(self.service["spec"]["ports"][0]["port"]) if self.service else 0

    @property
    def settled(self) -> bool:
        """Whether it follows the pods of the instance by itself."""
        return bool(self.service and self.service["spec"].get("selector")) and self.slice is None

    @property
    def addresses(self) -> list[Address]:
        """That the slice leads to."""
        port = self.slice["ports"][0]["port"] if self.slice else 0
        endpoints = self.slice["endpoints"] if self.slice else ()
        return [Address(address, port) for one in endpoints for address in one["addresses"]]

    @property
    def follows(self) -> str:
        """The DNS name that it leads to, "" for none."""
        return str(self.service["spec"].get("externalName", "")) if self.service else ""


class Door:
    """One Service, of whichever instance. check: nothing is written."""

    def __init__(self, api: Api, namespace: str, service: str, *, check: bool) -> None:
        self._api, self._namespace, self._service, self._check = api, namespace, service, check
        self._what = kinds.reference(_SERVICE, namespace, service)

    def see(self) -> Seen:
        """Raises EngineError where it is somebody else's."""
        service = self._api.get(_SERVICE, self._service, self._namespace)
        found = self._api.get(_SLICE, names.door_slice(self._service), self._namespace)
        for live in filter(None, (service, found)):
            labels = live["metadata"].get("labels") or {}
            if compare.owned_fields(live) is None or labels.get("app.kubernetes.io/component") != DOOR:
                raise EngineError(
                    f"{kinds.reference_of(live)} was not made by eks.redis.client_service, so it is left alone; choose "
                    "another name for the Service of applications, or delete it as it was made"
                )
        return Seen(service, found, _leads_to(service, found), _where(service, found))

    def name(self, address: Address) -> list[Change]:
        """It leads to whatever that DNS name leads to, from now on."""
        seen = self.see()
        changes = self._apply([door.named(self._namespace, self._service, address)], seen)
        return [*changes, *self._without_slice(seen)]

    def pin(self, leads_to: str, addresses: Sequence[Address], port: int) -> list[Change]:
        """It leads to these addresses, by the slice, which ``switch`` changes in one request. port: of the Service."""
        seen = self.see()
        manifests = [
            door.endpoints(self._namespace, self._service, leads_to, addresses),
            door.pinned(self._namespace, self._service, port),
        ]
        changes = self._apply(manifests, seen)
        if not self._check and seen.service and seen.service["spec"].get("selector"):
            self._without_others()
        return changes

    def switch(self, leads_to: str, addresses: Sequence[Address], *, dry_run: bool = False, within: int = 0) -> None:
        """One request, after which new connections go there; of a Service that is pinned. within: see Api.apply."""
        made = door.endpoints(self._namespace, self._service, leads_to, addresses)
        self._api.apply(made, dry_run=dry_run, within=within)

    def select(self, selector: Mapping[str, str], addresses: Sequence[Address], port: int) -> list[Change]:
        """It leads to the pods that the selector finds, and follows them. addresses: of those that do so now."""
        seen = self.see()
        service = door.selecting(self._namespace, self._service, port, selector, REDIS_PORT)
        if compare.is_current(service, seen.service) if seen.service else False:
            return [*self._apply([service], seen), *self._without_slice(seen)]
        if not self._check:
            self._api.apply(service, dry_run=True)
            # else there would be nobody until the controller has found them
            self.switch(door.INSTANCE, addresses)
        changes = self._apply([service], seen)
        if self._check:
            return [*changes, *self._without_slice(seen)]
        missing = wait_until(self._api, self._unfound, [self._slices()], Deadline(_PATIENCE))
        if missing:
            raise EngineError(f"{self._what} leads to the instance, but only to its addresses of now: {missing}")
        self._without_slice(self.see())
        return [*changes, *([Change(DELETED, compare.our_part(seen.slice, {}), None)] if seen.slice else [])]

    def remove(self) -> list[Change]:
        """It is there no more."""
        seen = self.see()
        changes = prune.deletions(self._api, [live for live in (seen.service, seen.slice) if live])
        if not self._check:
            prune.delete(self._api, changes)
        return changes

    def _apply(self, manifests: list[Object], seen: Seen) -> list[Change]:
        lives = read(self._api, manifests, [live for live in (seen.service, seen.slice) if live])
        return apply(self._api, manifests, lives, check=self._check, force=False)

    def _without_slice(self, seen: Seen) -> list[Change]:
        changes = prune.deletions(self._api, [seen.slice] if seen.slice else [])
        if not self._check:
            prune.delete(self._api, changes)
        return changes

    def _without_others(self) -> None:
        """What the controllers have made while there was a selector stays when that goes, and would be led to."""
        gone: float | None = None  # since when looks have found nothing

        def left() -> str | None:
            nonlocal gone
            # in this order: from Endpoints without a selector slices are made once more
            self._api.delete("Endpoints", self._service, self._namespace)
            others = [live["metadata"]["name"] for live in self._others()]
            for name in others:
                self._api.delete(_SLICE, name, self._namespace)
            if others:
                gone = None
                return f"of its selector is left: {', '.join(others)}"
            now = monotonic()
            gone = now if gone is None else gone
            # a controller may not have heard yet that the selector is gone, and our own deletions wake us at once
            return None if now - gone >= _QUIET else "what its selector has left is gone"

        if missing := wait_until(self._api, left, [self._slices()], Deadline(_PATIENCE)):
            raise EngineError(f"{self._what} still leads to the instance too: {missing}")

    def _unfound(self) -> str | None:
        for live in self._others():
            if any((one.get("conditions") or {}).get("ready") for one in live.get("endpoints") or ()):
                return None
        return f"no pod that its selector finds is ready ({self._what})"

    def _others(self) -> list[Object]:
        found = self._api.list(_SLICE, self._namespace, **self._slices().selectors)
        return [live for live in found if live["metadata"]["name"] != names.door_slice(self._service)]

    def _slices(self) -> Watched:
        return Watched(_SLICE, self._namespace, {"labelSelector": f"{door.SERVICE_LABEL}={self._service}"})


def _leads_to(service: Object | None, found: Object | None) -> str:
    if service is None:
        return ""
    if service["spec"].get("selector"):
        return door.INSTANCE
    if service["spec"].get("externalName") or found is None:
        return door.CACHE
    return str((found["metadata"].get("annotations") or {}).get(door.LEADS_TO, door.CACHE))


def _where(service: Object | None, found: Object | None) -> str:
    if service is None:
        return "nothing"
    spec = service["spec"]
    if spec.get("externalName"):
        return f"{spec['externalName']}:{spec['ports'][0]['port']}"
    if spec.get("selector"):
        return "the pods of the instance"
    if found is None:
        return "nothing"
    port = found["ports"][0]["port"]
    return ", ".join(f"{address}:{port}" for one in found["endpoints"] for address in one["addresses"])
