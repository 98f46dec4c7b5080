# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Followers of all primaries, each in a process of its own: one Python is as fast as one core."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.follower import Follower, Plan, Progress

_IDLE = 0.1  # seconds between two rounds where nothing changes
_PAUSE = 0.02  # seconds between two rounds
_PROGRESS, _ANSWER, _AGAIN, _FAILED = "progress", "answer", "again", "failed"


class Team:
    """Starts with it, ends with ``end``."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._members = [_Member(plan) for plan in plans]
        self._asking = threading.Lock()

    def progress(self) -> Progress:
        """Of all together. Raises what has ended one of them: JobError, or Again."""
        for member in self._members:
            if member.error:
                raise member.error
        return total([member.progress for member in self._members])

    def ask(self, method: str, *words: Any) -> list[Any]:
        """The answer of each, all asked at once. Raises as ``progress``."""
        with self._asking:
            for member in self._members:
                member.send(method, words)
            return [member.answer() for member in self._members]

    def end(self) -> None:
        """None is at work any more."""
        for member in self._members:
            member.end()


def total(found: Iterable[Progress]) -> Progress:
    """rounds: of the one that has had most."""
    every = list(found)
    numbers = {each.name: sum(getattr(one, each.name) for one in every) for each in fields(Progress)}
    rounds, follows = max(one.rounds for one in every), all(one.follows for one in every)
    return replace(Progress(**numbers), rounds=rounds, follows=follows)


class _Member:
    def __init__(self, plan: Plan) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, its = context.Pipe()
        self._process = context.Process(target=_work, args=(plan, its), daemon=True)
        self._process.start()
        its.close()
        self.progress, self.error = Progress(), None
        self._answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, method: str, words: tuple[Any, ...]) -> None:
        with suppress(OSError):  # what ended it is its answer
            self._line.send((method, words))

    def answer(self) -> Any:
        found = self._answers.get()
        if isinstance(found, Exception):
            self._answers.put(found)
            raise found
        return found

    def end(self) -> None:
        self._process.kill()
        self._process.join()

    def _listen(self) -> None:
        """Until it ends."""
        error: JobError = Again("a process of the copy was killed; if that goes on, the job needs more memory")
        try:
            while True:
                kind, what = self._line.recv()
                if kind == _PROGRESS:
                    self.progress = what
                elif kind == _ANSWER:
                    self._answers.put(what)
                else:
                    error = Again(what) if kind == _AGAIN else JobError(what)
        except (EOFError, OSError):
            self.error = error
            self._answers.put(error)


def _work(plan: Plan, line: Connection) -> None:
    """The process of a follower. It is asked by name of a method; after ``finish`` it copies nothing more until it is
    told to ``resume``."""
    try:
        follower = Follower(plan, lambda progress: line.send((_PROGRESS, progress)))
        follower.begin()
        still = False
        while True:
            # its answers before anything else: writers may be waiting
            ready = wait([line], _PAUSE) or wait([line, follower], _IDLE)
            if line in ready:
                method, words = line.recv()
                still = method == "finish"
                line.send((_ANSWER, None if method == "resume" else getattr(follower, method)(*words)))
            elif not still:
                follower.round()
    except (Again, Lost) as error:
        line.send((_AGAIN, str(error)))
    except JobError as error:
        line.send((_FAILED, str(error)))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the job has ended
    except Exception as error:
        line.send((_FAILED, f"a fault of the program: {type(error).__name__}: {error}"))
