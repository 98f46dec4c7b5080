# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an auditor asks of an instance's data at rest, answered from facts. Pure.

Every answer says what was found. What nobody looked at is an answer of its own, never a pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

PASS, FAIL, OPEN = "pass", "fail", "not checked"
DRIVERS = ("ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com")
# what is to hold of a bucket -> the side that tells
_SIDES = {
    "the public has no access": "public_access_blocked",
    "only TLS is answered": "tls_only",
    "versions are kept": "versioning",
}
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """subject: what was looked at; requirement: what is to hold; found: what is the case."""

    subject: str
    requirement: str
    result: str
    found: str


def checks(facts: Facts) -> list[dict[str, str]]:
    """facts: ``{claims, volumes, keys, wanted_key, customer_key, bucket, identity}``, each as its reader gives it; None
    for what was not asked for."""
    found = (*_claims(facts), *_keys(facts), *_bucket(facts), *_identity(facts), *_never())
    return [asdict(one) for one in found]


def counts(done: list[dict[str, str]]) -> dict[str, int]:
    """How many of each result."""
    return {name.replace(" ", "_"): sum(one["result"] == name for one in done) for name in (PASS, FAIL, OPEN)}


def _check(subject: str, requirement: str, holds: bool, found: str) -> Check:
    return Check(subject, requirement, PASS if holds else FAIL, found)


def _claims(facts: Facts) -> Iterator[Check]:
    if not facts["claims"]:
        yield Check("volumes", "the data is on encrypted EBS volumes", OPEN, "the instance has no volumes")
    for claim in facts["claims"]:
        subject = f"claim {claim['claim']}"
        if not claim["handle"]:
            yield Check(subject, "it has a volume", OPEN, f"it is {claim['phase']} and has none yet")
            continue
        if claim["driver"] not in DRIVERS:
            yield _check(subject, "its volume is EBS", False, f"driver {claim['driver']} made {claim['handle']}")
            continue
        yield from _volume(facts, claim)


def _volume(facts: Facts, claim: Facts) -> Iterator[Check]:
    volume = facts["volumes"][claim["handle"]]
    subject = f"volume {claim['handle']} of claim {claim['claim']}"
    if volume is None:
        yield _check(subject, "it is there", False, "EC2 does not know it in this account and region")
        return
    yield _check(
        subject, "it is encrypted", volume["encrypted"], "encrypted" if volume["encrypted"] else "not encrypted"
    )
    if not volume["encrypted"]:
        return
    key = facts["keys"].get(volume["key"]) or {}
    if facts["wanted_key"]:
        fits = key.get("arn", volume["key"]) == facts["wanted_key"]
        yield _check(subject, f"its key is {facts['wanted_key']}", fits, f"its key is {volume['key']}")
    if facts["customer_key"]:
        owner = key.get("managed_by", "unknown")
        yield _check(subject, "its key is managed by the customer", owner == "customer", f"managed by {owner}")


def _keys(facts: Facts) -> Iterator[Check]:
    for arn, key in facts["keys"].items():
        subject = f"key {arn}"
        if key is None:
            yield _check(subject, "it is there", False, "KMS does not know it")
            continue
        if "untold" in key:
            yield Check(subject, "it is enabled and rotated", OPEN, f"another account has it: {key['untold']}")
            continue
        yield _check(subject, "it is enabled", key["state"] == "Enabled", f"it is {key['state']}")
        rotation = key["rotation"]
        every = (
            f"every {rotation['days']} days"
            if rotation["days"]
            else "by AWS"
            if key["managed_by"] == "aws"
            else "yearly"
        )
        yield _check(
            subject, "it is rotated", rotation["enabled"], every if rotation["enabled"] else "it is not rotated"
        )


def _bucket(facts: Facts) -> Iterator[Check]:
    bucket = facts["bucket"]
    if bucket is None:
        yield Check("backup bucket", "backups are encrypted and kept from the public", OPEN, "no bucket was named")
        return
    subject = f"bucket {bucket['name']}"
    yield _check(subject, "it is there", bool(bucket["exists"]), "there" if bucket["exists"] else "not there")
    if not bucket["exists"]:
        return
    encryption = bucket["encryption"] or {}
    algorithm, key = encryption.get("algorithm") or "none", encryption.get("key")
    found = f"{algorithm} with {key}" if key else algorithm
    yield _check(subject, "objects are encrypted with a key of KMS", algorithm.startswith("aws:kms"), found)
    for requirement, side in _SIDES.items():
        yield _check(subject, requirement, bucket[side], "yes" if bucket[side] else "no")


def _identity(facts: Facts) -> Iterator[Check]:
    identity = facts["identity"]
    if identity is None:
        yield Check("workload identity", "backups use a role of their own", OPEN, "no ServiceAccount was named")
        return
    yield from (Check(**step) for step in identity)


def _never() -> Iterator[Check]:
    """What this collection cannot see."""
    for subject, requirement in (
        ("CloudTrail", "uses of the keys are logged"),
        ("network", "clients use TLS"),
        ("people", "access to keys, cluster and backups is reviewed"),
    ):
        yield Check(subject, requirement, OPEN, "eks.redis does not look at this")
