# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for ACL users."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.acl import DEFAULT, OWN_PREFIX, Token, tokens
from ansible_collections.eks.redis.plugins.module_utils.contract.acl_commands import NEWEST
from ansible_collections.eks.redis.plugins.module_utils.contract.directive_rules import release
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule

_USERS = "acl.users"
_EXISTING = "authentication.existingSecret.name"
# whether a rule lets a user have all commands, or takes back those that matter
_ALL_COMMANDS = {
    "+@all": True,
    "allcommands": True,
    **dict.fromkeys(("-@all", "nocommands", "-@dangerous", "-@admin"), False),
}
# what the Secrets of the instance itself add to its name, and what is in them (topology.names)
_OWN_SECRETS = {
    "-acl": "its ACL file",
    "-auth": "the password of the user default",
    "-ca": "the key of its CA",
    "-logins": "the passwords of users of this collection",
    "-tls": "its certificate",
}
_OLDEST = (6, 2)  # rules for channels are in every file that is made


def _needs(facts: Facts) -> Iterator[Finding]:
    if not facts["acl.enabled"]:
        return
    if not facts["authentication.enabled"]:
        yield "acl.enabled", "true needs authentication.enabled: true, whose password is that of the user default"
    if release(facts["version"]) < _OLDEST:
        yield "acl.enabled", f"true needs Redis 6.2 or newer; version is {facts['version']}"


def _names(facts: Facts) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, user in enumerate(facts[_USERS]):
        path, name = f"{_USERS}[{index}].name", user["name"]
        if name == DEFAULT:
            reason = "the operator logs in by it, so that its rules are not free"
            yield path, f"default cannot be listed: {reason}; use acl.restrictDefault"
        elif name.startswith(OWN_PREFIX):
            yield path, f"{name!r} begins like a user of this collection; allowed: names that do not begin {OWN_PREFIX}"
        elif name in seen:
            yield path, f"{name!r} is the name of another user too; keep one of the two"
        seen.add(name)


def _own_secrets(facts: Facts) -> Iterator[Finding]:
    held = {f"{facts['name']}{suffix}": what for suffix, what in _OWN_SECRETS.items()}
    if facts[_EXISTING]:
        del held[f"{facts['name']}-auth"]
    for index, user in enumerate(facts[_USERS]):
        named = user["passwordSecret"]["name"]
        if named in held:
            reason = f"is a Secret of the instance itself, for {held[named]}"
            yield (
                f"{_USERS}[{index}].passwordSecret.name",
                f"{named!r} {reason}; allowed: one with a password of the user",
            )


def _tokens(facts: Facts) -> Iterator[tuple[str, Token]]:
    """Every rule of every user, behind its path."""
    for index, user in enumerate(facts[_USERS]):
        for token in tokens(user["rules"]):
            yield f"{_USERS}[{index}].rules", token


def _too_new(facts: Facts) -> Iterator[Finding]:
    for path, token in _tokens(facts):
        if token.unknown and release(facts["version"]) <= NEWEST:
            yield path, f"{token.text!r} is {token.unknown}"
        elif token.since > release(facts["version"]):
            since = ".".join(map(str, token.since))
            yield path, f"{token.text!r} needs Redis {since}; version is {facts['version']}"


def _unknown(facts: Facts) -> Iterator[Finding]:
    for path, token in _tokens(facts):
        if token.unknown and release(facts["version"]) > NEWEST:
            what, _semicolon, _hint = token.unknown.partition(";")
            reason = f"pods of version {facts['version']} start only if theirs has it"
            yield path, f"{token.text!r} is {what} up to {'.'.join(map(str, NEWEST))}; {reason}"


def _of_modules(facts: Facts) -> Iterator[tuple[str, str]]:
    """Path and text of the rules for commands that only modules have."""
    if facts["acl.enabled"]:
        yield from ((path, token.text) for path, token in _tokens(facts) if token.of_module)


def _may_have_modules(facts: Facts) -> bool:
    return "image" in facts.given or release(facts["version"]) > NEWEST


def _no_modules(facts: Facts) -> Iterator[Finding]:
    for path, text in () if _may_have_modules(facts) else _of_modules(facts):
        reason = "the default image holds none, Redis would not start"
        yield path, f"{text!r} is a command of a module: {reason}; allowed with an image of your own"


def _perhaps_modules(facts: Facts) -> Iterator[Finding]:
    loaded = "loadmodule" in facts["additionalConfig"]
    for path, text in _of_modules(facts) if _may_have_modules(facts) and not loaded else ():
        yield path, f"{text!r} is a command of a module; pods start only if their image loads one that has it"


def _nobody(facts: Facts) -> Iterator[Finding]:
    if facts["acl.enabled"] and facts["acl.restrictDefault"] and not facts[_USERS]:
        yield "acl.restrictDefault", "true without acl.users: no client can read or write data"


def _powerful(facts: Facts) -> Iterator[Finding]:
    for index, user in enumerate(facts[_USERS]):
        said = [rule for rule in (token.text.lower() for token in tokens(user["rules"])) if rule in _ALL_COMMANDS]
        # the last one counts
        if said and _ALL_COMMANDS[said[-1]]:
            yield f"{_USERS}[{index}].rules", "allow all commands: this user can stop, reconfigure and empty Redis"


ACL_REFUSALS: tuple[Rule, ...] = (
    Rule(("acl.enabled", "authentication.enabled", "version"), _needs),
    Rule((_USERS,), _names),
    Rule((_USERS, _EXISTING), _own_secrets),
    Rule((_USERS, "version"), _too_new),
    Rule(("acl", "version", "image"), _no_modules),
)
ACL_ADVICE: tuple[Rule, ...] = (
    Rule(("acl",), _nobody),
    Rule((_USERS,), _powerful),
    Rule((_USERS, "version"), _unknown),
    Rule(("acl", "version", "image", "additionalConfig"), _perhaps_modules),
)
