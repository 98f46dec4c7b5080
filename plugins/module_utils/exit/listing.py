# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A derived flavour or root as a file for people: YAML, with a comment before each value. Pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.exit.rows import FLAVOUR, Dropped, Line, split

_WIDTH = 118


def listing(lines: Iterable[Line], dropped: Iterable[Dropped], which: str, source: str) -> str:
    """The text. which: FLAVOUR or ROOT. source: what it was derived from, such as ``replication group shop``."""
    tree: dict[str, Any] = {}
    for line in lines:
        if line.document == which:
            *parents, name = split(line.path)
            inside = tree
            for parent in parents:
                inside = inside.setdefault(parent, {})
            inside[name] = line
    head = [*_comment(f"Derived from {source}. Look through it: every value says where it comes from.", 0), "---"]
    # a mapping without anything is one, too
    text = [*head, *(_level(tree, 0) if tree else ["{}"])]
    if which == FLAVOUR:
        lost = [*_comment("Has no place in a flavour:", 0)]
        for each in dropped:
            lost += _comment(f"- {each.what}: {each.reason}", 0, "  ")
        text += ["", *lost] if len(lost) > 1 else []
    return "\n".join(text) + "\n"


def _level(tree: dict[str, Any], depth: int) -> Iterator[str]:
    for name, node in tree.items():
        if isinstance(node, Line):
            yield from _comment(node.origin, depth)
            # JSON is YAML
            yield f"{'  ' * depth}{name}: {json.dumps(node.value)}"
        else:
            yield f"{'  ' * depth}{name}:"
            yield from _level(node, depth + 1)


def _comment(text: str, depth: int, hang: str = "") -> list[str]:
    start = f"{'  ' * depth}# "
    words = " ".join(text.split())
    return textwrap.wrap(words, _WIDTH, initial_indent=start, subsequent_indent=start + hang, break_on_hyphens=False)
