# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses as people write them: HOST:PORT, an IPv6 address in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, together

_WRITTEN = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)):(?P<port>\d{1,5})"
)


def addresses(option: str, texts: Sequence[str]) -> tuple[Address, ...]:
    """Errors: EngineError with a line for each that is none. option: where they are from."""
    found = [_WRITTEN.fullmatch(text) for text in texts]
    wrong = [
        f"{option}: {text!r} is not HOST:PORT, such as shop.abc123.ng.0001.use1.cache.amazonaws.com:6379"
        for text, one in zip(texts, found, strict=True)
        if one is None or not 0 < int(one["port"]) < 65536
    ]
    if wrong:
        raise together(wrong)
    if not found:
        raise EngineError(f"{option}: one HOST:PORT at least is needed")
    return tuple(Address(one["v6"] or one["host"], int(one["port"])) for one in found if one)
