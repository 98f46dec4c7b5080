# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A StorageClass for EBS volumes, within what EBS can give. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.topology.labels import MANAGED_BY

DRIVER = "ebs.csi.aws.com"
DEFAULT = "storageclass.kubernetes.io/is-default-class"
_KEY = re.compile(r"arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key/[\w-]+|alias/[\w/-]+)", re.ASCII)
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


class VolumeType(NamedTuple):
    """least, most: of IOPS and of MiB/s; None where the volume type takes none."""

    iops: tuple[int, int] | None = None
    throughput: tuple[int, int] | None = None


# EC2 API Reference, CreateVolume
VOLUME_TYPES = {
    "gp2": VolumeType(),
    "gp3": VolumeType(iops=(3000, 80000), throughput=(125, 2000)),
    "io1": VolumeType(iops=(100, 64000)),
    "io2": VolumeType(iops=(100, 256000)),
}
_NEED_IOPS = ("io1", "io2")
_IOPS_PER_MIBPS = 4  # gp3: 0.25 MiB/s for each IOPS (EBS User Guide, "General Purpose SSD volumes")


def problems(given: Mapping[str, Any]) -> Iterator[str]:
    """What of the options of module storage_class EBS would refuse later, when a volume is made; a line each."""
    if not _NAME.fullmatch(given["name"]):
        yield f"name: {given['name']!r} is no name of a StorageClass: lower case letters, digits, '-' and '.'"
    kind = VOLUME_TYPES[given["type"]]
    for option, allowed in (("iops", kind.iops), ("throughput", kind.throughput)):
        yield from _figure(given, option, allowed)
    if kind.iops and given["type"] in _NEED_IOPS and given["iops"] is None:
        yield f"iops: volumes of type {given['type']} need it; allowed: {_range(kind.iops)}"
    iops = given["iops"] or (kind.iops[0] if kind.iops else 0)
    if given["throughput"] is not None and kind.throughput and given["throughput"] * _IOPS_PER_MIBPS > iops:
        yield (
            f"throughput: {given['throughput']} MiB/s need iops of at least {given['throughput'] * _IOPS_PER_MIBPS}, "
            f"given {iops}"
        )
    if given["kms_key"] and not given["encrypted"]:
        yield "kms_key: it is given, and encrypted is false; a volume that is not encrypted has no key"
    if given["kms_key"] and not _KEY.fullmatch(given["kms_key"]):
        yield f"kms_key: {given['kms_key']!r} is not the ARN of a KMS key, such as arn:aws:kms:REGION:ACCOUNT:key/ID"


def _range(allowed: tuple[int, int]) -> str:
    return f"{allowed[0]} to {allowed[1]}"


def _figure(given: Mapping[str, Any], option: str, allowed: tuple[int, int] | None) -> Iterator[str]:
    value = given[option]
    if value is None:
        return
    if allowed is None:
        takers = " and ".join(name for name, kind in VOLUME_TYPES.items() if getattr(kind, option))
        yield f"{option}: volumes of type {given['type']} take none; {takers} do"
    elif not allowed[0] <= value <= allowed[1]:
        yield f"{option}: {value} is out of range for type {given['type']}; allowed: {_range(allowed)}"


def manifest(given: Mapping[str, Any], default: bool) -> dict[str, Any]:
    """The StorageClass. Volumes are made where their pod is scheduled, so that a zone is never chosen too early."""
    parameters = {
        "type": given["type"],
        "encrypted": str(given["encrypted"]).lower(),
        "kmsKeyId": given["kms_key"],
        "iops": given["iops"],
        "throughput": given["throughput"],
        "csi.storage.k8s.io/fstype": given["fs_type"],
    }
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": given["name"],
            "labels": {"app.kubernetes.io/managed-by": MANAGED_BY},
            "annotations": {DEFAULT: str(default).lower()},
        },
        "provisioner": given["provisioner"],
        "parameters": {key: str(value) for key, value in parameters.items() if value is not None},
        "reclaimPolicy": given["reclaim_policy"],
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": given["allow_expansion"],
    }
