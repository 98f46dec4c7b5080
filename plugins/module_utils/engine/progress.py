# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long run says while it works: records of one logger, for whoever stands between it and a person."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

LOGGER = logging.getLogger("eks.redis")
_subject: ContextVar[str] = ContextVar("subject", default="")


def tell(line: str) -> str:
    """Says that this was done, or is waited for; returns the line."""
    LOGGER.info("%s%s", _subject.get(), line)
    return line


def tell_change(line: str, *, predicted: bool) -> None:
    """Says ``created: StorageClass gp3``, or in check mode that it would be."""
    tell(f"{'would be ' if predicted else ''}{line}")


def tell_result(outcome: Mapping[str, Any], *, predicted: bool) -> None:
    """Says the changes in a result of ``apply.result``."""
    for line in outcome["summary"] if outcome["changed"] else ():
        tell_change(line, predicted=predicted)


@contextmanager
def about(subject: str) -> Iterator[None]:
    """Puts whose they are before the lines of this thread, where several speak at once."""
    before = _subject.set(f"{subject}: ")
    try:
        yield
    finally:
        _subject.reset(before)
