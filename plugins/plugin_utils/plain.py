# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as modules get them."""

from __future__ import annotations

import json
from typing import Any


def plain(value: Any) -> Any:
    """A value through JSON: without it, Ansible's own kinds of text and mapping would come along."""
    return json.loads(json.dumps(value, default=str))
