"""A writer in a process of its own: ``python -m benchmarks.mixed_writes PORT RATE``, until its input ends.

Every write is answered before the next is sent; one that failed is sent again by a new connection. It then prints the
longest time in which no write was answered, in seconds.
"""

from __future__ import annotations

import json
import random
import select
import sys
import time

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link

_KEYS = 1_000_000


def main() -> None:
    port, rate = int(sys.argv[1]), int(sys.argv[2])
    link, pick = Link("writer", "127.0.0.1", port, timeout=30), random.Random(1)
    begun = last = time.monotonic()
    longest, sent = 0.0, 0
    while not select.select([sys.stdin], [], [], max(0.0, begun + sent / rate - time.monotonic()))[0]:
        key = f"key:{pick.randrange(_KEYS)}"
        try:
            link.ask(
                *(
                    ("SET", key, "w" * 64),
                    ("DEL", key),
                    ("EXPIRE", key, 7200),
                    ("HSET", f"hash:{pick.randrange(_KEYS)}", "field", sent),
                )[sent % 4]
            )
        except JobError:
            link.close()
            continue
        sent += 1
        now = time.monotonic()
        longest, last = max(longest, now - last), now
        # what it could not send meanwhile is not made up for
        begun = max(begun, now - sent / rate)
    print(json.dumps({"longest": longest, "sent": sent, "seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    main()
