# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore: RDB files from a bucket into the pods of an instance, by way of the loader beside this job.

Everything that can be known is known before the target is touched: all files are here, whole, loaded once, and hold
what they should. A run that was cut off is completed by the next one, whatever step it was at.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, restoring
from ansible_collections.eks.redis.plugins.module_utils.datapath.hosts import CLUSTER
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File, Loaded
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.jobs import into_cluster, into_master, login, s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError, Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.fence import Phase
from ansible_collections.eks.redis.plugins.module_utils.jobs.fetch import fetch
from ansible_collections.eks.redis.plugins.module_utils.jobs.into_cluster import IntoCluster
from ansible_collections.eks.redis.plugins.module_utils.jobs.into_master import IntoMaster
from ansible_collections.eks.redis.plugins.module_utils.jobs.loader import Loader
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node
from ansible_collections.eks.redis.plugins.module_utils.jobs.safety import SafetySet
from ansible_collections.eks.redis.plugins.module_utils.jobs.scene import Scene, ending, held
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store

# by whether the target is a cluster
_WAYS: dict[bool, type[IntoCluster] | type[IntoMaster]] = {True: IntoCluster, False: IntoMaster}
_WAYS_BACK = {True: into_cluster.put_back, False: into_master.put_back}
_REACHED = {True: into_cluster.reached, False: into_master.reached}


def main(settings: Settings) -> dict[str, Any]:
    """settings: of the target. Errors: DatapathError, JobError; their text says in which state the target is."""
    restore = restoring.from_json(os.environ.get(restoring.VARIABLE, ""))
    return run(settings, restore, Loader(login=login.to_loader()))


def run(settings: Settings, restore: Restore, loader: Loader) -> dict[str, Any]:
    """What the last line says."""
    nodes = [Node(pod, login.to_redis()) for pod in restore.target.redis]
    clustered, size = settings.mode == CLUSTER, sum(file.bytes for file in restore.files)
    if restore.undo and (undone := _undone(restore, nodes, clustered)):
        return undone
    client = s3.client(settings.store.region)
    seconds: dict[str, float] = {}
    tell("started", id=restore.id, source=restore.source, files=len(restore.files), bytes=size)
    with _untouched(restore, nodes, clustered):
        loader.wait()
        with _timed(seconds, "fetch"):
            for file in restore.files:
                fetch(client, file, loader.folder, loader.engine, _Told(file).fetched)
        with _timed(seconds, "load"):
            loaded = _load(restore, loader, apart=clustered)
        safety = SafetySet(
            settings,
            Store(client, settings.store, settings.namespace, settings.name),
            restore.id,
            wanted=restore.safety_backup,
        )
        scene = Scene(
            restore=restore,
            loader=loader,
            loaded=loaded,
            nodes=nodes,
            redis=login.to_redis(),
            sentinels=login.to_sentinels(),
            address=(os.environ.get(restoring.ADDRESS, loader.link.host), loader.link.port),
            safety=safety,
            say=tell,
        )
        way = _WAYS[clustered](scene)
        way.check()
    with _timed(seconds, "exchange"):
        keys = way.go()
    shown = {name: round(number, 1) for name, number in seconds.items()}
    return {"keys": keys, "bytes": size, "safety_set": safety.name, "seconds": shown}


def _undone(restore: Restore, nodes: list[Node], clustered: bool) -> dict[str, Any]:
    """What the last line says, where all that there was to undo is undone. Errors: JobError, where nothing can be."""
    if _back(restore, nodes, clustered):
        keys = held([node for node in nodes if node.role() == "master"])
        return {"keys": keys, "bytes": 0, "safety_set": "", "seconds": {}}
    if not restore.files:
        raise JobError("the old data has been replaced, and is in no set: only the restore itself can be completed")
    return {}


def _load(restore: Restore, loader: Loader, *, apart: bool) -> list[Loaded]:
    """All files, into one another or each alone. Raises JobError with all that is not as it should be."""
    found: list[Loaded] = []
    problems: list[str] = []
    for file in restore.files:
        loaded = loader.load(file, beside=bool(found) and not apart, tell=_Told(file).loaded)
        found.append(loaded)
        problems += loading.problems(file, loaded)
        tell("loaded", file=file.name, keys=loaded.keys, expired=loaded.expired, seconds=round(loaded.seconds, 3))
    if problems:
        raise JobError("; ".join(problems))
    return found


class _Told:
    """What is told of one file on its way."""

    def __init__(self, file: File) -> None:
        self._file = file

    def fetched(self, done: int) -> None:
        tell("progress", text=f"{self._file.name}: {done} of {self._file.bytes} bytes are here")

    def loaded(self, percent: float) -> None:
        tell("progress", text=f"{self._file.name}: {percent:.0f} % are loaded")


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    seconds[step] = time.monotonic() - started


@contextmanager
def _untouched(restore: Restore, nodes: list[Node], clustered: bool) -> Iterator[None]:
    """What fails here leaves the target alone; what an earlier run has begun is put back where that can be."""
    try:
        yield
    except (JobError, Stopped) as error:
        state = ""
        with suppress(JobError):  # which cannot be told
            state = _left(restore, nodes, clustered)
        raise (ending(error, state) if state else error) from None


def _left(restore: Restore, nodes: list[Node], clustered: bool) -> str:
    """What then is. Raises JobError where that cannot be found out."""
    before = _REACHED[clustered](restore, nodes)
    if restore.undo or restore.begun or before >= Phase.REPLACING:
        return "the target is as the run before has left it"
    _back(restore, nodes, clustered)
    return "the target was put back: it holds what it held, and takes writes" if before else "nothing was changed"


def _back(restore: Restore, nodes: list[Node], clustered: bool) -> bool:
    """Whether the target has its own data, and takes writes; else that has to be restored."""
    done = _WAYS_BACK[clustered](restore, nodes, login.to_sentinels(), lambda text: tell("progress", text=text))
    if done:
        tell("put_back")
    return done
