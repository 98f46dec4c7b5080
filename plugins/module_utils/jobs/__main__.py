# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the toolbox image: ``python3 -m ansible_collections.eks.redis.plugins.module_utils.jobs COMMAND``.

What it has to know is in its environment (datapath/settings.py). It writes JSON objects, one a line (events.py); the
last one says how it ended, as its exit code does: 0 done, 1 failed, 2 not asked in a way that it understands, 143 told
to end.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from ansible_collections.eks.redis.plugins.module_utils.datapath import keeping, migrating, settings
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError, Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import DONE, FAILED, tell

STOPPED = 128 + signal.SIGTERM  # as a shell says it
# command -> module beside this one, and what it is told, by a variable; its main gives what the last line says
COMMANDS = {
    "backup": ("backup", settings),
    "prune": ("prune", settings),
    "list": ("listing", settings),
    "exporter": ("exporter", settings),
    "restore-test": ("restore_test", settings),
    "restore": ("restore", settings),
    "migrate": ("live.job", migrating),
    "migrate-control": ("live.control", migrating),
    "keeper": ("keeper.job", keeping),
}


def main(words: Sequence[str]) -> int:
    """The exit code."""
    if len(words) != 1 or words[0] not in COMMANDS:
        tell(FAILED, reason=f"one command is needed, one of {', '.join(COMMANDS)}; given: {' '.join(words) or 'none'}")
        return 2
    for signalled in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signalled, _stop)
    try:
        module, told = COMMANDS[words[0]]
        text = os.environ.get(told.VARIABLE)
        if not text:
            raise JobError(f"{told.VARIABLE} is not set: it tells the job what it is for")
        given = told.from_json(text)
        command = importlib.import_module(f"{__package__}.{module}")
        tell(DONE, **command.main(given))
        return 0
    except (DatapathError, JobError) as error:
        tell(FAILED, reason=str(error))
    except Stopped as error:
        tell(FAILED, reason=str(error))
        return STOPPED
    except Exception as error:
        tell(FAILED, reason=f"a fault of the program: {_where(error)}")
    return 1


def _stop(number: int, _frame: Any) -> NoReturn:
    raise Stopped(f"the job was told to end ({signal.Signals(number).name}): its time was up, or it was deleted")


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{place}"


if __name__ == "__main__":
    code = main(sys.argv[1:])
    # threads may be left in a call that nobody waits for
    os._exit(code)
