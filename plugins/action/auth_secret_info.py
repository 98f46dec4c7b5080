# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where module eks.redis.auth_secret_info runs."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.modules import auth_secret_info
from ansible_collections.eks.redis.plugins.plugin_utils.aws_in_process import AwsInProcess


class ActionModule(AwsInProcess):
    """The action of module auth_secret_info."""

    module = auth_secret_info
