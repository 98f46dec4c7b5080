# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bucket can be asked to be: one line for each option that cannot hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import arns

# S3 User Guide, "General purpose bucket naming rules"
LONGEST = 63  # characters of a name
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_BEGINNINGS, _ENDS = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", "--x-s3", "--table-s3")
_SID = re.compile(r"[A-Za-z0-9]+")
# S3 User Guide, "Transitioning objects using Amazon S3 Lifecycle": what may follow on what
_COLDER = {
    "STANDARD_IA": ("INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"),
    "INTELLIGENT_TIERING": ("ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"),
    "ONEZONE_IA": ("GLACIER", "DEEP_ARCHIVE"),
    "GLACIER_IR": ("GLACIER", "DEEP_ARCHIVE"),
    "GLACIER": ("DEEP_ARCHIVE",),
    "DEEP_ARCHIVE": (),
}
STORAGE_CLASSES = tuple(_COLDER)
_INFREQUENT, _INFREQUENT_DAYS = ("STANDARD_IA", "ONEZONE_IA"), 30
_LOCK = range(1, 36501)  # days, PutObjectLockConfiguration


def problems(given: Mapping[str, Any]) -> Iterator[str]:
    """given: the options of module backup_bucket."""
    yield from name(given["name"], "name")
    yield from _lifecycle(given["lifecycle"])
    yield from _statements(given["policy_statements"])
    lock = given["object_lock"]
    if lock and lock["days"] not in _LOCK:
        yield f"object_lock.days {lock['days']}: it must be {_LOCK.start} to {_LOCK.stop - 1}"
    if given["replication"]:
        yield from _replication(given)


def name(value: str, option: str) -> Iterator[str]:
    """What is wrong with a bucket's name."""
    if "." in value:
        yield (
            f"{option} {value!r}: S3's certificates do not fit names with a '.', and the bucket takes TLS only; use '-'"
        )
    elif not _NAME.fullmatch(value):
        yield (
            f"{option} {value!r}: a bucket's name has 3 to 63 lower case letters, digits and '-', and begins and ends "
            "with a letter or digit"
        )
    elif value.startswith(_BEGINNINGS) or value.endswith(_ENDS):
        yield (
            f"{option} {value!r}: S3 keeps names for itself that begin with {', '.join(_BEGINNINGS)} or end with "
            f"{', '.join(_ENDS)}; choose another"
        )


def _lifecycle(given: Mapping[str, Any]) -> Iterator[str]:
    moves = given["transitions"]
    for option in ("noncurrent_days", "abort_multipart_days"):
        if given[option] < 1:
            yield f"lifecycle.{option} {given[option]}: it must be 1 day or more"
    for index, move in enumerate(moves):
        least = _INFREQUENT_DAYS if move["storage_class"] in _INFREQUENT else 0
        if move["days"] < least:
            yield (
                f"lifecycle.transitions[{index}].days {move['days']}: S3 moves objects to {move['storage_class']} "
                f"after {least} days at the earliest"
            )
    for index in range(1, len(moves)):
        yield from _follows(f"lifecycle.transitions[{index}]", moves[index - 1], moves[index])
    ends = given["expiration_days"]
    last = max((move["days"] for move in moves), default=0)
    if ends is not None and ends <= last:
        after = f"after the last transition, on day {last + 1} or later" if moves else "1 day or more"
        yield f"lifecycle.expiration_days {ends}: it must be {after}"


def _follows(where: str, earlier: Mapping[str, Any], later: Mapping[str, Any]) -> Iterator[str]:
    """S3 lets objects stay in the infrequent classes for 30 days before they move on."""
    before, after = earlier["storage_class"], later["storage_class"]
    least = earlier["days"] + (_INFREQUENT_DAYS if before in _INFREQUENT else 1)
    if after not in _COLDER[before]:
        colder = ", ".join(_COLDER[before]) or "nothing"
        yield f"{where}.storage_class {after}: S3 does not move objects there from {before}; after it may come {colder}"
    elif later["days"] < least:
        yield f"{where}.days {later['days']}: it must be {least} or more, as {before} begins on day {earlier['days']}"


def _statements(given: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    seen: set[str] = {"TlsOnly"}
    for index, statement in enumerate(given):
        sid = str(statement.get("Sid", ""))
        where = f"policy_statements[{index}]"
        if not _SID.fullmatch(sid):
            yield f"{where}.Sid {sid!r}: each statement needs one, of letters and digits, by which it is found again"
        elif sid in seen:
            yield f"{where}.Sid {sid!r}: there is another of that name; choose another"
        seen.add(sid)
        missing = [key for key in ("Effect", "Principal") if key not in statement]
        if not {"Action", "NotAction"} & set(statement):
            missing.append("Action")
        if missing:
            yield f"{where}: {' and '.join(missing)} missing; a statement of a bucket's policy needs them"


def _replication(given: Mapping[str, Any]) -> Iterator[str]:
    target, there = given["replication"]["bucket"], given["replication"]["kms_key"]
    yield from name(target, "replication.bucket")
    if target == given["name"]:
        yield f"replication.bucket {target!r}: a bucket cannot be its own copy; name another"
    if there and not arns.KEY.fullmatch(there):
        yield (
            f"replication.kms_key {there!r} is no ARN of a KMS key, such as arn:aws:kms:eu-west-1:123456789012:key/ID, "
            "in the region of the copies"
        )
    if bool(there) != bool(given["kms_key"]):
        lacks, has = ("replication.kms_key", "kms_key") if given["kms_key"] else ("kms_key", "replication.kms_key")
        yield f"{lacks} is missing: with {has} the copies and the originals are both encrypted with keys of yours"
