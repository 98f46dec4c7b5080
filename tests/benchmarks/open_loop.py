"""Clients of a Redis in a process of their own: ``python -m benchmarks.open_loop PORT RATE``, until its input ends.

Questions are sent when their time has come, whether those before are answered or not; a question that is late counts
from when it should have been sent. It then prints the 99th percentile of the latencies, in milliseconds.
"""

from __future__ import annotations

import select
import socket
import statistics
import sys
import time

_KEYS = 1000
_COMMANDS = (b"*3\r\n$3\r\nSET\r\n$9\r\nloop:%04d\r\n$1\r\n1\r\n", b"*2\r\n$3\r\nGET\r\n$9\r\nloop:%04d\r\n")
# in octets, of "+OK" and of a value of one
_ANSWERS = (5, 7)


def latencies(port: int, rate: int) -> list[float]:
    """Seconds of each question; every other one writes."""
    taken: list[float] = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
        begun, sent, pending, over = time.monotonic(), 0, 0, False
        while not over or len(taken) < sent:
            due = begun + sent / rate
            now = time.monotonic()
            if not over and now >= due:
                connection.sendall(_COMMANDS[sent % 2] % (sent // 2 % _KEYS))
                sent += 1
                continue
            for found, _event in poll.poll(max(0.0, due - now) * 1000 if not over else 1000):
                if found == connection.fileno():
                    pending += len(connection.recv(65536))
                    now = time.monotonic()
                    while len(taken) < sent and pending >= _ANSWERS[len(taken) % 2]:
                        pending -= _ANSWERS[len(taken) % 2]
                        taken.append(now - begun - len(taken) / rate)
                else:
                    over = True
                    poll.unregister(sys.stdin)
    return taken


def main() -> None:
    taken = latencies(int(sys.argv[1]), int(sys.argv[2]))
    print(1000 * statistics.quantiles(taken, n=100)[98])


if __name__ == "__main__":
    main()
