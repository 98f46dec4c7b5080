# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold before anything is changed: reads only, in threads, all problems at once."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.component import OWN_LABELS
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds, operators, passwords
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import Lives
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, together
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot, is_of
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

INSTALL = "the playbook eks.redis.deploy or the role eks.redis.operator installs it"


@dataclass(frozen=True)
class Case:
    """What is judged. check: in check mode what the run may be about to make (operator, classes) is no error.

    wanted: what is rendered, by reference. lives: the live objects of that. force: destructive steps are allowed.
    """

    api: Api
    instance: Instance
    layout: Layout
    wanted: Mapping[str, dict[str, Any]]
    lives: Lives
    seen: Snapshot
    check: bool
    force: bool


@dataclass(frozen=True)
class Finding:
    text: str
    fatal: bool = True


# what can stand beside a custom resource of the same name and belong to another mode
_BESIDE = {"RedisReplication": ("RedisSentinel",)}
Check = Callable[[Case], Iterator[Finding]]


def preflight(case: Case, checks: tuple[Check, ...]) -> list[str]:
    """Runs the checks; the warnings. Raises EngineError with every problem, a line each.

    A check whose reads RBAC forbids becomes a warning: what is wrong will then show later.
    """

    def run(check: Check) -> list[Finding]:
        try:
            return list(check(case))
        except ApiError as error:
            if error.status != 403:
                raise
            return [Finding(f"not checked beforehand ({check.__doc__}): {error}", fatal=False)]

    findings = [finding for found in case.api.map(run, checks) for finding in found]
    problems = [finding.text for finding in findings if finding.fatal]
    if problems:
        raise together(problems)
    return [finding.text for finding in findings]


def namespace(case: Case) -> Iterator[Finding]:
    """the namespace"""
    live = case.api.get("Namespace", case.instance.namespace)
    if live and (live.get("status") or {}).get("phase") == "Terminating":
        yield Finding(f"Namespace {case.instance.namespace} is being deleted; wait until it is gone, then run again")


def crds(case: Case) -> Iterator[Finding]:
    """the operator's CRDs"""
    missing = [kind for kind in _wanted(case) if not custom_resource(case, kind)]
    served = case.api.served(kinds.OPERATOR_API) if missing else frozenset()
    for kind in missing:
        if kinds.kind(kind).plural not in served:
            yield Finding(
                f"the CustomResourceDefinition of {kind} ({kinds.OPERATOR_API}) is missing in this cluster; {INSTALL}",
                fatal=not case.check,
            )


def operator(case: Case) -> Iterator[Finding]:
    """the operator"""
    found = case.seen.operators
    where = case.instance.namespace
    ours = [one for one in found if one.covers(where)]
    if not found:
        yield Finding(f"no redis operator runs in this cluster; {INSTALL}", fatal=not case.check)
    elif not ours:
        for one in found:
            yield Finding(
                f"{one} watches only the namespaces {', '.join(one.watches)}: "
                f"add {where} to operator_watch_namespaces and run with operator_upgrade=true"
            )
    elif len(ours) > 1:
        yield Finding(f"{' and '.join(map(str, ours))} both watch namespace {where}: leave one of them to it")
    for one in ours:
        yield from _fit(one)


def _fit(one: operators.Operator) -> Iterator[Finding]:
    minimum, proven = (".".join(map(str, version)) for version in (operators.MINIMUM, operators.PROVEN))
    if one.version is None:
        yield Finding(f"{one}: its image does not tell its version; {minimum} or newer is needed", fatal=False)
    elif one.version < operators.MINIMUM:
        yield Finding(
            f"{one} is older than {minimum}, and such an operator may empty a Redis that rejoins: "
            "upgrade it, with operator_upgrade=true or as it was installed"
        )
    elif one.version > operators.PROVEN:
        yield Finding(
            f"{one} is newer than {proven}, the newest that this release of eks.redis was tested with; "
            "look for a newer release of eks.redis",
            fatal=False,
        )
    if not one.gate:
        yield Finding(
            f"{one} runs without the feature gate {operators.GATE}, on which our configuration rests: set the Helm "
            f"value featureGates.{operators.GATE}=true, with operator_upgrade=true or as it was installed; "
            "a Redis that it already runs with an AOF file would start empty then: save it first"
        )
    if not one.available:
        yield Finding(f"{one} is not available: nothing will happen to the instance until it is", fatal=False)


