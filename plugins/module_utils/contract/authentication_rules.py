# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for where the password comes from: one source, with all that this one needs."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule

_ROOT = "authentication."
_ENABLED = f"{_ROOT}enabled"
_TOKEN = f"{_ROOT}authToken"
_EXISTING = f"{_ROOT}existingSecret."
_EXTERNAL = f"{_ROOT}externalSecret."
_STORE = f"{_ROOT}secretsStore."
# each source of the password, by the field that asks for it, and what that field says
_SOURCES = {
    _TOKEN: "is a password",
    f"{_EXISTING}name": "names a Secret",
    f"{_ROOT}generate": "has a password made",
    f"{_EXTERNAL}remoteKey": "names a secret",
    f"{_STORE}objectName": "names a secret",
}
_COUNTED = {2: "two", 3: "three", 4: "four", 5: "five"}
# what belongs to a source, and says nothing without it
_PARTS = {_EXISTING: f"{_EXISTING}name", _EXTERNAL: f"{_EXTERNAL}remoteKey", _STORE: f"{_STORE}objectName"}


def _one_source(facts: Facts) -> Iterator[Finding]:
    given = [path for path in _SOURCES if facts[path]]
    if len(given) > 1:
        *others, last = given
        yield last, f"{_SOURCES[last]} beside {' and '.join(others)}; keep one of the {_COUNTED[len(given)]}"
    if facts[_ENABLED] and not given:
        rest = ", ".join(path.removeprefix(_ROOT) for path in _SOURCES if path != _TOKEN)
        yield _TOKEN, f"is missing; {_ENABLED}: true needs it, or one of {rest} in its place"


def _store(facts: Facts) -> Iterator[Finding]:
    if facts[f"{_EXTERNAL}remoteKey"] and not facts[f"{_EXTERNAL}store"]:
        yield f"{_EXTERNAL}store", f"is missing; {_EXTERNAL}remoteKey needs the name of a SecretStore"


def _region(facts: Facts) -> Iterator[Finding]:
    """The provider of the CSI driver's refuses it too, when pods begin."""
    named, region = facts[f"{_STORE}objectName"].split(":"), facts[f"{_STORE}region"]
    if named[0] == "arn" and len(named) > 3 and region and named[3] != region:
        yield f"{_STORE}region", f"{region!r} is not the region in the ARN of objectName; allowed: {named[3]}, or none"


def _mounted(facts: Facts) -> Iterator[Finding]:
    if facts[_ENABLED] and facts[f"{_STORE}objectName"] and not facts["keeper.enabled"]:
        reason = "the Secrets Store CSI driver keeps a Secret only while a pod mounts it, and that is the keeper"
        yield "keeper.enabled", f"false leaves {_STORE}objectName without effect: {reason}; allowed: true"


def _alone(facts: Facts) -> Iterator[Finding]:
    for group, source in _PARTS.items():
        if facts[_ENABLED] and not facts[source]:
            for path in facts.below(group):
                if path != source:
                    yield path, f"has no effect without {source}"


def _nobodys_role(facts: Facts) -> Iterator[Finding]:
    account = facts["serviceAccount"]
    if not facts[_ENABLED] or not facts[f"{_STORE}objectName"] or facts[f"{_STORE}podIdentity"]:
        return
    if account == "default" or facts["createServiceAccount"]:
        how = f"name one that has the role, or set {_STORE}podIdentity: true"
        yield "serviceAccount", f"{shown(account)} gets no IAM role to read {_STORE}objectName with; {how}"


AUTHENTICATION_REFUSALS: tuple[Rule, ...] = (
    Rule((_ROOT,), _one_source),
    Rule((_EXTERNAL,), _store),
    Rule((_STORE,), _region),
    Rule((_ENABLED, _STORE, "keeper.enabled"), _mounted),
)
AUTHENTICATION_ADVICE: tuple[Rule, ...] = (
    Rule((_ROOT,), _alone),
    Rule((_ENABLED, _STORE, "serviceAccount", "createServiceAccount"), _nobodys_role),
)
