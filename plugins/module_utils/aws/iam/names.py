# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of IAM roles, as long as IAM takes them. Pure."""

from __future__ import annotations

import hashlib
import re

LONGEST = 64  # characters of a role's name (IAM User Guide, "IAM and AWS STS quotas")
_VALID = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)


def role_name(cluster: str, namespace: str, service_account: str) -> str:
    """``eks-redis-prod-apps-cache-backup``, shortened."""
    return shortened(f"eks-redis-{cluster}-{namespace}-{service_account}")


def shortened(name: str, longest: int = LONGEST) -> str:
    """Where it is too long its end is a digest of the whole."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: longest - 9]}-{digest}"


def is_valid(name: str) -> bool:
    """Whether IAM takes it."""
    return bool(_VALID.fullmatch(name))
