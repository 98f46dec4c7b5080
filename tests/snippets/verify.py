"""Which acknowledged writes are not there: ``python verify.py ACCESS HOST < COUNTS``, a mapping from prefix to count.

It reads through a client of its own, not through a printed program. Prints a mapping from prefix to the numbers that
are lost. The password is in ``REDIS_PASSWORD``, who signs certificates in ``REDIS_CA``.
"""

from __future__ import annotations

import json
import os
import sys

from clients import record
from clients.access import ACCESS, Address


def main(access: str, host: str) -> None:
    counts = json.load(sys.stdin)
    address = Address(host, os.environ["REDIS_PASSWORD"], patience=5.0, ca=os.environ["REDIS_CA"])
    with ACCESS[access](address) as client, client.pipeline(transaction=False) as pipeline:
        for prefix, count in counts.items():
            for number in range(count):
                pipeline.get(record.key(prefix, 0, number))
        answers = iter(pipeline.execute())
    lost = {
        prefix: [number for number in range(count) if next(answers) != str(number).encode()]
        for prefix, count in counts.items()
    }
    print(json.dumps(lost))


if __name__ == "__main__":
    main(*sys.argv[1:])
