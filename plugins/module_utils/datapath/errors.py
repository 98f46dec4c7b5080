# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a backup set, or with what was asked about sets, as one line."""

from __future__ import annotations


class DatapathError(Exception):
    """str() is the line people read."""
