# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of acl.users: names and rules of ACL users (Redis documentation, "ACL").

Redis does not start with a rule it does not know, so a misspelt one is found here and not in a crash loop.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.acl_commands import (
    CATEGORIES,
    COMMANDS,
    CONTAINERS,
    SUBCOMMANDS,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import HIDDEN, INVALID, Kind, Report, text
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Path, nearest

DEFAULT = "default"
OWN_PREFIX = "eks-redis-"
# not shown where it is none: people put a whole line of an ACL file there, with its password
USER = text(
    "a user name",
    "letters, digits, -, _, . and :, at most 63 characters",
    r"[A-Za-z0-9][-A-Za-z0-9_.:]*",
    63,
    secret=True,
)

_WHOLE = (6, 0)
# rules of one word, and since which release there are
_WORDS = {
    "on": _WHOLE,
    "off": _WHOLE,
    "allkeys": _WHOLE,
    "resetkeys": _WHOLE,
    "allcommands": _WHOLE,
    "nocommands": _WHOLE,
    "allchannels": (6, 2),
    "resetchannels": (6, 2),
    "sanitize-payload": (6, 2),
    "skip-sanitize-payload": (6, 2),
}
# of those, what is said of a user, and of no selector
_OF_USERS = ("on", "off", "sanitize-payload", "skip-sanitize-payload")
# what begins a rule with a pattern, since when, and what the pattern is about
_PATTERNS = (
    ("~", _WHOLE, "keys"),
    ("&", (6, 2), "channels"),
    ("%R~", (7, 0), "keys"),
    ("%W~", (7, 0), "keys"),
    ("%RW~", (7, 0), "keys"),
)
# after a rule for all of them Redis takes no pattern, until one that takes them all back
_ALL = {"allkeys": "keys", "~*": "keys", "allchannels": "channels", "&*": "channels"}
_RESET = {"resetkeys": "keys", "resetchannels": "channels"}
_SELECTORS = (7, 0)
_SUBCOMMANDS = (7, 0)  # that can be refused; before, a first argument could only be allowed
_PASSWORD = ("nopass", "resetpass", "reset")
_BEGIN_PASSWORD = "><#!"
# how rules begin that hold no password, whatever is wrong with them
_SHOWN = "~&%+-("
_RULE = re.compile(r"(?<!\S)\((?P<selector>[^()]*)\)(?!\S)|(?P<rule>\S+)")


@dataclass(frozen=True)
class Token:
    """One rule. since: the release of Redis that knows it first. problem: what is wrong with it, "" for nothing.

    unknown: what it is that no release up to NEWEST has, "" where one has it. of_module: whether it names a command
    that only a module can have. text is HIDDEN where it may hold a password.
    """

    text: str
    since: tuple[int, int] = _WHOLE
    problem: str = ""
    unknown: str = ""
    of_module: bool = False


def tokens(rules: str, in_selector: bool = False) -> Iterator[Token]:
    """The rules of a user, one by one; those of a selector too."""
    everything: set[str] = set()
    for found in _RULE.finditer(rules):
        if found["selector"] is not None:
            yield Token(found[0], _SELECTORS, "" if found["selector"].strip() else "an empty selector")
            yield from tokens(found["selector"], in_selector=True)
            continue
        rule = found["rule"]
        token = _token(rule, in_selector)
        about = next((what for start, _since, what in _PATTERNS if rule.startswith(start)), "")
        if about in everything and rule not in _ALL and not token.problem:
            token = replace(token, problem=f"a pattern after all {about}; allowed after reset{about}")
        yield token
        everything.update([_ALL[rule]] if rule in _ALL else [])
        everything.discard(_RESET.get(rule, ""))


def _token(rule: str, in_selector: bool) -> Token:
    if in_selector and rule in _OF_USERS:
        return Token(rule, problem="about the user, and stands in no selector")
    if rule in _WORDS:
        return Token(rule, _WORDS[rule])
    if rule in _PASSWORD or rule[0] in _BEGIN_PASSWORD:
        return Token(rule if rule in _PASSWORD else HIDDEN, problem="about the password, which passwordSecret gives")
    problem = _misshapen(rule)
    if problem:
        return Token(rule if rule[0] in _SHOWN else HIDDEN, problem=problem)
    for start, since, _what in _PATTERNS:
        if rule.startswith(start):
            return Token(rule, since, "" if rule != start else "a pattern without a text")
    command, _mark, _first = rule[1:].partition("|")
    if "." in command and not command.startswith("@"):
        return _dotted(rule, command)
    return Token(rule, _since(rule), _arguments(rule), _unknown(rule))


def _misshapen(rule: str) -> str:
    if any(quote in rule for quote in "\"'"):
        return "a rule with a quote, which this collection takes in none"
    if any(parenthesis in rule for parenthesis in "()"):
        return "no selector: those stand alone, in a pair of parentheses"
    if rule[0] not in "+-" and not any(rule.startswith(start) for start, *_rest in _PATTERNS):
        meant = nearest(rule, _WORDS)
        return f"no rule of an ACL{f'; did you mean {meant}?' if meant else ''}"
    return ""


def _dotted(rule: str, command: str) -> Token:
    """The names of modules' commands have a dot inside; none begins or ends with one."""
    if command == command.strip("."):
        return Token(rule, of_module=True)
    return Token(rule, problem=_not_among(COMMANDS, "command", rule[0], command.lower()))


def _since(rule: str) -> tuple[int, int]:
    name = rule[1:].lower()
    refused = _SUBCOMMANDS if rule.startswith("-") and "|" in rule else _WHOLE
    return max(refused, COMMANDS.get(name.partition("|")[0], _WHOLE), SUBCOMMANDS.get(name, _WHOLE))


def _unknown(rule: str) -> str:
    """What Redis does not know of +name, -name, +name|first, +@category."""
    sign, name = rule[0], rule[1:].lower()
    command, mark, _sub = name.partition("|")
    if name.startswith("@"):
        return _not_among(CATEGORIES, "category", f"{sign}@", name[1:])
    if command not in COMMANDS:
        return _not_among(COMMANDS, "command", sign, command)
    return _not_among(SUBCOMMANDS, "subcommand", sign, name) if mark and command in CONTAINERS else ""


def _arguments(rule: str) -> str:
    """What is wrong with the first arguments that follow a command without subcommands."""
    command, mark, sub = rule[1:].lower().partition("|")
    if not mark or command not in COMMANDS or command in CONTAINERS:
        return ""
    if rule[0] == "-":
        return "a refusal of an argument; commands without subcommands are refused as a whole"
    return "an argument without a text" if not sub else "two arguments; one can be allowed" if "|" in sub else ""


def _not_among(known: Collection[str], what: str, start: str, name: str) -> str:
    if name in known:
        return ""
    meant = nearest(name, known)
    return f"no {what} of Redis{f'; did you mean {start}{meant}?' if meant else ''}"


class _Rules(Kind):
    """A text; a line for every rule that Redis would not take."""

    def read(self, value: Any, at: Path, report: Report) -> Any:
        if not isinstance(value, str) or not value.strip() or not value.isprintable() or not value.isascii():
            return self.refuse(value, at, report)
        problems = [token for token in tokens(value) if token.problem]
        for token in problems:
            report(at, f"{token.text if token.text == HIDDEN else repr(token.text)} is {token.problem}")
        return INVALID if problems else " ".join(value.split())


RULES: Kind = _Rules(
    "a list of ACL rules",
    "rules as ACL SETUSER has them, such as ~app:* +@read +@write -@dangerous",
    {"type": "string"},
    secret=True,
)
