# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many instances in one session, side by side, with one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import CHANGED, CREATED, DELETED, UNCHANGED
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import about

Report = dict[str, Any]
_T = TypeVar("_T")
_R = TypeVar("_R")
_ACTIONS = (CREATED, CHANGED, DELETED, UNCHANGED)


@dataclass(frozen=True)
class Member:
    """One instance. work: ``present`` or ``absent`` with all but their first argument."""

    namespace: str
    name: str
    work: Callable[[Api], dict[str, Any]]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class _InTurn(Api):
    """Sends the requests of one instance in turn: side by side are the instances, with a connection each."""

    def map(self, function: Callable[[_T], _R], items: Iterable[_T]) -> Sequence[_R]:
        return [function(item) for item in items]


def run(api: Api, members: Sequence[Member]) -> dict[str, Any]:
    """Does the work of all members, as many at a time as ``api.map`` has threads; a module's result.

    A member that fails does not stop the others. The EngineError at the end has a line for each of its reasons, and the
    same result. An API server that cannot be reached, or knows nobody of this name, is told of once.
    """
    api.served(kinds.OPERATOR_API)
    in_turn = _InTurn(api.session)
    reports = list(api.map(lambda member: _report(member, in_turn), members))
    # instances of one new namespace all show it
    diffs = {entry["after_header"]: entry for report in reports for entry in report.pop("diff", ())}
    counts = _counts(reports)
    outcome = {
        "changed": any(report["changed"] for report in reports),
        "instances": reports,
        "counts": counts,
        "summary": summary(reports, counts),
        "warnings": _prefixed(reports, lambda report: report["warnings"]),
        **({"diff": list(diffs.values())} if diffs else {}),
    }
    failures = _prefixed(reports, lambda report: report.get("msg", "").splitlines())
    if failures:
        raise EngineError("\n".join(failures), **outcome)
    return outcome


def summary(reports: Sequence[Report], counts: dict[str, int]) -> list[str]:
    """One screen for people: a line for each instance, then their number and that of the objects. Pure."""
    width = max(len(_where(report)) for report in reports)
    states = Counter(_state(report) for report in reports)
    told = ", ".join(f"{states[state]} {state}" for state in (CHANGED, UNCHANGED, "failed") if states[state])
    objects = ", ".join(f"{counts[action]} {action}" for action in _ACTIONS)
    number = f"{len(reports)} instance{'s' if len(reports) > 1 else ''}"
    return [
        *(f"{_where(report):{width}}  {_line(report)}" for report in reports),
        f"{number}: {told}; objects: {objects}",
    ]


def _report(member: Member, api: Api) -> Report:
    """What came of one member, without the flavour: its author has it."""
    failure: Report = {"failed": False}
    try:
        with about(str(member)):
            outcome = member.work(api)
    except EngineError as error:
        outcome, failure = error.result, {"failed": True, "msg": str(error)}
    nothing = {"changed": False, "counts": dict.fromkeys(_ACTIONS, 0), "objects": [], "summary": [], "warnings": []}
    told = {key: value for key, value in outcome.items() if key != "flavour"}
    return {"name": member.name, "namespace": member.namespace, **failure, **nothing, **told}


def _counts(reports: Sequence[Report]) -> dict[str, int]:
    """Of different objects: a namespace that several instances need is created once."""
    changes: dict[tuple[str, ...], str] = {}
    for one in (one for report in reports for one in report["objects"]):
        key = (one["kind"], one["namespace"], one["name"])
        if changes.get(key, UNCHANGED) == UNCHANGED:
            changes[key] = one["change"]
    found = Counter(changes.values())
    return {action: found[action] for action in _ACTIONS}


def _prefixed(reports: Sequence[Report], lines: Callable[[Report], Iterable[str]]) -> list[str]:
    return [f"{_where(report)}: {line}" for report in reports for line in lines(report)]


def _where(report: Report) -> str:
    return f"{report['namespace']}/{report['name']}"


def _state(report: Report) -> str:
    if report["failed"]:
        return "failed"
    return CHANGED if report["changed"] else UNCHANGED


def _line(report: Report) -> str:
    if report["failed"]:
        first, *more = report["msg"].splitlines()
        return f"FAILED: {first}" + (f" (and {len(more)} more)" if more else "")
    kept = len(report.get("kept", ()))
    if not report["changed"]:
        return UNCHANGED + (f"  {kept} kept" if kept else "")
    parts = [f"{report['counts'][action]} {action}" for action in _ACTIONS if report["counts"][action]]
    parts += [f"{kept} kept"] if kept else []
    effects = dict.fromkeys(effect for one in report["objects"] for effect in one["effects"])
    return f"{CHANGED:{len(UNCHANGED)}}  {'; '.join([', '.join(parts), *effects])}"
