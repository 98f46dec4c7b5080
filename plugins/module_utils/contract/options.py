# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that describe an instance and a run, the same in every module, and their resolution."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Problem, nearest
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.source import Source, SourceError, read

# root holds a password: no_log keeps it out of the system log, where Ansible writes a module's options
INSTANCE: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "flavour": {"type": "dict"},
    "flavour_file": {"type": "path"},
    "root": {"type": "dict", "no_log": True},
    "root_file": {"type": "path"},
    "labels": {"type": "dict", "default": {}},
}
STRICT: dict[str, dict[str, Any]] = {"strict": {"type": "bool", "default": False}}
OPTIONS = {**INSTANCE, **STRICT}
RUN: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "wait": {"type": "bool", "default": True},
    "timeout": {"type": "int", "default": 600},
    "force": {"type": "bool", "default": False},
    "delete_data": {"type": "bool", "default": False},
}
# what a password stands under, and what stands beside it; of that, what is a mapping
_MAPPINGS = ("existingSecret", "externalSecret", "passwordSecret", "secretsStore")
_HARMLESS = ("enabled", "generate", *_MAPPINGS)
_KEYS = ("authentication", "authToken", "password", *_HARMLESS)
# where one may stand in a text: in the rule of an ACL that sets it. A short one would be masked inside of other words
_LEAST = 8
_RULE = re.compile(rf"(?<![^\s(])>(\S{{{_LEAST},}})")
MUTUALLY_EXCLUSIVE = [("flavour", "flavour_file"), ("root", "root_file")]


def load(params: Mapping[str, Any], directory: str = "") -> tuple[Resolution, set[str]]:
    """The resolution of a module's parameters, and the secrets in them, which no result may show.

    directory: where relative paths of files start; "" is where the module runs.
    """
    documents: dict[str, Source] = {}
    unreadable: list[Problem] = []
    for option in ("flavour", "root"):
        path = params[f"{option}_file"]
        try:
            documents[option] = read(os.path.join(directory, path)) if path else Source(params[option] or {})
        except SourceError as error:
            unreadable.append(error.problem)
    if unreadable:
        return Resolution(None, tuple(unreadable), ()), set()
    resolution = resolve(
        documents["flavour"],
        documents["root"],
        name=params["name"],
        namespace=params["namespace"],
        labels=params["labels"],
    )
    return resolution, {secret for document in documents.values() for secret in _tokens(document.data)}


@cache
def _meant(key: str) -> str | None:
    return nearest(key, _KEYS)


def _tokens(value: Any, secret: bool = False) -> Iterator[str]:
    """Passwords, wherever they stand: a wrong place, type or spelling is an error, and still no place to print them."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            meant = _meant(str(key))
            if meant not in _HARMLESS:
                yield from _tokens(item, secret or meant is not None)
            elif meant in _MAPPINGS and isinstance(item, str) and len(item) >= _LEAST:
                yield item
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tokens(item, secret)
    elif secret and value and isinstance(value, (str, int)) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, str):
        yield from _RULE.findall(value)
