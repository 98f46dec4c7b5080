"""What a long run says while it works."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.eks.redis.plugins.module_utils.engine.progress import LOGGER, about, tell


def test_it_is_silent_unless_somebody_listens(capfd) -> None:
    assert tell("Pod cache-0 is not ready") == "Pod cache-0 is not ready"
    assert capfd.readouterr() == ("", "")


def test_each_thread_says_whose_lines_they_are(caplog) -> None:
    def work(name: str) -> None:
        with about(name):
            tell("waits")

    with caplog.at_level(logging.INFO, LOGGER.name), ThreadPoolExecutor(2) as threads:
        list(threads.map(work, ["apps/a", "apps/b"]))
        tell("done")
    assert sorted(caplog.messages) == ["apps/a: waits", "apps/b: waits", "done"]
