# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of acl.users: names and rules of ACL users (Redis documentation, "ACL").

Redis does not start with a rule it does not know, so a misspelt one is found here and not in a crash loop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.acl_commands import CATEGORIES, COMMANDS
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import INVALID, Kind, Report, text
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Path, nearest

DEFAULT = "default"
OWN_PREFIX = "eks-redis-"
USER = text("a user name", "letters, digits, -, _, . and :, at most 63 characters", r"[A-Za-z0-9][-A-Za-z0-9_.:]*", 63)

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
# what begins a rule with a pattern, and since when
_PATTERNS = (("~", _WHOLE), ("&", (6, 2)), ("%R~", (7, 0)), ("%W~", (7, 0)), ("%RW~", (7, 0)))
_SELECTORS = (7, 0)
_QUOTES = "\"'"
_PASSWORD = ("nopass", "resetpass", "reset")
_RULE = re.compile(r"\((?P<selector>[^()]*)\)|(?P<rule>[^\s()]+)|(?P<stray>[()])")


@dataclass(frozen=True)
class Token:
    """One rule. since: the release of Redis that knows it first. problem: what is wrong with it, "" for nothing."""

    text: str
    since: tuple[int, int] = _WHOLE
    problem: str = ""


def tokens(rules: str) -> Iterator[Token]:
    """The rules of a user, one by one; those of a selector too."""
    for found in _RULE.finditer(rules):
        if found["stray"]:
            yield Token(found[0], problem="an unbalanced parenthesis")
        elif found["selector"] is not None:
            yield Token(found[0], _SELECTORS, "" if found["selector"].strip() else "an empty selector")
            yield from map(_token, found["selector"].split())
        else:
            yield _token(found["rule"])


def _token(rule: str) -> Token:
    if rule in _WORDS:
        return Token(rule, _WORDS[rule])
    if any(quote in rule for quote in _QUOTES):
        return Token(rule, problem="a rule with a quote, which no ACL file can hold")
    if rule in _PASSWORD or rule[0] in "><#!":
        # never shown: it may hold a password
        return Token("<hidden>", problem="about the password, which passwordSecret gives")
    for start, since in _PATTERNS:
        if rule.startswith(start):
            return Token(rule, since, "" if rule != start else "a pattern without a text")
    if rule[0] in "+-":
        return Token(rule, _since(rule), _unknown(rule))
    return Token(rule, problem="no rule of an ACL")


def _since(rule: str) -> tuple[int, int]:
    # a subcommand can be allowed since 6.0, and refused since 7.0
    subcommand = (7, 0) if rule.startswith("-") and "|" in rule else _WHOLE
    return max(subcommand, COMMANDS.get(_bare(rule), _WHOLE))


def _bare(rule: str) -> str:
    return rule.lower().lstrip("+-@").partition("|")[0]


def _unknown(rule: str) -> str:
    """Commands of modules have a dot in their name, and are known to those only."""
    category = rule[1:2] == "@"
    known = CATEGORIES if category else COMMANDS
    name = _bare(rule)
    if name in known or "." in name:
        return ""
    meant = nearest(name, known)
    hint = f"; did you mean {rule[0]}{'@' if category else ''}{meant}?" if meant else ""
    return f"no {'category' if category else 'command'} of Redis{hint}"


class _Rules(Kind):
    """A text; a line for every rule that Redis would not take."""

    def read(self, value: Any, at: Path, report: Report) -> Any:
        if not isinstance(value, str) or not value.strip() or not value.isprintable() or not value.isascii():
            return self.refuse(value, at, report)
        problems = [token for token in tokens(value) if token.problem]
        for token in problems:
            report(at, f"{token.text!r} is {token.problem}")
        return INVALID if problems else " ".join(value.split())


RULES: Kind = _Rules(
    "a list of ACL rules",
    "rules as ACL SETUSER has them, such as ~app:* +@read +@write -@dangerous",
    {"type": "string"},
    secret=True,
)
