# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kind of additionalConfig: a mapping of redis.conf directives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.directives import MANAGED
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import Kind, Report
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Path

# Redis splits a line into words as sdssplitargs() does: a closing quote ends its word
_WORD = r"""(?:[^\s"']*(?:"(?:\\.|[^"\\])*"|'(?:\\'|[^'\\]|\\(?!'))*')(?=\s|$)|[^\s"']+)"""
_NAME = re.compile(r"[a-z][a-z0-9._-]*")
_ONE = re.compile(_WORD)
_WORDS = re.compile(rf"(?:{_WORD}(?:[ \t]+{_WORD})*)?")


class _AdditionalConfig(Kind):
    """Values become strings; no message shows a value, because directives can hold passwords.

    What is wrong is reported and left out, and the rest is read: the rules then find what is wrong with that.
    """

    def read(self, value: Any, at: Path, report: Report) -> Any:
        if not isinstance(value, Mapping):
            return self.refuse(value, at, report)
        result: dict[str, str] = {}
        for given, item in value.items():
            name = str(given).lower()
            problem = _wrong_directive(name) or _wrong_value(item)
            if name in result:
                problem = "is given twice: directives know no upper and lower case; keep one"
            if problem:
                report((*at, str(given)), problem)
            else:
                result[name] = _text(item)
        return result


def _wrong_directive(name: str) -> str | None:
    if name in MANAGED:
        return f"cannot be set here: {MANAGED[name]}"
    return None if _NAME.fullmatch(name) else "is not the name of a redis.conf directive"


def _wrong_value(value: Any) -> str | None:
    if not isinstance(value, (str, int, float)) or (isinstance(value, int) and abs(value) >= 2**63):
        return "the value is not a string, number or boolean; allowed: one line as redis.conf has it"
    text = _text(value)
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]", text):
        return "the value holds a line break or control character; allowed: one line as redis.conf has it"
    return None if _WORDS.fullmatch(text) else "the value has an unbalanced quote; Redis would not start"


def argument(text: str) -> str:
    """A value as one argument of its directive: in quotes, where Redis would split it or it is empty."""
    if _ONE.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip()


ADDITIONAL_CONFIG: Kind = _AdditionalConfig(
    "a mapping",
    "redis.conf directives with their values",
    {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
)
