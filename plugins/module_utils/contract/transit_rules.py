# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for TLS: transitEncryption, and the tls-* directives by which users' files asked for it before."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.directive_values import plain
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import TLS_AS_IS, TLS_TUNING, is_tls
from ansible_collections.eks.redis.plugins.module_utils.contract.given import Given
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule

_TLS = "transitEncryption"
_ENABLED = f"{_TLS}.enabled"
_ISSUER = f"{_TLS}.issuer."
_CONFIG = "additionalConfig"
_PORT = f"{_CONFIG}.tls-port"
# what says how a certificate is made
_OF_OURS = ("names", "days", "renewDays", "issuer.kind", "issuer.group")


def turn_on(given: Given) -> None:
    """Who writes tls-port means transitEncryption.enabled, unless he says otherwise."""
    config = given.values.get(_CONFIG, {})
    if config.get("tls-port", "0") != "0" and _ENABLED not in given.values and _ENABLED not in given.broken:
        given.values[_ENABLED] = True
        given.places[_ENABLED] = given.place(_PORT)


def _directives(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Name, path and value of those that are about TLS and ports."""
    for name, text in facts[_CONFIG].items():
        if is_tls(name):
            yield name, f"{_CONFIG}.{name}", plain(text)


def _contradictions(facts: Facts) -> Iterator[Finding]:
    for name, path, text in _directives(facts):
        if not facts[_ENABLED]:
            if name == "tls-port" and text != "0":
                yield path, f"{text} disagrees with {_ENABLED}: false; keep one of the two"
        elif name in TLS_AS_IS:
            if text not in TLS_AS_IS[name]:
                (allowed,) = TLS_AS_IS[name]
                more = f", and the files of another certificate by {_TLS}.existingSecret" if "file" in name else ""
                yield path, f"{text!r} contradicts {_ENABLED}: true; allowed: {allowed}{more}"
        elif name not in TLS_TUNING:
            yield path, f"cannot be set here: {_ENABLED} decides how pods show and check certificates"
        elif name == "tls-auth-clients" and text.lower() == "yes":
            reason = "exporter, backups and the programs of this collection show no certificate"
            yield path, f"yes locks them out: {reason}; allowed: no, optional"


def _told(facts: Facts) -> Iterator[Finding]:
    for name, path, text in _directives(facts):
        if not facts[_ENABLED]:
            if name != "port" or text != "6379":
                yield path, f"has no effect while {_ENABLED} is false: connections to port 6379 are plain"
        elif name == "tls-port" and _ENABLED not in facts.given:
            yield path, f"is turned into {_ENABLED}: true; write that in the root instead, and see docs/security.md"
        elif name in TLS_AS_IS:
            yield path, f"has no effect: {_ENABLED}: true says it all"


def _who_signs(facts: Facts) -> Iterator[Finding]:
    if facts[f"{_TLS}.existingSecret"] and facts[f"{_TLS}.issuer.name"]:
        yield f"{_TLS}.issuer.name", f"names an issuer beside {_TLS}.existingSecret; keep one of the two"


def _nameless(facts: Facts) -> Iterator[Finding]:
    named = facts[f"{_TLS}.existingSecret"] or f"{_ISSUER}name" in facts.given
    about = facts.below(_ISSUER)
    if facts[_ENABLED] and about and not named:
        yield f"{_ISSUER}name", f"is missing; {about[0]} needs the name of an issuer"


def _times(facts: Facts) -> Iterator[Finding]:
    days, before = facts[f"{_TLS}.days"], facts[f"{_TLS}.renewDays"]
    if before >= days:
        yield (
            f"{_TLS}.renewDays",
            f"{before} is the whole life of a certificate of {days} days; allowed: less than days",
        )


def _nobody_reloads(facts: Facts) -> Iterator[Finding]:
    if facts[_ENABLED] and not facts["keeper.enabled"]:
        yield "keeper.enabled", "false with TLS: Redis goes on showing a certificate that was renewed until it restarts"


def _foreign(facts: Facts) -> Iterator[Finding]:
    if facts[_ENABLED] and facts[f"{_TLS}.existingSecret"]:
        for path in facts.below(*(f"{_TLS}.{name}" for name in _OF_OURS)):
            yield path, f"has no effect with {_TLS}.existingSecret: that certificate is yours"


TRANSIT_REFUSALS: tuple[Rule, ...] = (
    Rule((_CONFIG, _ENABLED), _contradictions),
    Rule((_TLS,), _who_signs),
    Rule((_TLS,), _nameless),
    Rule((_TLS,), _times),
)
TRANSIT_ADVICE: tuple[Rule, ...] = (
    Rule((_CONFIG, _ENABLED), _told),
    Rule((_TLS, "keeper.enabled"), _nobody_reloads),
    Rule((_TLS,), _foreign),
)
