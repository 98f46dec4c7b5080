# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of the cluster for the summary of security, beside what ``status`` has read. What may not be is None.

One list for each kind, whatever the number of instances; one ``get`` for each namespace, each certificate, and each
password in a Secret that has the name of those we make; one command in one pod of each instance.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.authority import Certificate
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, allowed
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import LOG_IN
from ansible_collections.eks.redis.plugins.module_utils.engine.security_facts import Around, Shown, secrets
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import is_of
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import Object, View
from ansible_collections.eks.redis.plugins.module_utils.topology.certificates import CHAIN
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import KEEPER, OBJECTS

_OURS = f"app.kubernetes.io/managed-by={kinds.MANAGER}"
# what only some may list, by the labels of what is wanted
_LISTS = {
    "ConfigMap": {"labelSelector": f"{_OURS},app.kubernetes.io/component=config"},
    # those of others let in too
    "NetworkPolicy": {},
    "Deployment": {"labelSelector": f"{_OURS},app.kubernetes.io/component={KEEPER}"},
    "StorageClass": {},
}
# digests of passwords stay in the pod
_USERS = f"{LOG_IN}redis-cli $tls ACL LIST | sed -E 's/ #[0-9a-f]+/ #/g'"


def around(api: Api, namespace: str | None, views: Sequence[View]) -> list[Around]:
    """What stands around each instance. namespace: in which they are, None for several."""
    lists = dict(zip(_LISTS, api.map(lambda kind: _list(api, kind, namespace), _LISTS), strict=True))
    places = sorted({view.plan.namespace for view in views})
    spaces = dict(zip(places, api.map(lambda one: allowed(lambda: api.get("Namespace", one)), places), strict=True))
    return list(api.map(lambda view: _around(api, view, lists, spaces[view.plan.namespace]), views))


def _around(api: Api, view: View, lists: dict[str, list[Object] | None], namespace: Object | None) -> Around:
    def ours(kind: str) -> list[Object] | None:
        found = lists[kind]
        return None if found is None else [one for one in found if _is_of(one, view)]

    configs, classes, policies = ours("ConfigMap"), lists["StorageClass"], lists["NetworkPolicy"]
    read = _secrets(api, view)
    return Around(
        when=datetime.now(UTC),
        classes=None if classes is None else {one["metadata"]["name"]: one for one in classes},
        policies=None if policies is None else [one for one in policies if _is_beside(one, view)],
        keepers=ours("Deployment"),
        objects=None if configs is None else companions(configs),
        namespace=namespace,
        certificate=_certificate(view, read),
        users=_users(api, view),
        ours={name: is_of(live, view.seen.name) for name, live in read.items()},
    )


def _is_beside(live: Object, view: View) -> bool:
    """Whether it is in the instance's namespace."""
    return bool(live["metadata"]["namespace"] == view.plan.namespace)


def _is_of(live: Object, view: View) -> bool:
    return _is_beside(live, view) and is_of(live, view.seen.name)


def _list(api: Api, kind: str, namespace: str | None) -> list[Object] | None:
    where = namespace if kinds.kind(kind).namespaced else None
    return allowed(lambda: api.list(kind, where, **_LISTS[kind]))


def companions(configs: Sequence[Object]) -> tuple[str, ...]:
    """What the ConfigMap says was made for the instance: ``Service apps/cache-client``."""
    listed = ((one["metadata"].get("annotations") or {}).get(OBJECTS, "") for one in configs)
    return tuple(name for text in listed for name in text.split(", ") if name)


def _secrets(api: Api, view: View) -> dict[str, Object]:
    """By name those that are there and may be read."""
    names = secrets(view)
    lives = [allowed(partial(api.get, "Secret", name, view.plan.namespace)) for name in names]
    return {name: live for name, live in zip(names, lives, strict=True) if live is not None}


def _certificate(view: View, read: Mapping[str, Object]) -> Shown | None:
    """None also for what is no certificate, and where the library is missing that reads it. read: Secrets by name."""
    tls: Any = view.head["spec"].get("TLS")
    live = read.get(tls["secret"]["secretName"]) if tls else None
    if live is None:
        return None
    try:
        one = Certificate(b64decode((live.get("data") or {}).get(CHAIN, "")))
    except (ValueError, EngineError):
        return None
    return Shown(one.begins, one.ends, live["metadata"].get("annotations") or {})


def _users(api: Api, view: View) -> tuple[str, ...] | None:
    """The lines of ACL LIST, as one pod gives them; None when none could be asked."""
    if view.unasked:
        return None
    for pod in view.seen.ready_pods(view.plan)[:1]:
        argv = ["sh", "-c", _USERS.strip()]
        try:
            said = execute(api, view.plan.namespace, pod, view.plan.redis_of(pod).container, argv).stdout
        except EngineError:
            return None
        return tuple(line for line in map(str.strip, said.splitlines()) if line.startswith("user ")) or None
    return None
