"""Sets that are not what they should be, made of one that is."""

from __future__ import annotations

import hashlib

from shelf import Shelf

FILE = "shard-00000.rdb"
MANIFEST = "manifest.json"


def truncate(shelf: Shelf, name: str) -> None:
    shelf.write(name, FILE, shelf.read(name, FILE)[:-1000])


def lose(shelf: Shelf, name: str) -> None:
    shelf.remove(name, FILE)


def lose_manifest(shelf: Shelf, name: str) -> None:
    shelf.remove(name, MANIFEST)


def tear_manifest(shelf: Shelf, name: str) -> None:
    shelf.write(name, MANIFEST, shelf.read(name, MANIFEST)[:-100])


def alter(shelf: Shelf, name: str) -> None:
    """The size is what it was."""
    body = shelf.read(name, FILE)
    middle = len(body) // 2
    shelf.write(name, FILE, body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])


def tear(shelf: Shelf, name: str) -> None:
    """As if a torn stream had been taken for whole, and sealed."""
    torn = shelf.read(name, FILE)[:-100_000]
    shelf.write(name, FILE, torn)
    made = shelf.manifest(name)
    (shard,) = made["shards"]
    sealed = {**shard, "bytes": len(torn), "sha256": hashlib.sha256(torn).hexdigest()}
    shelf.seal(name, {**made, "shards": [sealed]})


def swap_owner(shelf: Shelf, name: str) -> None:
    shelf.seal(name, {**shelf.manifest(name), "name": "another"})
