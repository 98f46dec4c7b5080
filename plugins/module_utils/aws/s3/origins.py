# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore takes, found from where Ansible runs, by whom its options name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import IO

from ansible_collections.eks.redis.plugins.module_utils.aws import errors
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import backups
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, origin, rdb, selection
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.datapath.origin import Origin
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Store as Where
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some

_MISSING = ("404", "NoSuchKey")


class Origins:
    """where: the bucket of sets, and of files that have to be uploaded. Methods may raise AwsError and EngineError."""

    def __init__(self, aws: Aws, where: Where) -> None:
        self._aws, self._where = aws, where

    def of_set(self, namespace: str, name: str, wanted: str | datetime) -> Origin:
        """A set of an instance, see selection.choose."""
        try:
            chosen = selection.choose(self._sets(namespace, name), wanted)
        except DatapathError as error:
            raise EngineError(f"s3://{self._where.bucket}/{self._base(namespace, name)}: {error}") from None
        return self._origin(chosen, namespace, name)

    def of_files(self, namespace: str, name: str, restore: str, given: Sequence[str]) -> Origin:
        """RDB files: paths of this machine, which are to be uploaded, and ``s3://`` URIs. namespace, name: of the
        instance that they go into; restore: the id."""
        files, magics, uploads = [], [], []
        for number, text in enumerate(given):
            named = origin.file_name(number, text)
            if place := origin.split(text):
                file, head = self._stored(named, *place)
            else:
                key = f"{self._base(namespace, name)}foreign/{restore}/{named}"
                file, head = _local(text, File(named, self._where.bucket, key, "", 0))
                uploads.append((text, key))
            try:
                magics.append(rdb.parse(head))
            except DatapathError as error:
                raise EngineError(f"files: {text}: {error}") from None
            files.append(file)
        total = size(sum(file.bytes for file in files))
        words = f"{some(len(files), 'file')} of {total}: {', '.join(given)}"
        return Origin(words, tuple(files), tuple(magics), uploads=tuple(uploads))

    def held(self, namespace: str, name: str) -> list[BackupSet]:
        """Sets that restores have put aside and nobody has let go, oldest first."""
        return [one for one in self._sets(namespace, name) if keys.HOLD in one.files]

    def old_data(self, namespace: str, name: str, restore: str = "") -> BackupSet | None:
        """The set with what was there before a restore: the one of that id, or the last that has put anything aside.

        Of several that a restore has made, being cut off and gone on with, the first: later ones may hold new data.
        """
        found: dict[str, BackupSet] = {}
        for one in self.held(namespace, name):
            found.setdefault(self._restore(namespace, name, one.name), one)
        return found.get(restore) if restore else next(reversed(found.values()), None)

    def of_held(self, one: BackupSet, namespace: str, name: str) -> Origin:
        """A set that a restore has put aside."""
        if not one.complete:
            raise EngineError(f"set {one.name}, which holds the old data, is not complete: {one.problem}")
        return self._origin(one, namespace, name)

    def let_go(self, namespace: str, name: str, sets: Iterable[str]) -> None:
        """These sets are sets as any other."""
        for one in sets:
            self._delete(keys.key(self._base(namespace, name), one, keys.HOLD))

    def upload(self, uploads: Iterable[tuple[str, str]]) -> None:
        """Puts files of this machine where the job finds them."""
        key = self._where.kms_key
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
        for path, name in uploads:
            with errors.translated("s3", self._aws.region), _opened(path) as file:
                self._aws.client("s3").upload_fileobj(
                    file, self._where.bucket, name, ExtraArgs={"ChecksumAlgorithm": "SHA256", **encryption}
                )

    def forget(self, uploads: Iterable[str]) -> None:
        """Takes them away again, by their keys."""
        for name in uploads:
            self._delete(name)

    def _origin(self, chosen: BackupSet, namespace: str, name: str) -> Origin:
        made = chosen.manifest
        if made is None:
            raise AssertionError(f"set {chosen.name} was chosen, and is not complete")
        shards = f", {some(len(made.shards), 'shard')}" if len(made.shards) > 1 else ""
        about = f"{chosen.state}, {size(made.bytes)}, {some(made.total_keys, 'key')}{shards}"
        text = f"set {chosen.name} of {namespace}/{name} ({about})"
        return origin.of_set(made, text, self._where.bucket, self._base(namespace, name))

    def _base(self, namespace: str, name: str) -> str:
        return keys.base(self._where.prefix, namespace, name)

    def _sets(self, namespace: str, name: str) -> list[BackupSet]:
        return backups.sets(self._aws, self._where, namespace, name)

    def _restore(self, namespace: str, name: str, one: str) -> str:
        """The id of the restore that has put a set aside."""
        key = keys.key(self._base(namespace, name), one, keys.HOLD)
        body = self._aws.call("s3", "get_object", Bucket=self._where.bucket, Key=key)["Body"].read()
        return str(json.loads(body)["restore"])

    def _delete(self, key: str) -> None:
        self._aws.call("s3", "delete_object", Bucket=self._where.bucket, Key=key)

    def _stored(self, named: str, bucket: str, key: str) -> tuple[File, bytes]:
        """An object, and its first bytes."""
        head = self._aws.find("s3", "head_object", missing=_MISSING, Bucket=bucket, Key=key)
        if head is None:
            raise EngineError(f"files: there is no object s3://{bucket}/{key}")
        file = File(named, bucket, key, "", int(head["ContentLength"]))
        if not file.bytes:
            return file, b""
        answer = self._aws.call("s3", "get_object", Bucket=bucket, Key=key, Range=f"bytes=0-{rdb.MAGIC - 1}")
        return file, bytes(answer["Body"].read())


def _local(path: str, file: File) -> tuple[File, bytes]:
    """A file of this machine, and its first bytes."""
    with _opened(path) as opened:
        head = opened.read(rdb.MAGIC)
        return replace(file, bytes=os.fstat(opened.fileno()).st_size), head


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    try:
        with open(path, "rb") as file:
            yield file
    except OSError as error:
        raise EngineError(f"files: {path}: {error.strerror}") from None
