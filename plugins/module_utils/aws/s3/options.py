# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of module backup_bucket that have options of their own."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.s3.rules import STORAGE_CLASSES

_TRANSITIONS: dict[str, Any] = {
    "days": {"type": "int", "required": True},
    "storage_class": {"type": "str", "required": True, "choices": list(STORAGE_CLASSES)},
}
LIFECYCLE: dict[str, Any] = {
    "transitions": {"type": "list", "elements": "dict", "default": [], "options": _TRANSITIONS},
    "expiration_days": {"type": "int"},
    "noncurrent_days": {"type": "int", "default": 30},
    "abort_multipart_days": {"type": "int", "default": 7},
}
OBJECT_LOCK: dict[str, Any] = {
    "mode": {"type": "str", "required": True, "choices": ["GOVERNANCE", "COMPLIANCE"]},
    "days": {"type": "int", "required": True},
}
REPLICATION: dict[str, Any] = {
    "bucket": {"type": "str", "required": True},
    "prefix": {"type": "str", "default": ""},
    "storage_class": {"type": "str", "choices": ["STANDARD", *STORAGE_CLASSES]},
    "kms_key": {"type": "str", "no_log": False},
}
