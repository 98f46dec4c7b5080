# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the cluster knows who brings a password from a store."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding
from ansible_collections.eks.redis.plugins.module_utils.topology import secrets_manager

# what installs a kind, and the field that asks for it
_INSTALLED = {
    secrets_manager.EXTERNAL: ("External Secrets Operator", "authentication.externalSecret"),
    secrets_manager.STORE: ("the Secrets Store CSI driver with the provider of AWS", "authentication.secretsStore"),
}


def stores(case: Case) -> Iterator[Finding]:
    """who brings the password"""
    for kind in secrets_manager.wanted_kinds(case.instance):
        there = any(live and live["kind"] == kind for live in case.lives.values())
        row = kinds.kind(kind)
        if not there and row.plural not in case.api.served(row.api):
            who, field = _INSTALLED[kind]
            yield Finding(f"{field}: the cluster does not know {kind} ({row.api}); install {who}")
