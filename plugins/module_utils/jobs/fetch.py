# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing an RDB from its bucket to the scratch volume: whole and as it was written, or not at all."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import rdb
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.jobs import s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

_PIECE = 4 * 2**20  # bytes
_TRIES = 4  # of a download that is cut off; each goes on where the one before has ended
_PAUSE = 2.0  # seconds
_TOLD = 5.0  # seconds between two words about progress


def fetch(
    client: Any, file: File, folder: Path, engine: tuple[str, str], tell: Callable[[int], None] = lambda done: None
) -> None:
    """Writes the file into the folder under its name. engine: of the server that shall load it.

    tell: is given the bytes that are there, now and then. Raises JobError where it is not the file that it should be,
    or no server of that release loads it.
    """
    digest = hashlib.sha256()
    done, told = 0, time.monotonic()
    try:
        with (folder / file.name).open("wb") as out:
            for left in reversed(range(_TRIES)):
                try:
                    for piece in _pieces(client, file, done):
                        if not done:
                            _readable(file, piece, engine)
                        out.write(piece)
                        digest.update(piece)
                        done += len(piece)
                        if time.monotonic() - told > _TOLD:
                            told = time.monotonic()
                            tell(done)
                    break
                except s3.S3Error as error:
                    # boto3 has tried again where S3 gave an answer
                    if error.code or not left:
                        raise
                    time.sleep(_PAUSE)
    except OSError as error:
        raise JobError(f"{file.name} cannot be written to the scratch volume: {error.strerror}") from None
    if done != file.bytes:
        raise JobError(f"{file.name} has {done} bytes instead of {file.bytes}")
    if file.expected and digest.hexdigest() != file.expected.sha256:
        raise JobError(f"{file.name} is not what was written: its SHA-256 is not the one in the manifest")


def _pieces(client: Any, file: File, start: int) -> Iterator[bytes]:
    """The object from a byte on. Raises S3Error."""
    place = {"Bucket": file.bucket, "Key": file.key}
    version = {"VersionId": file.version_id} if file.version_id else {}
    further = {"Range": f"bytes={start}-"} if start else {}
    answer = s3.call(client, "get_object", **place, **version, **further)
    with s3.translated("get_object", place):
        yield from answer["Body"].iter_chunks(_PIECE)


def _readable(file: File, head: bytes, engine: tuple[str, str]) -> None:
    try:
        refused = rdb.can_load(rdb.parse(head), *engine)
    except DatapathError as error:
        refused = str(error)
    if refused:
        raise JobError(f"{file.name}: {refused}")
