# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object from a stream, in parts: completed only when all of it is known to be right, else nothing is left of it.

Every part is sent with its CRC-32, which S3 compares with what arrives; the one of all parts is compared with what S3
says at the end. It is what finds a fault of the way, at a third of what a SHA-256 costs; the SHA-256 of the manifest is
what finds what was altered since (stream.py). How much is in memory does not depend on how much is stored (buffers.py).
"""

from __future__ import annotations

import base64
import zlib
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Encryption
from ansible_collections.eks.redis.plugins.module_utils.jobs import s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.buffers import PARTS, Buffers
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store

_LAST_WORDS = 10.0  # seconds that parts on their way are waited for when all is over
_GONE = ("NoSuchUpload", "404")


@dataclass(frozen=True)
class Stored:
    """What S3 says of an object that is complete."""

    checksum: str
    version_id: str
    encryption: Encryption


class Upload:
    """Begins with the first part. Every method may raise S3Error; after an error there is only ``undo``."""

    def __init__(self, store: Store, name: str, file: str, buffers: Buffers) -> None:
        self._store, self._place, self._buffers = store, store.place(name, file), buffers
        self._set, self._file = name, file
        self._made = False  # or may be, when no answer came
        self._upload: dict[str, Any] = {}
        self._parts: list[Future[dict[str, Any]]] = []
        self._pool = ThreadPoolExecutor(buffers.count)

    def begin(self) -> None:
        """Asks S3 for an upload."""
        answer = self._call("create_multipart_upload", ChecksumAlgorithm="CRC32", **self._store.encryption())
        self._upload = {**self._place, "UploadId": answer["UploadId"]}

    def part(self, buffer: bytearray, length: int) -> None:
        """Sends the first bytes of a buffer, which goes back to the others when they have arrived."""
        number = len(self._parts) + 1
        if number > PARTS:
            raise JobError(f"{self._file} has more than {PARTS} parts")
        self._parts.append(self._pool.submit(self._send, number, buffer, length))

    def check(self) -> None:
        """Raises what a part has met with, if any."""
        for part in self._parts:
            if part.done():
                part.result()

    def complete(self, size: int) -> Stored:
        """Waits for all parts, and makes the object of them. size: in bytes, which it must have then."""
        parts = [part.result() for part in self._parts]
        expected = crc32(b"".join(base64.b64decode(part["ChecksumCRC32"]) for part in parts))
        self._made = True
        done = self._call("complete_multipart_upload", **self._upload, MultipartUpload={"Parts": parts})
        self._upload = {}
        self._pool.shutdown()
        head = self._call("head_object", ChecksumMode="ENABLED")
        # AWS writes the number of parts behind it
        checksum = str(head.get("ChecksumCRC32", "")).partition("-")[0]
        if (head["ContentLength"], checksum) != (size, expected):
            raise JobError(
                f"{self._file}: S3 has stored {head['ContentLength']} bytes with checksum {checksum or '(none)'}, sent "
                f"were {size} with {expected}"
            )
        return Stored(checksum, str(done.get("VersionId") or ""), self._store.encrypted(head))

    def undo(self) -> None:
        """Leaves nothing, be it complete or not."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._upload:
            self._abort()
        if self._made:
            self._store.remove(self._set, self._file)

    def _abort(self) -> None:
        """Parts that are still on their way could arrive behind it, so it is said again when they have."""
        on_the_way = [part for part in self._parts if not part.done()]
        self._call("abort_multipart_upload", missing=_GONE, **self._upload)
        if on_the_way:
            wait(on_the_way, _LAST_WORDS)
            self._call("abort_multipart_upload", missing=_GONE, **self._upload)

    def _send(self, number: int, buffer: bytearray, length: int) -> dict[str, Any]:
        try:
            body = buffer if length == len(buffer) else bytes(memoryview(buffer)[:length])
            checksum = crc32(body)
            checked = {"ChecksumAlgorithm": "CRC32", "ChecksumCRC32": checksum}
            answer = self._call("upload_part", **self._upload, PartNumber=number, Body=body, **checked)
            return {"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": checksum}
        finally:
            self._buffers.give(buffer)

    def _call(self, operation: str, *, missing: tuple[str, ...] = (), **params: Any) -> dict[str, Any]:
        return s3.find(self._store.client, operation, missing=missing, **{**self._place, **params}) or {}


def crc32(body: bytes | bytearray) -> str:
    """As S3 writes it: big-endian, in base64."""
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
