# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends a job, as one line."""

from __future__ import annotations

from typing import Any


class JobError(Exception):
    """str() is the line people read. more: what a program may want beside it."""

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message)
        self.more = more


class Again(JobError):
    """What may go well at another try."""


class CalledOff(JobError):
    """Something that was given up because something else has failed."""


class Stopped(BaseException):
    """The process was told to end. No Exception: botocore would take it for a failure of the network, and go on."""
