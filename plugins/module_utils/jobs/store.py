# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sets of one instance in their bucket: what is there, documents, deletion."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, times
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import AES, KMS, Encryption
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet, StoredFile, group, judged
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Store as Where
from ansible_collections.eks.redis.plugins.module_utils.jobs import s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

_AT_ONCE = 8  # documents that are read side by side
_LARGEST = 16 * 2**20  # bytes; a manifest of a thousand shards has one
_NO_KEY = ("NoSuchKey", "404")
# S3's codes for an object that nothing locks, and for a bucket without locks
_NOT_LOCKED = ("NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "InvalidRequest")
_THERE = "PreconditionFailed"


class Store:
    """client: of boto3 for S3. Every method may raise S3Error."""

    def __init__(self, client: Any, where: Where, namespace: str, name: str) -> None:
        self.client, self.bucket = client, where.bucket
        self.base = keys.base(where.prefix, namespace, name)
        self._owner, self._kms_key = (namespace, name), where.kms_key

    def sets(self) -> list[BackupSet]:
        """All that is there, oldest first."""
        found = group(self.listing(), self.base)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(lambda item: self._judged(*item), found.items()))

    def listing(self) -> Iterator[tuple[str, StoredFile]]:
        """Every key of the instance, with what is stored there."""
        for page in self._pages("list_objects_v2", Prefix=self.base):
            for each in page.get("Contents") or ():
                yield each["Key"], StoredFile(each["Size"], each["LastModified"])

    def uploads(self) -> Iterator[dict[str, Any]]:
        """Uploads in parts that are not finished: ``{Key, UploadId, Initiated}``."""
        for page in self._pages("list_multipart_uploads", Prefix=self.base):
            yield from page.get("Uploads") or ()

    def give_up(self, upload: dict[str, Any]) -> None:
        """One of ``uploads``; no harm is done where it has ended by itself."""
        which = {"Bucket": self.bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
        s3.find(self.client, "abort_multipart_upload", missing=("NoSuchUpload", "404"), **which)

    def text(self, name: str, file: str) -> bytes | None:
        """A document of a set, None where there is none."""
        place = self.place(name, file)
        found = s3.find(self.client, "get_object", missing=_NO_KEY, **place)
        if found is None:
            return None
        with s3.translated("get_object", place):
            return bytes(found["Body"].read(_LARGEST))

    def write(self, name: str, file: str, text: str, *, once: bool = False) -> None:
        """A document of a set. once: it must not be there; errors: JobError where it is, with other words."""
        body = text.encode()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        try:
            s3.call(
                self.client,
                "put_object",
                **self.place(name, file),
                **self.encryption(),
                **({"IfNoneMatch": "*"} if once else {}),
                Body=body,
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",  # in a bucket that locks its objects a checksum alone does not do
                ChecksumSHA256=digest,
            )
        except s3.S3Error as error:
            # a retry of boto3's own meets what the first attempt has written
            if error.code != _THERE or self.text(name, file) != body:
                raise

    def delete(self, one: BackupSet) -> None:
        """A whole set, the manifest first: what is left when this is cut off is no set. Errors: JobError for one that
        S3 keeps, then nothing of it is gone."""
        first = [file for file in (keys.MANIFEST, keys.VERDICT) if file in one.files]
        for file in [*first, *(file for file in one.files if file not in first)]:
            self.remove(one.name, file)

    def remove(self, name: str, file: str) -> None:
        """One file of a set, whether it is there or not."""
        s3.call(self.client, "delete_object", **self.place(name, file))

    def locked(self, one: BackupSet, now: datetime) -> str:
        """Why S3 Object Lock keeps a set, "" where it does not: in a bucket with versions, which one with locks is,
        deleting would only hide it."""
        place = self.place(one.name, min(one.files, key=lambda file: (file != keys.MANIFEST, file)))
        held = s3.find(self.client, "get_object_retention", missing=_NOT_LOCKED, **place)
        until = held["Retention"].get("RetainUntilDate") if held else None
        if until and until > now:
            return f"S3 Object Lock keeps it until {times.written(until)}"
        hold = s3.find(self.client, "get_object_legal_hold", missing=_NOT_LOCKED, **place)
        return "a legal hold is on it" if hold and hold["LegalHold"].get("Status") == "ON" else ""

    def place(self, name: str, file: str) -> dict[str, str]:
        """Bucket and Key of a file, as calls take them."""
        return {"Bucket": self.bucket, "Key": keys.key(self.base, name, file)}

    def encryption(self) -> dict[str, str]:
        """What calls that write say of it: nothing where the bucket decides."""
        return {"ServerSideEncryption": KMS, "SSEKMSKeyId": self._kms_key} if self._kms_key else {}

    def encrypted(self, answer: dict[str, Any]) -> Encryption:
        """As S3 says that it has encrypted. Errors: JobError where another key was asked for."""
        algorithm, key = answer.get("ServerSideEncryption") or AES, answer.get("SSEKMSKeyId") or ""
        if self._kms_key and (algorithm, key) != (KMS, self._kms_key):
            raise JobError(f"S3 encrypts with {key or algorithm} instead of {self._kms_key}")
        return Encryption(KMS, key) if algorithm.startswith(KMS) else Encryption(AES, "")

    def _judged(self, name: str, files: dict[str, StoredFile]) -> BackupSet:
        manifest, verdict = (self.text(name, file) if file in files else None for file in (keys.MANIFEST, keys.VERDICT))
        return judged(name, files, manifest, verdict, self._owner)

    def _pages(self, operation: str, **params: Any) -> Iterator[dict[str, Any]]:
        """By our own hand, so that errors of each page are told as those of any call."""
        after: dict[str, Any] = {}
        while True:
            page = s3.call(self.client, operation, Bucket=self.bucket, **params, **after)
            yield page
            if not page.get("IsTruncated"):
                return
            if operation == "list_objects_v2":
                after = {"ContinuationToken": page["NextContinuationToken"]}
            else:
                after = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}
