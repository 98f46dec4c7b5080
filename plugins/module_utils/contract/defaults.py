# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every field gets a value: the given one, or its default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FIELDS
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount


def filled(given: Mapping[str, Any]) -> dict[str, Any]:
    """Values by canonical path. A default request or limit stretches to fit the other one when only that was given."""
    values: dict[str, Any] = {}
    requests = {limit: request for request, limit in resource_pairs()}
    for field in FIELDS:
        values[field.path] = given[field.path] if field.path in given else field.value(values)
        if field.path in requests:
            _stretch(values, given, requests[field.path], field.path)
    return values


def _stretch(values: dict[str, Any], given: Mapping[str, Any], request: str, limit: str) -> None:
    if amount(values[request]) > amount(values[limit]):
        if limit not in given:
            values[limit] = values[request]
        elif request not in given:
            values[request] = values[limit]


def resource_pairs() -> Iterator[tuple[str, str]]:
    """The paths of every request beside the limit of the same resource."""
    for field in FIELDS:
        if ".requests." in field.path:
            yield field.path, field.path.replace(".requests.", ".limits.")