def references(case: Case) -> Iterator[Finding]:
    """objects the flavour names"""
    flavour, where = case.instance.flavour, case.instance.namespace
    secret = case.instance.authentication.existing_secret
    if case.instance.authentication.enabled and secret.name:
        live = case.api.get("Secret", secret.name, where)
        if live is None:
            yield Finding(
                f"authentication.existingSecret.name: there is no Secret {where}/{secret.name}; create it first"
            )
        elif secret.key not in (live.get("data") or {}):
            keys = ", ".join(sorted(live.get("data") or {})) or "none"
            yield Finding(
                f"authentication.existingSecret.key: Secret {where}/{secret.name} has no key {secret.key}; "
                f"its keys: {keys}"
            )
        else:
            yield from map(Finding, passwords.of_instance(case.instance, b64decode(live["data"][secret.key])))
    # every namespace gets a ServiceAccount default, also one that is still to be made
    account = flavour.service_account
    if account != "default" and not case.api.get("ServiceAccount", account, where):
        yield Finding(f"serviceAccount: there is no ServiceAccount {where}/{account}; create it first")
    if flavour.priority_class_name and not case.api.get("PriorityClass", flavour.priority_class_name):
        known = ", ".join(sorted(one["metadata"]["name"] for one in case.api.list("PriorityClass")))
        yield Finding(f"priorityClassName: there is no PriorityClass {flavour.priority_class_name}; there are: {known}")
    for name in flavour.image_pull_secrets:
        if not case.api.get("Secret", name, where):
            yield Finding(f"imagePullSecrets: there is no Secret {where}/{name}; pulling may fail", fatal=False)


def monitoring(case: Case) -> Iterator[Finding]:
    """the Prometheus operator"""
    there = any(live and live["kind"] == "ServiceMonitor" for live in case.lives.values())
    wanted = case.instance.flavour.metrics.service_monitor.enabled
    if wanted and not there and not case.api.served(kinds.kind("ServiceMonitor").api):
        yield Finding(
            "metrics.serviceMonitor.enabled: the cluster does not know ServiceMonitors; "
            "install the Prometheus operator, or set it to false"
        )


def neighbours(case: Case) -> Iterator[Finding]:
    """what has the names that the operator will use"""
    new = [workload for workload in case.layout.workloads if not custom_resource(case, workload.kind)]
    if not new:
        return
    statefulsets = {workload.statefulset for workload in new}
    services = {*statefulsets, *(f"{name}-headless" for name in statefulsets), *case.layout.services}
    for kind, names in (("StatefulSet", statefulsets), ("Service", services)):
        for live in case.api.list(kind, case.instance.namespace):
            name = live["metadata"]["name"]
            # what we render ourselves is never taken from somebody else
            rendered = kinds.reference(kind, case.instance.namespace, name) in case.lives
            if name in names and not rendered and not is_of(live, case.instance.name):
                yield Finding(
                    f"name: {kind} {case.instance.namespace}/{name} is there and is not of this instance; the operator "
                    "would write its own over it: deploy under another name, or delete it first"
                )


def mode(case: Case) -> Iterator[Finding]:
    """the mode"""
    name, where = case.instance.name, case.instance.namespace
    # where the custom resource with the data is there, only sentinels may be too many
    main = case.layout.redis[0].kind
    others = _BESIDE.get(main, ()) if custom_resource(case, main) else kinds.CUSTOM_RESOURCES
    for kind in others:
        if kind not in _wanted(case) and case.api.get(kind, name, where):
            yield Finding(
                f"deployment.mode: {kind} {where}/{name} is there, and an instance cannot change its mode from or to "
                f"{case.layout.mode}; keep the mode, or deploy under another name"
            )


def labels(case: Case) -> Iterator[Finding]:
    """the labels"""
    live = custom_resource(case, case.layout.redis[0].kind)
    if live is None or len(case.layout.redis_pods) < 2:
        return
    ours = compare.our_part(live, {})["metadata"].get("labels", {})
    had = {key: value for key, value in ours.items() if key not in OWN_LABELS}
    if had != case.instance.labels:
        # the operator's Services, the headless ones too, select all labels (operator sheet §2.3)
        was, wanted = (
            ", ".join(f"{key}={value}" for key, value in sorted(one.items())) or "none"
            for one in (had, case.instance.labels)
        )
        yield Finding(
            f"labels: instance {case.instance.namespace}/{case.instance.name} was made with {was}, and its pods find "
            f"each other through Services that select all labels, so that they cannot go one by one to {wanted}; "
            f"keep {was}, or deploy under another name"
        )


def _wanted(case: Case) -> list[str]:
    """The kinds of the instance's custom resources."""
    return list(dict.fromkeys(workload.kind for workload in case.layout.workloads))


def custom_resource(case: Case, kind: str) -> dict[str, Any] | None:
    """The instance's live one of a kind."""
    return case.lives.get(kinds.reference(kind, case.instance.namespace, case.instance.name))
