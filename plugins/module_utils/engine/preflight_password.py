# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether running pods can go from the password that they have to the one that is asked for.

A pod takes its password from the Secret when it begins, and follows a master that has the same one. With ACL users it
also reads the digest of it from a file, so that file and Secret must fit whenever a pod begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import acl, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding, custom_resource
from ansible_collections.eks.redis.plugins.module_utils.topology import names, secrets_manager
from ansible_collections.eks.redis.plugins.module_utils.topology.operator import CHECKSUM, checksum_of_password

Object = dict[str, Any]
Place = tuple[str, str]  # name and key of a Secret


def password(case: Case) -> Iterator[Finding]:
    """the password"""
    live = custom_resource(case, case.layout.redis[0].kind)
    if live is not None:
        found = list(_of_replicas(case, live)) if len(case.layout.redis_pods) > 1 else []
        yield from found or _of_acl_users(case, live)


def _of_replicas(case: Case, live: Object) -> Iterator[Finding]:
    had, has = live["spec"]["kubernetesConfig"].get("redisSecret"), case.instance.authentication.enabled
    sums = (live["metadata"].get("annotations") or {}).get(CHECKSUM), checksum_of_password(case.instance).get(CHECKSUM)
    if bool(had) != has:
        yield _apart(case, "keep the password as it is")
    elif had and None not in sums:
        if sums[0] != sums[1]:
            yield _apart(case, "keep the password as it is")
    elif had:
        yield from _of_secrets(case, (had["name"], had["key"]), names.password(case.instance))


def _of_secrets(case: Case, old: Place, new: Place) -> Iterator[Finding]:
    """old: where the pods have their password from. new: where they shall have it from."""
    rendered, awaited = case.wanted.get(_reference(case, "Secret", new[0])), _awaits_store(case)
    if old == new and not rendered and not awaited:
        return
    was = _held(_secret(case, old), old[1])
    will = None if awaited else _held(rendered or _secret(case, new), new[1])
    before = f"{_reference(case, 'Secret', old[0])} has under {old[1]}"
    if was and will:
        if was != will:
            yield _apart(case, f"put what {before} into {_target(case, new)} first")
    elif old == new and case.instance.authentication.generate:
        yield from _lost(case, old)
    elif awaited or not was:
        yield Finding(
            f"authentication: {_who(case)} has replicas, which follow their master only with the same password; not "
            f"checked beforehand: whether it gets what {before}",
            fatal=False,
        )


def _target(case: Case, new: Place) -> str:
    """Where users write the new password."""
    if case.instance.authentication.auth_token:
        return "authentication.authToken"
    return f"{_reference(case, 'Secret', new[0])} under {new[1]}"


def _lost(case: Case, old: Place) -> Iterator[Finding]:
    if case.seen.ready_pods(case.layout):
        yield Finding(
            f"authentication.generate: {_reference(case, 'Secret', old[0])} has no longer the password of {_who(case)} "
            f"under {old[1]}, and a new one would not be that of its running pods; put it back: it is REDIS_PASSWORD "
            "in their environment"
        )


def _awaits_store(case: Case) -> bool:
    """Whether a store is asked for the password for the first time: what it brings shows later."""
    name = names.password(case.instance)[0]
    asked = secrets_manager.wanted_kinds(case.instance)
    return any(case.lives.get(_reference(case, kind, name)) is None for kind in asked)


def _apart(case: Case, hint: str) -> Finding:
    return Finding(
        f"authentication: {_who(case)} has replicas, which follow their master only with the same password, so that "
        f"pods cannot go one by one from none to one or from one to another; {hint}, or deploy under another name"
    )


def _of_acl_users(case: Case, live: Object) -> Iterator[Finding]:
    """Pods that are told another digest lock out themselves, and who goes by their environment: probes, replicas."""
    what = _reference(case, "Secret", names.acl(case.instance))
    was, will = (acl.file_of(one.get(what)) for one in (case.lives, case.wanted))
    if "acl" not in live["spec"] or not acl.is_another_log_in(was, will):
        return
    secret, key = names.password(case.instance)
    said = f"authentication: what {_reference(case, 'Secret', secret)} has under {key} is not the password in {what}"
    if len(case.layout.redis_pods) > 1 and case.seen.ready_pods(case.layout):
        yield Finding(
            f"{said}, by which running pods of {_who(case)} log in; put the former one back, or delete all its pods at "
            "once, which interrupts it, and run this again"
        )
    else:
        empty = "" if case.instance.flavour.persistence.enabled else ", and begin empty: they have no volumes"
        yield Finding(f"{said} so far: the pods of {_who(case)} restart with it{empty}", fatal=False)


def _held(secret: Object | None, key: str) -> str | None:
    """What a Secret holds under a key, in base64; None where it is not there, or empty."""
    return ((secret or {}).get("data") or {}).get(key) or None


def _secret(case: Case, place: Place) -> Object | None:
    what = _reference(case, "Secret", place[0])
    return case.lives[what] if what in case.lives else case.api.get("Secret", place[0], case.instance.namespace)


def _reference(case: Case, kind: str, name: str) -> str:
    return kinds.reference(kind, case.instance.namespace, name)


def _who(case: Case) -> str:
    return f"instance {case.instance.namespace}/{case.instance.name}"
