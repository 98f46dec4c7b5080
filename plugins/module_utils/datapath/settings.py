# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job is told: one JSON object in its environment, without secrets.

The topology writes it, jobs read it. A password comes as REDISCLI_AUTH, which redis-cli knows too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, records, selection

VARIABLE = "EKS_REDIS_JOB"
# the file with the CA of the instance's certificates, where it speaks TLS; the ACL user of the job, where it has one
CA_VARIABLE, CA_FILE = "EKS_REDIS_CA", "/tls/ca.crt"
USER_VARIABLE = "EKS_REDIS_USER"
# passwords: of that user, or of the default one; of a restore also those of the sentinels and of its loader, which know
# the default one only
PASSWORD_VARIABLE = "REDISCLI_AUTH"
SENTINEL_VARIABLE, LOADER_VARIABLE = "EKS_REDIS_SENTINEL_AUTH", "EKS_REDIS_LOADER_AUTH"


@dataclass(frozen=True)
class Store:
    """prefix: of all instances, "" for none. kms_key: ARN; "" for what the bucket encrypts with by itself."""

    bucket: str
    region: str
    prefix: str
    kms_key: str


@dataclass(frozen=True)
class Source:
    """Which Redis may be copied, and how long to wait for it.

    max_lag: bytes that a replica may be behind; max_silence: seconds since its master's last word. stall: seconds
    without a byte until a transfer is given up; timeout: seconds for one as a whole. tries: of a set as a whole.
    """

    max_lag: int = 16 * 2**20
    max_silence: int = 12
    stall: int = 60
    timeout: int = 3600
    tries: int = 3


@dataclass(frozen=True)
class Retention:
    """See retention.decide."""

    days: int
    keep_verified: int
    grace_hours: int


@dataclass(frozen=True)
class RestoreTest:
    """schedule: "" where there is none."""

    schedule: str


@dataclass(frozen=True)
class Before:
    """The last set whose data is from before this time."""

    before: datetime


@dataclass(frozen=True)
class Settings:
    """hosts: DNS name of every Redis pod, with :port where it is not 6379. set: which one a restore or its test is
    about, see selection.choose."""

    namespace: str
    name: str
    mode: str
    version: str
    hosts: tuple[str, ...]
    store: Store
    retention: Retention
    schedule: str
    restore_test: RestoreTest
    source: Source = Source()
    set: str | Before = selection.LATEST

    @property
    def base(self) -> str:
        """Where the instance's sets are in the bucket, with a slash at its end."""
        return keys.base(self.store.prefix, self.namespace, self.name)

    @property
    def wanted(self) -> str | datetime:
        """As selection.choose takes it."""
        return self.set.before if isinstance(self.set, Before) else self.set

    def as_json(self) -> str:
        """On one line; the same settings are always the same text."""
        return records.line(self)


def from_json(text: str) -> Settings:
    """Errors: DatapathError with one line."""
    return records.read(Settings, records.load(text, VARIABLE), VARIABLE)
