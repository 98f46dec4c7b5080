"""Settings of all unit tests."""

from __future__ import annotations

import steady

steady.load()
