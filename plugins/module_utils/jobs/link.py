# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection to one Redis: a question, its answer as Redis gave it."""

from __future__ import annotations

import select
import socket
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import keyspace, parse_info
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

# in the image of the jobs it is there
try:
    import hiredis
except ImportError as error:
    _missing: ImportError | None = error
else:
    _missing = None

_PATIENCE = 30.0  # seconds for an answer; what takes longer is waited for by questions
_CONNECT = 5.0  # seconds, at most
_ROOM = 2**18  # bytes that are read at a time
Words = tuple["str | bytes | int", ...]


class Lost(JobError):
    """No connection, or no answer."""


class Refusal(JobError):
    """Redis answered with an error; ``code`` is its first word, such as NOPERM."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Link:
    """what: how messages call this Redis. name: by which it knows the connection, in CLIENT LIST. Connects with the
    first question, and anew after one without an answer.

    Above hiredis, which writes and reads the protocol in C: a copy of single keys would else be one of Python's parser.
    """

    def __init__(
        self,
        what: str,
        host: str,
        port: int,
        password: str = "",
        *,
        user: str = "",
        timeout: float = _PATIENCE,
        tls: ssl.SSLContext | None = None,
        name: str = "",
    ) -> None:
        if _missing:
            raise JobError(f"jobs need the Python package hiredis: {_missing}")
        self.what, self.host, self.port = what, host, port
        self._login = (*((user,) if user else ()), password) if password else ()
        self._timeout, self._tls, self._name = timeout, tls, name
        self._asked: deque[str] = deque()
        self._socket: socket.socket | None = None
        self._reader = hiredis.Reader()
        self._room = bytearray(_ROOM)

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
        self.transmit(hiredis.pack_command(words), _command(words[0]), 1)

    def transmit(self, questions: bytes, what: str, count: int) -> None:
        """So many questions, as the protocol has them. what: their command, for messages."""
        self._asked.extend([what] * count)
        self._reached(lambda: self._connected().sendall(questions), what)

    def answer(self) -> Any:
        """The answer to the oldest question that has none."""
        return self.checked(self._reached(self._read, self._asked[0]), self._asked.popleft())

    def answers(self, count: int) -> list[Any]:
        """Of the oldest questions that have none; a refusal is one of them, see ``checked``."""
        found = self._reached(lambda: self._read_many(count), self._asked[0]) if count else []
        for _each in range(count):
            self._asked.popleft()
        return found

    def message(self) -> Any:
        """The next thing that arrives without a question, such as an event."""
        return self._reached(self._read, "message")

    def accepted(self, answers: list[Any], what: str) -> list[Any]:
        """Those of ``answers``. Raises Refusal for the first that is one."""
        for answer in answers:
            if answer.__class__ is hiredis.ReplyError:
                self.checked(answer, what)
        return answers

    def checked(self, answer: Any, what: str) -> Any:
        """One of ``answers``. Raises Refusal where it is one."""
        if isinstance(answer, hiredis.ReplyError):
            code, text = parts(answer)
            raise Refusal(f"{self.what}: {what}: {text}", code)
        return answer

    def certificate(self) -> bytes:
        """What the server shows, in DER; only with TLS."""
        shown = self._reached(self._connected, "TLS")
        return bytes(shown.getpeercert(binary_form=True))

    def fileno(self) -> int:
        """Of its socket, for who waits for several things; it must be connected."""
        return self._connected().fileno()

    def many(self, questions: Iterable[Words]) -> list[Any]:
        """Their answers, all asked before the first is read. Raises the first Refusal."""
        packed = [(hiredis.pack_command(words), _command(words[0])) for words in questions]
        if not packed:
            return []
        commands = [command for _bytes, command in packed]
        self.transmit(b"".join(each for each, _command in packed), commands[0], len(packed))
        return [self.checked(each, what) for each, what in zip(self.answers(len(packed)), commands, strict=True)]

    def answered(self, seconds: float) -> bool:
        """Whether there is an answer, within some seconds; also when the connection has broken."""
        if self._socket is None or self._reader.has_data():
            return True
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def close(self) -> None:
        """The next question connects again."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._reader = hiredis.Reader()
        self._asked.clear()

    def _connected(self) -> socket.socket:
        if self._socket is None:
            plain = socket.create_connection((self.host, self.port), min(_CONNECT, self._timeout))
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._socket = self._greeted(plain, self._tls) if self._tls else plain
            self._socket.settimeout(self._timeout)
            if self._login:
                self._socket.sendall(hiredis.pack_command(("AUTH", *self._login)))
                self.checked(self._read(), "AUTH")
            if self._name:
                self._socket.sendall(hiredis.pack_command(("CLIENT", "SETNAME", self._name)))
                self.checked(self._read(), "CLIENT")
        return self._socket

    def _greeted(self, plain: socket.socket, tls: ssl.SSLContext) -> ssl.SSLSocket:
        try:
            return tls.wrap_socket(plain, server_hostname=self.host)
        except TimeoutError:  # a Redis waits for the rest of what is no command to it
            raise ConnectionError("no answer to a greeting in TLS") from None

    def _read(self) -> Any:
        return self._read_many(1)[0]

    def _read_many(self, count: int) -> list[Any]:
        found, gets = list[Any](), self._reader.gets
        while len(found) < count:
            one = gets()
            if one is not False:
                found.append(one)
                continue
            if self._socket is None:
                raise ConnectionError("the connection was closed")
            length = self._socket.recv_into(self._room)
            if not length:
                raise ConnectionError("the connection was closed by the server")
            self._reader.feed(self._room, 0, length)
        return found

    def _reached(self, action: Callable[[], Any], what: str) -> Any:
        try:
            return action()
        except Refusal:  # of the login
            self.close()
            raise
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Refusal(f"{self.what}: its certificate is not valid here: {error.verify_message}", "TLS") from None
        except (OSError, hiredis.ProtocolError) as error:
            self.close()
            raise Lost(f"{self.what}: {what}: {_reason(error)}") from None


def counts(info: Mapping[str, str]) -> dict[str, int]:
    """Keys by number of the database, from INFO."""
    return {name: keys for name, (keys, _expires) in keyspace(info).items()}


def parts(error: Exception) -> tuple[str, str]:
    """The code of an error reply, and the reply; without its code where that is a plain ERR."""
    text = _reason(error)
    first, _blank, rest = text.partition(" ")
    if first == "ERR":
        return first, rest
    return (first if first.isupper() else "ERR"), text


def _command(word: str | bytes | int) -> str:
    """All that messages show of a question: what follows may be a password or a key."""
    return (word.decode() if isinstance(word, bytes) else str(word)).upper()


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text.strip() or type(error).__name__).splitlines()[0].rstrip(".")
