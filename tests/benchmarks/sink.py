"""A sink that speaks as much of S3 as a backup asks for: ``python -m benchmarks.sink PORT``.

It reads what is sent, compares each part with its checksum as S3 does, and keeps no more than sizes and checksums; so
what is measured is who sends, and not who stores. Documents are kept, and nothing is ever listed.
"""

from __future__ import annotations

import base64
import re
import sys
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_PIECE = 2**20  # bytes
_NUMBERED = re.compile(r"<Part>.*?</Part>", re.DOTALL)
_NUMBER = re.compile(r"<PartNumber>(\d+)</PartNumber>")
# size and CRC-32 of each part of an upload by its number; size and checksum of each object
_uploads: dict[str, dict[int, tuple[int, int]]] = {}
_objects: dict[str, tuple[int, str]] = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # headers and body of an answer are two writes, which would wait for each other
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body, key, query = self._body()[2], *self._asked()
        if "uploads" in query:
            upload = f"upload-{len(_uploads)}"
            _uploads[upload] = {}
            self._answer("InitiateMultipartUploadResult", Key=key, UploadId=upload)
            return
        parts = _uploads[query["uploadId"][0]]
        named = [int(_NUMBER.findall(part)[0]) for part in _NUMBERED.findall(body.decode())]
        checksum = _written(zlib.crc32(b"".join(parts[number][1].to_bytes(4, "big") for number in named)))
        _objects[key] = (sum(parts[number][0] for number in named), f"{checksum}-{len(named)}")
        self._answer("CompleteMultipartUploadResult", Key=key, ETag='"1"', ChecksumCRC32=checksum)

    def do_PUT(self) -> None:
        size, checksum, _body = self._body()
        key, query = self._asked()
        if _written(checksum) != self.headers.get("x-amz-checksum-crc32", _written(checksum)):
            self._answer("Error", 400, Code="BadDigest")
        elif "partNumber" in query:
            _uploads[query["uploadId"][0]][int(query["partNumber"][0])] = (size, checksum)
            self._answer("", ETag='"1"')
        else:
            _objects[key] = (size, _written(checksum))
            self._answer("", ETag='"1"')

    def do_GET(self) -> None:
        _key, query = self._asked()
        kind = "ListMultipartUploadsResult" if "uploads" in query else "ListBucketResult"
        self._answer(kind, IsTruncated="false", KeyCount="0")

    def do_HEAD(self) -> None:
        size, checksum = _objects[self._asked()[0]]
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.send_header("x-amz-checksum-crc32", checksum)
        self.end_headers()

    def do_DELETE(self) -> None:
        self._answer("", 204)

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        """The key, and the query."""
        url = urlsplit(self.path)
        return url.path, parse_qs(url.query, keep_blank_values=True)

    def _body(self) -> tuple[int, int, bytes]:
        """Its size, its CRC-32 and how it ends: all of it, where it is small."""
        left = size = int(self.headers["Content-Length"] or 0)
        checksum, piece, view = 0, bytearray(min(size, _PIECE)), memoryview(b"")
        while left:
            got = self.rfile.readinto(memoryview(piece)[: min(left, _PIECE)])
            if not got:
                raise ConnectionError("the body ends too early")
            view = memoryview(piece)[:got]
            checksum = zlib.crc32(view, checksum)
            left -= got
        return size, checksum, bytes(view)

    def _answer(self, kind: str, status: int = 200, **fields: str) -> None:
        """An XML document of a kind, or with none just headers."""
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        body = f'<{kind} xmlns="{NAMESPACE}">{inner}</{kind}>'.encode() if kind else b""
        self.send_response(status)
        for name, value in () if kind else fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


def _written(checksum: int) -> str:
    return base64.b64encode(checksum.to_bytes(4, "big")).decode()


def main() -> None:
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()


if __name__ == "__main__":
    main()
