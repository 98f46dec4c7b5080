# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why ``redis-cli --rdb`` has failed, by the last thing that it says (data path sheet §1.2)."""

from __future__ import annotations

import re
import signal

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError

# what it says, what that means, whether another try may go better
_KNOWN = (
    ("WRONGPASS|AUTH failed", "it refuses the password that the job has", False),
    ("NOAUTH", "it asks for a password, and the job has none", False),
    ("NOPERM", "the user may not copy it: its ACL needs +sync +replconf +ping +info", False),
    ("certificate verify failed", "its certificate is not valid here: the job knows another CA", False),
    ("unknown command", "it has no command SYNC, which was renamed: without, it cannot be copied", False),
    ("LOADING", "it is loading its data", True),
    ("NOMASTERLINK", "its link to the master is down", True),
    ("Could not connect", "nobody answers there", True),
    ("Error reading bulk length", "it ended the copy before its first byte", True),
    ("I/O Error reading RDB payload", "it broke the copy off: it was stopped, or shed the copy as too slow", True),
)


def explained(pod: str, said: str, code: int) -> JobError:
    """said: all that redis-cli wrote to its standard error; code: of its exit, or below 0 the signal that ended it."""
    if code < 0:
        name = signal.Signals(-code).name
        return Again(f"{pod}: redis-cli was killed ({name}): is backup.resources.limits.memory enough?")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit code {code}"
    for pattern, meaning, again in _KNOWN:
        if re.search(pattern, last):
            return (Again if again else JobError)(f"{pod}: {meaning} (redis-cli: {last})")
    return Again(f"{pod}: redis-cli failed with exit code {code}: {last}")
