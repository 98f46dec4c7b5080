# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection to one Redis: a question, its answer as Redis gave it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import keyspace, parse_info
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

# in the image of the jobs it is there
try:
    import redis
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None

_PATIENCE = 30.0  # seconds for an answer; what takes longer is waited for by questions
# redis-py takes these words away from the messages of its own kinds of errors
_CODES = {
    "AuthenticationError": "NOAUTH",
    "BusyLoadingError": "LOADING",
    "ClusterDownError": "CLUSTERDOWN",
    "NoPermissionError": "NOPERM",
    "OutOfMemoryError": "OOM",
    "ReadOnlyError": "READONLY",
}


class Lost(JobError):
    """No connection, or no answer."""


class Refusal(JobError):
    """Redis answered with an error; ``code`` is its first word, such as NOPERM."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Link:
    """what: how messages call this Redis. Connects with the first question, and anew after one without an answer."""

    def __init__(
        self, what: str, host: str, port: int, password: str = "", *, user: str = "", timeout: float = _PATIENCE
    ) -> None:
        if _missing:
            raise JobError(f"jobs need the Python package redis: {_missing}")
        self.what, self.host, self.port = what, host, port
        login = {"password": password or None, "username": user or None}
        # redis-py has types for its clients only; these turn answers into other things
        connection: Any = redis.Connection
        self._asked: deque[str] = deque()
        self._connection = connection(
            host=host, port=port, socket_timeout=timeout, socket_connect_timeout=5, protocol=2, **login
        )

    def ask(self, *words: str | bytes | int) -> Any:
        """The answer: bytes, a number, a list of these, or None. Raises Lost or Refusal."""
        self.send(*words)
        return self.answer()

    def text(self, *words: str | bytes | int) -> str:
        """The answer as text."""
        answer = self.ask(*words)
        return answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)

    def fields(self, *words: str) -> dict[str, str]:
        """The answer of INFO or CLUSTER INFO."""
        return parse_info(self.text(*words))

    def keys(self) -> dict[str, int]:
        """How many keys it holds, by number of the database."""
        return counts(self.fields("INFO", "keyspace"))

    def send(self, *words: str | bytes | int) -> None:
        """A question whose answer is asked for later."""
        self._asked.append(_command(words[0]))
        self._reached(lambda: self._connection.send_command(*words, check_health=False), self._asked[-1])

    def answer(self) -> Any:
        """The answer to the oldest question that has none."""
        return self._reached(lambda: self._connection.read_response(disable_decoding=True), self._asked.popleft())

    def many(self, questions: Iterable[tuple[str | bytes | int, ...]]) -> list[Any]:
        """Their answers, all asked before the first is read. After an error the next question connects anew."""
        asked = 0
        for words in questions:
            self.send(*words)
            asked += 1
        try:
            return [self.answer() for _each in range(asked)]
        except Refusal:
            self.close()
            raise

    def answered(self, seconds: float) -> bool:
        """Whether there is an answer, within some seconds; also when the connection has broken."""
        try:
            return bool(self._connection.can_read(timeout=seconds))
        except redis.RedisError:
            return True

    def close(self) -> None:
        """The next question connects again."""
        self._connection.disconnect()
        self._asked.clear()

    def _reached(self, action: Callable[[], Any], what: str) -> Any:
        try:
            return action()
        except (redis.RedisError, OSError) as error:
            if isinstance(error, redis.ResponseError) or type(error).__name__ in _CODES:
                code, text = _parts(error)
                raise Refusal(f"{self.what}: {what}: {text}", code) from None
            self.close()
            raise Lost(f"{self.what}: {what}: {_reason(error)}") from None


def counts(info: Mapping[str, str]) -> dict[str, int]:
    """Keys by number of the database, from INFO."""
    return {name: keys for name, (keys, _expires) in keyspace(info).items()}


def _command(word: str | bytes | int) -> str:
    """All that messages show of a question: what follows may be a password or a key."""
    return (word.decode() if isinstance(word, bytes) else str(word)).upper()


def _parts(error: Exception) -> tuple[str, str]:
    """The code of an error reply, and the reply as Redis wrote it, except for a plain ERR."""
    text = _reason(error)
    code = _CODES.get(type(error).__name__)
    if code:
        return code, f"{code} {text}"
    first = text.split(" ", 1)[0]
    return (first if first.isupper() else "ERR"), text


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
