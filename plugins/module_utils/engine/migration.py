# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A live migration from the controller's side, brought to the state that is asked for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Cache
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, migration_target
from ansible_collections.eks.redis.plugins.module_utils.engine.addresses import addresses
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.cut_over import switched
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.holding import compared, held, released
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_copy import copied, verified
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_stage import Asked, Stage
from ansible_collections.eks.redis.plugins.module_utils.engine.roll_back import absent, left_behind, rolled_back
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import HEADS
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import CA, Access

Object = dict[str, Any]
Bring = Callable[[Stage], Object]


def _copies_nothing(_stage: Stage) -> Object:
    raise EngineError("state: copied: with copies: false nothing is copied; state: held holds writers back")


def _copies(_stage: Stage) -> Object:
    raise EngineError("state: held: with copies: true nobody is held back before state: switched")


_BOTH: dict[str, Bring] = {"rolled_back": rolled_back, "absent": absent}
# by whether it copies key by key
STATES: dict[bool, dict[str, Bring]] = {
    True: {"copied": copied, "held": _copies, "verified": verified, "switched": switched, **_BOTH},
    False: {"copied": _copies_nothing, "held": held, "verified": compared, "switched": released, **_BOTH},
}
_HOUR = 3600


def bring(api: Api, given: Mapping[str, Any], *, check: bool) -> Object:
    """A module's result. given: the options of module migration. Raises EngineError."""
    _require(given)
    cache = given["cache"]
    access = Access()
    if cache:
        access = Access(cache["secret"] or "", cache["secret_key"], cache["ca_key"] or "", cache["shards"])
    asked = Asked(
        cache=_cache(api, given["namespace"], cache) if cache else None,
        access=access,
        service=given["service"] or "",
        budget=given["budget"],
        keep=given["keep"] * _HOUR,
        sample=given["sample"],
        copy_back=given["copy_back"],
        copies=given["copies"],
        bytes=given["bytes"],
    )
    if given["state"] == "absent" and not any(api.get(kind, given["name"], given["namespace"]) for kind in HEADS):
        return left_behind(api, given["namespace"], given["name"], check=check)
    target = migration_target.find(api, given["namespace"], given["name"], given["image"] or "")
    stage = Stage(target, asked, check=check, timeout=given["timeout"])
    try:
        return bring_to(stage, given["state"])
    finally:
        stage.close()


def bring_to(stage: Stage, state: str) -> Object:
    """A module's result."""
    return STATES[stage.entry.copies if stage.entry else stage.asked.copies][state](stage)


def _require(given: Mapping[str, Any]) -> None:
    least = {"budget": 1, "keep": 1, "sample": 0, "bytes": 0}
    for option, number in least.items():
        if given[option] < number:
            raise EngineError(f"{option}: {given[option]} is too little; it must be {number} at least")
    cache = given["cache"]
    if cache is None:
        if given["state"] not in _BOTH:
            raise EngineError(f"cache: needed for state: {given['state']}")
        return
    if cache["shards"] < 1:
        raise EngineError(f"cache.shards: {cache['shards']} is too little; it must be 1 at least")
    if not cache["secret"] and (cache["username_key"] or cache["ca_key"]):
        raise EngineError("cache.secret: needed, for cache.username_key and cache.ca_key are keys of it")
    if cache["username"] and cache["username_key"]:
        raise EngineError("cache: username and username_key: only one of them can say who it is")


def _cache(api: Api, namespace: str, given: Mapping[str, Any]) -> Cache:
    return Cache(
        what=given["what"],
        addresses=addresses("cache.addresses", given["addresses"]),
        user=given["username"] or (_user(api, namespace, given) if given["username_key"] else ""),
        tls=given["tls"],
        ca=CA if given["ca_key"] else "",
    )


def _user(api: Api, namespace: str, given: Mapping[str, Any]) -> str:
    """Not secret, but kept beside the password."""
    what = kinds.reference("Secret", namespace, given["secret"])
    live = api.get("Secret", given["secret"], namespace)
    if live is None:
        raise EngineError(f"there is no {what} with the user and password of the cache")
    try:
        found = base64.b64decode((live.get("data") or {}).get(given["username_key"], ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        found = ""
    if not found:
        raise EngineError(f"{what} has no user under key {given['username_key']}")
    return found
