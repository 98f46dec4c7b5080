# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML with line numbers, and duplicate keys as errors. Tags other than YAML's own are refused.

No error shows a value: a password that begins with * or ! and has no quotes is an alias or a tag to YAML.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Malformed, Path, join

_DEEPEST = 50
# An alias is read anew wherever it stands, so that a few lines can be made to mean millions of values
_MOST = 10000
# a word of the text in an error of PyYAML's: an alias, an anchor, a handle; '\t' and '<stream end>' are none
_QUOTED = re.compile(r" '(?![<\\])[^']{2,}'")
_TAGGED = "the value has a tag that is not known here; a text that begins with ! needs quotes"
_TAGS = {"mapping": "tag:yaml.org,2002:map", "sequence": "tag:yaml.org,2002:seq"}


def load(text: str) -> tuple[Any, dict[str, int]]:
    """The data and the line of every key and item; None for an empty text. Malformed when it is not YAML."""
    import yaml  # not at the top: modules must be importable where only Ansible's own modules are

    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        reader = _Reader(loader)
        return (reader.value(node, ()) if node else None), reader.lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise Malformed(_QUOTED.sub("", what), mark.line + 1 if mark else 1, mark.column + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Malformed(f"a character YAML does not allow ({error.reason})", line, 1) from None
    except RecursionError:
        raise Malformed(f"nested more than {_DEEPEST} levels deep", 1, 1) from None


class _Reader:
    """Walks the nodes that PyYAML composed; they know their place in the text."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.lines: dict[str, int] = {}
        self.merged: set[int] = set()

    def value(self, node: Any, path: Path) -> Any:
        self.lines.setdefault(join(path), node.start_mark.line + 1)
        # this also ends the walk of an alias that contains itself
        if len(path) > _DEEPEST:
            raise self.error(node, f"nested more than {_DEEPEST} levels deep")
        if len(self.lines) > _MOST:
            raise self.error(node, f"more than {_MOST} values")
        if node.tag != _TAGS.get(node.id, node.tag):
            raise self.error(node, _TAGGED)
        if node.id == "mapping":
            return self.mapping(node, path)
        if node.id == "sequence":
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: Any, path: Path) -> dict[Any, Any]:
        self.merge(node)
        result = {}
        for key_node, value_node in node.value:
            key = self.scalar(key_node)
            at = (*path, str(key))
            self.lines[join(at)] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, at)
        return result

    def merge(self, node: Any) -> None:
        """Put the mappings of its "<<" into the node; once, however many aliases lead to it."""
        if id(node) not in self.merged:
            self.merged.add(id(node))
            self.refuse_duplicates(node)
            self.loader.flatten_mapping(node)

    def refuse_duplicates(self, node: Any) -> None:
        seen = set()
        for key, _value in node.value:
            if key.id != "scalar":
                raise self.error(key, "a key must be a word; a value that begins with { or [ needs quotes")
            if key.value in seen:
                raise self.error(key, f"the key {key.value!r} is given twice: keep one")
            seen.add(key.value)

    def scalar(self, node: Any) -> Any:
        if node.tag not in self.loader.yaml_constructors:
            raise self.error(node, _TAGGED)
        try:
            return self.loader.construct_object(node)
        except (ValueError, LookupError, AttributeError, TypeError):
            # what PyYAML raises for the likes of 2026-02-30 and !!bool x
            raise self.error(node, f"the value is not a {node.tag.rpartition(':')[2]}; a text needs quotes") from None

    @staticmethod
    def error(node: Any, what: str) -> Malformed:
        return Malformed(what, node.start_mark.line + 1, node.start_mark.column + 1)
