# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of our own."""

from __future__ import annotations

# What jobs run in: toolbox/Containerfile. The tag changes with what jobs and collection say to each other
TOOLBOX = "quay.io/eks-redis/toolbox:v1"
