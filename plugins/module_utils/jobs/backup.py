# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One backup set: every shard at one moment, each from its own source, and the manifest when all of it is there.

Until the manifest is sent nothing is a set: whatever goes wrong, what was written is taken back. When no answer to the
manifest comes, nobody knows whether it has arrived, and nothing is taken back: the set is whole, or pruning finds it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, sources
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.hosts import Host
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import FORMAT_VERSION, Manifest
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.datapath.sources import Chosen
from ansible_collections.eks.redis.plugins.module_utils.datapath.version import VERSION
from ansible_collections.eks.redis.plugins.module_utils.jobs import buffers, login, prune, s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, CalledOff, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store
from ansible_collections.eks.redis.plugins.module_utils.jobs.stream import Patience
from ansible_collections.eks.redis.plugins.module_utils.jobs.survey import survey
from ansible_collections.eks.redis.plugins.module_utils.jobs.transfer import Copied, Transfer, now

_AT_ONCE = 16  # shards that are copied side by side; those of larger clusters take turns, and the skew says so
_PAUSE = 5.0  # seconds before another try, and between two words of progress
_LAST_WORDS = 20.0  # seconds for taking all back; Kubernetes gives 30 before it kills


def main(settings: Settings) -> dict[str, Any]:
    """A set, and what retention says of the others."""
    store = Store(s3.client(settings.store.region), settings.store, settings.namespace, settings.name)
    made = back_up(settings, store)
    return {
        "set": made.set,
        "bytes": made.bytes,
        "keys": made.total_keys,
        "seconds": (made.finished - made.started).total_seconds(),
        "skew_seconds": made.skew_seconds,
        **prune.leniently(settings, store),
    }


def back_up(settings: Settings, store: Store) -> Manifest:
    """A set, at one of several tries. Errors: JobError."""
    for left in reversed(range(settings.source.tries)):
        try:
            return Attempt(settings, store).run()
        except (Again, DatapathError) as error:
            if not left:
                raise JobError(str(error)) from None
            tell("again", reason=str(error), tries_left=left)
            time.sleep(_PAUSE)
    raise JobError("no try is allowed: source.tries is 0")


class Attempt:
    """One try at a set."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._started = now()
        self._set = keys.set_name(self._started, "".join(secrets.choice(keys.SUFFIX) for _each in range(4)))
        self._stop = threading.Event()
        self._transfers: list[Transfer] = []

    def run(self) -> Manifest:
        """Errors: JobError, and DatapathError where the pods do not agree on who is who."""
        try:
            chosen = self._choose()
            copied = self._copy(chosen)
            histories = [each.shard.replid for each in copied]
            if problem := sources.moved(chosen, histories, self._ask(), self._settings.mode):
                raise Again(problem)
            manifest = self._manifest(chosen, copied)
        except BaseException:
            self._take_back()
            raise
        self._seal(manifest)
        if not manifest.total_keys:
            tell("warning", reason="the set holds no keys at all")
        return manifest

    def _seal(self, manifest: Manifest) -> None:
        try:
            self._store.write(self._set, keys.MANIFEST, manifest.to_json(), once=True)
        except s3.S3Error as error:
            if error.refused:
                self._take_back()
            raise

    def _choose(self) -> list[Chosen]:
        chosen = sources.choose(self._ask(), self._settings.mode, self._settings.source)
        tell("started", set=self._set, shards=len(chosen))
        for one in chosen:
            shard = keys.shard_file(one.group.slots[0][0])
            tell("source", shard=shard, pod=one.host.pod, role=one.host.role, lag_bytes=one.lag, reason=one.reason)
        return chosen

    def _ask(self) -> list[Host]:
        return survey(self._settings.hosts, self._settings.mode, login.to_redis())

    def _copy(self, chosen: Sequence[Chosen]) -> list[Copied]:
        limits = self._settings.source
        memory = max(int(one.host.info.get("used_memory", 0)) for one in chosen)
        count, size = buffers.plan(min(len(chosen), _AT_ONCE), memory)
        patience = Patience(limits.stall, limits.timeout)
        self._transfers = [
            Transfer(self._store, self._set, one, buffers.Buffers(count, size), patience, self._stop) for one in chosen
        ]
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            # first the bucket, then all servers at once
            _all([pool.submit(each.begin) for each in self._transfers], self._progress)
            return _all([pool.submit(each.run) for each in self._transfers], self._progress)
        finally:
            self._stop.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _progress(self, seconds: float) -> None:
        tell("progress", bytes=sum(each.read for each in self._transfers), seconds=round(seconds, 1))

    def _manifest(self, chosen: Sequence[Chosen], copied: Sequence[Copied]) -> Manifest:
        times = [each.shard.ctime for each in copied]
        engines = {one.host.engine for one in chosen}
        # in the middle of an upgrade: the newest is what loads all of them
        engine, version = max(engines, key=lambda each: [int(part) for part in each[1].split(".") if part.isdigit()])
        encryptions = {each.encryption for each in copied}
        if len(encryptions) > 1:
            raise Again("the encryption of the bucket has changed during the backup")
        manifest = Manifest(
            format_version=FORMAT_VERSION,
            set=self._set,
            namespace=self._settings.namespace,
            name=self._settings.name,
            mode=self._settings.mode,
            engine=engine,
            engine_version=version,
            started=self._started,
            finished=now(),
            skew_seconds=float(max(times) - min(times)),
            shards=tuple(each.shard for each in copied),
            encryption=encryptions.pop(),
            collection_version=VERSION,
        )
        if problems := manifest.problems():
            raise JobError(f"the set would not be whole: {'; '.join(problems)}")
        return manifest

    def _take_back(self) -> None:
        """Best done, not promised: pruning finds what is left."""
        self._stop.set()
        pool = ThreadPoolExecutor(_AT_ONCE)
        undone = [pool.submit(each.undo) for each in self._transfers]
        _done, late = wait(undone, _LAST_WORDS)
        problems = [str(each.exception()) for each in undone if each.done() and each.exception()]
        if late:
            problems.append(f"{len(late)} uploads were not taken back in time")
        pool.shutdown(wait=False, cancel_futures=True)
        for problem in problems:
            tell("warning", reason=f"remains of set {self._set} are left for pruning: {problem}")


def _all(running: list[Future[Any]], progress: Any) -> list[Any]:
    """Their results in order. When one fails its error is raised, not that of those which are called off because of
    it."""
    started = time.monotonic()
    waiting: set[Future[Any]] = set(running)
    while waiting:
        done, waiting = wait(waiting, _PAUSE, FIRST_EXCEPTION)
        errors = [error for each in done if (error := each.exception())]
        if errors:
            raise min(errors, key=lambda error: isinstance(error, CalledOff))
        if waiting:
            progress(time.monotonic() - started)
    return [each.result() for each in running]
