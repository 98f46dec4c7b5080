"""Faults that tests ask for: the next calls of an operation fail, or are slow."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from lab.aws import errors, permissions
from lab.aws.caller import Caller
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault

FOREVER = -1


@dataclass(eq=False)
class Asked:
    """What ``POST /lab/faults`` takes. Empty ``operation``, ``account`` or ``key`` means any."""

    service: str
    operation: str = ""
    account: str = ""
    key: str = ""  # what ``bucket/key`` of a call to S3 begins with
    code: str = ""  # of errors.COMMON, in the words of the service, else literally; empty: no error, only slow
    message: str = ""  # default: AWS's own, for errors.COMMON
    status: int = 400  # for a literal code
    times: int = FOREVER
    delay: float = 0.0  # seconds before the answer, or until this is forgotten
    garbled: bool = False  # an object is not what it was when it arrives: a bit of its last byte is another
    waiting: int = field(default=0, init=False)  # calls that wait for their answer now
    over: threading.Event = field(default_factory=threading.Event, init=False)

    def meets(self, request: AwsRequest) -> bool:
        return (
            self.times != 0
            and self.service == request.call.service
            and self.operation in ("", request.call.operation)
            and self.account in ("", request.account)
            and _place(request).startswith(self.key)
        )


class Faults:
    def __init__(self) -> None:
        self._asked: list[Asked] = []
        self._lock = threading.Lock()

    def ask(self, asked: Asked) -> None:
        with self._lock:
            self._asked.append(asked)

    def forget(self, key: str) -> None:
        """Those that were asked for with this key, or one that begins with it."""
        with self._lock:
            for asked in self._with(key):
                self._asked.remove(asked)
                asked.over.set()

    def waiting(self, key: str) -> int:
        """Calls that wait for their answer because of one with such a key."""
        with self._lock:
            return sum(asked.waiting for asked in self._with(key))

    def clear(self) -> None:
        self.forget("")

    def check(self, request: AwsRequest, caller: Caller) -> bool:
        """Raises the Fault that is due; else whether the object that is sent or answered is garbled."""
        with self._lock:
            due = next((asked for asked in self._asked if asked.meets(request)), None)
            if not due:
                return False
            if due.times != FOREVER:
                due.times -= 1
            due.waiting += 1
        due.over.wait(due.delay)
        with self._lock:
            due.waiting -= 1
        if due.code:
            raise _fault(due, request, caller)
        return due.garbled

    def _with(self, key: str) -> list[Asked]:
        return [asked for asked in self._asked if asked.key.startswith(key)]


def garbled(body: bytes) -> bytes:
    return body[:-1] + bytes([body[-1] ^ 1]) if body else body


def _place(request: AwsRequest) -> str:
    given = request.params
    return f"{given.get('Bucket', '')}/{given.get('Key') or given.get('Prefix') or ''}"


def _fault(asked: Asked, request: AwsRequest, caller: Caller) -> Fault:
    if asked.code not in errors.COMMON:
        return Fault(asked.code, asked.message, asked.status)
    if asked.code == "AccessDenied" and not asked.message:
        need = permissions.needed(request)[0]
        nothing = f"because no identity-based policy allows the {need.action} action"
        return errors.denied(request, caller.arn, need.action, need.resource, nothing)
    named = errors.common(request, asked.code)
    return Fault(named.code, asked.message or named.message, named.status)
