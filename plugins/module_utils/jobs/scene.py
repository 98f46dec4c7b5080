# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the steps of a restore share: the target, the loader with the data, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import Loaded
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError, Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.loader import Loader
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node


class Safety(Protocol):
    """The set that holds what a restore replaces."""

    def make(self) -> None:
        """Puts what the target holds into a set, which stays until it is let go. Raises JobError when it cannot."""

    def let_go(self) -> None:
        """The target has its own data after all: such a set is one as any other."""


@dataclass(frozen=True)
class Scene:
    """nodes: the Redis pods of the target; redis, sentinels: how to get into those, and into its sentinels. address:
    where the pods reach the loader. say: is told each event."""

    restore: Restore
    loader: Loader
    loaded: Sequence[Loaded]
    nodes: Sequence[Node]
    redis: Login
    sentinels: Login
    address: tuple[str, int]
    safety: Safety
    say: Callable[..., None]

    def tell(self, text: str) -> None:
        """What is waited for."""
        self.say("progress", text=text)

    def agreed(self, keys: Mapping[str, int]) -> None:
        """Raises JobError where data would be replaced, and nobody has said that it may."""
        if keys and not self.restore.force:
            raise JobError(
                f"the target holds {sum(keys.values())} keys; they are replaced with force, after they have been put "
                "into a set of their own"
            )

    def same_release(self) -> None:
        """Raises JobError where a pod does not run what the loader runs: it would read what that has written."""
        engine = self.loader.engine
        for node in self.nodes:
            info = node.fields("INFO", "server")
            valkey = info.get("valkey_version")
            found = ("valkey", valkey) if valkey else ("redis", info["redis_version"])
            if found != engine:
                raise JobError(f"{node.what} runs {' '.join(found)}, the loader {' '.join(engine)}; wait for the roll")


def held(nodes: Sequence[Node]) -> dict[str, int]:
    """The keys of all of them, by number of the database."""
    keys: dict[str, int] = {}
    for node in nodes:
        for name, count in node.keys().items():
            keys[name] = keys.get(name, 0) + count
    return keys


def ending(error: JobError | Stopped, state: str) -> JobError | Stopped:
    """The same error, which also says in which state the target is. Who was told to end is started again."""
    text = f"{error}; {state}"
    return Stopped(text) if isinstance(error, Stopped) else JobError(text)
