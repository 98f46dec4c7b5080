"""A client that goes on whatever happens: ``python -m clients.writer write|verify``.

write: numbers into keys until a file appears; prints what it saw as JSON (see `record`).
verify: reads that JSON from standard input and every key in it from Redis; prints how many are lost.
The password is in ``REDIS_PASSWORD``, a file with who signs certificates in ``REDIS_CA``; without it there is no TLS.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from clients import record
from clients.access import ACCESS, Address, Client

PAUSE = 0.1  # seconds between a failure and the next try
BATCH = 1000
TRIES = 600  # of the reader, with the pause between them
Answer = TypeVar("Answer")


class Session:
    """A connection that is made anew after a failure, as applications do it."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._client: Client | None = None

    def ask(self, question: Callable[[Client], Answer]) -> Answer:
        """Raises what the client's library raises."""
        try:
            if self._client is None:
                self._client = self._connect()
            return question(self._client)
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


class Writer:
    """prefix: of its keys. rate: writes a second of all threads together."""

    def __init__(self, connect: Callable[[], Client], prefix: str, threads: int, rate: float) -> None:
        self._connect = connect
        self._prefix = prefix
        self._threads = threads
        self._pause = threads / rate
        self._stop = threading.Event()
        self._began = time.monotonic()

    def run(self, enough: Callable[[], bool]) -> dict[str, Any]:
        """Writes until it is enough; returns the report."""
        with ThreadPoolExecutor(self._threads) as pool:
            running = [pool.submit(self._write, thread) for thread in range(self._threads)]
            while not enough():
                time.sleep(PAUSE)
            self._stop.set()
            seen = [each.result() for each in running]
        return record.report(self._prefix, self._now(), seen)

    def _write(self, thread: int) -> record.Thread:
        session, seen, due = Session(self._connect), record.Thread(), self._now()
        while not self._stop.is_set():
            key, number = record.key(self._prefix, thread, seen.count), seen.count
            try:
                session.ask(lambda client, key=key, number=number: client.set(key, number))
            except Exception as error:  # whatever a library raises: the writer is there to go on
                seen.failed(self._now(), f"{type(error).__name__}: {error}")
                self._stop.wait(PAUSE)
            else:
                seen.acknowledged(self._now())
                due = max(due + self._pause, self._now())
                self._stop.wait(due - self._now())
        seen.ended(self._now())
        session.close()
        return seen

    def _now(self) -> float:
        return time.monotonic() - self._began


def read(session: Session, wanted: Iterator[tuple[str, int]]) -> Iterator[tuple[int, int | None]]:
    """The acknowledged number of each key beside the one that it holds."""
    while batch := list(islice(wanted, BATCH)):
        for (_key, number), value in zip(batch, _values(session, [key for key, _number in batch]), strict=True):
            yield number, None if value is None else int(value)


def _values(session: Session, keys: list[str]) -> list[bytes | None]:
    def get(client: Client) -> list[bytes | None]:
        with client.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.get(key)
            return pipeline.execute()

    for _try in range(TRIES):
        try:
            return session.ask(get)
        except Exception as error:  # as in the writer
            last = f"{type(error).__name__}: {error}"
            time.sleep(PAUSE)
    raise SystemExit(f"writer: Redis does not answer: {last}")


def main() -> None:
    options = _parser().parse_args()
    address = Address(options.host, os.environ.get("REDIS_PASSWORD"), ca=os.environ.get("REDIS_CA") or None)
    options.run(options, lambda: ACCESS[options.access](address))


def _write(options: argparse.Namespace, connect: Callable[[], Client]) -> None:
    writer = Writer(connect, options.prefix, options.threads, options.rate)
    print(json.dumps(writer.run(options.until.exists)))


def _verify(_options: argparse.Namespace, connect: Callable[[], Client]) -> None:
    print(json.dumps(record.check(read(Session(connect), record.expected(json.load(sys.stdin))))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="clients.writer", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, run in (("write", _write), ("verify", _verify)):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--access", choices=ACCESS, required=True)
        command.add_argument("--host", required=True, help="the Service to begin with")
        if run is _write:
            command.add_argument("--until", type=Path, required=True, help="the file that ends it")
            command.add_argument("--prefix", default="written", help="of its keys")
            command.add_argument("--threads", type=int, default=2)
            command.add_argument("--rate", type=float, default=100, help="writes a second, of all threads")
    return parser


if __name__ == "__main__":
    main()
