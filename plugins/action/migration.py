# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where module eks.redis.migration runs."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.modules import migration
from ansible_collections.eks.redis.plugins.plugin_utils.in_process import InProcess


class ActionModule(InProcess):
    """The action of module migration."""

    module = migration
