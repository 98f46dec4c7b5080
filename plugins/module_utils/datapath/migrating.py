# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the job of a live migration is told: which Redis is left, and for which instance. Without secrets.

The controller writes it, the job reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath import records

VARIABLE = "EKS_REDIS_MIGRATION"
CACHE_PASSWORD = "EKS_REDIS_CACHE_PASSWORD"  # the variable with the password of the cache
UNANSWERED = "the migration does not answer in this pod"  # how it is said that nobody listens there, or not yet
# Twice that is in the job's memory at one moment, and Redis takes no text of more than 512 MiB by default
# (redis.conf, proto-max-bulk-len)
LARGEST = 256 * 2**20


@dataclass(frozen=True)
class Address:
    """Where a server answers."""

    host: str
    port: int


@dataclass(frozen=True)
class Cache:
    """The Redis that is left. what: in words. addresses: nodes by which all are found. user: "" for the default one.
    ca: file with the certificates of who signs its own, "" for those of the system."""

    what: str
    addresses: tuple[Address, ...]
    user: str = ""
    tls: bool = False
    ca: str = ""


@dataclass(frozen=True)
class Migration:
    """id: of this exit. mode, version: of the instance. hosts: DNS name of each of its Redis pods, with :port where it
    is not 6379. door: the Service that applications use, where there is one. copies: key by key; else the source is
    only held still, and compared with what arrived in another way. back: from the instance to the cache.
    largest: bytes that a key may have in memory."""

    id: str
    cache: Cache
    mode: str
    hosts: tuple[str, ...]
    version: str
    door: Address | None = None
    copies: bool = True
    back: bool = False
    largest: int = LARGEST

    def as_json(self) -> str:
        """On one line; the same migration is always the same text."""
        return records.line(self)


def from_json(text: str) -> Migration:
    """Errors: DatapathError with one line."""
    return records.read(Migration, records.load(text, VARIABLE), VARIABLE)
