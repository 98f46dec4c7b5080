# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where modules that talk to AWS run: Ansible loads this once, before it forks a process for each task."""

from __future__ import annotations

import gc

from ansible_collections.eks.redis.plugins.module_utils.aws import session
from ansible_collections.eks.redis.plugins.plugin_utils.in_process import InProcess

session.prepare()
# else the garbage collection of every process would walk through all of this, and so copy it
gc.freeze()


class AwsInProcess(InProcess):
    """The action of a module that talks to AWS."""
