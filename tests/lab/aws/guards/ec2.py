"""Volumes: ranges as the API reference of CreateVolume has them, and a key that can be used."""

from __future__ import annotations

from typing import NamedTuple

from lab.aws import keys
from lab.aws.guards.registry import guard
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


class Range(NamedTuple):
    size: range  # GiB
    iops: range | None
    per_gib: int = 0  # IOPS at most
    throughput: range | None = None  # MiB/s


VOLUMES = {
    "gp2": Range(range(1, 16_385), None),
    "gp3": Range(range(1, 65_537), range(3_000, 80_001), 500, range(125, 2_001)),
    "io1": Range(range(4, 16_385), range(100, 64_001), 50),
    "io2": Range(range(4, 65_537), range(100, 256_001), 1_000),
    "st1": Range(range(125, 16_385), None),
    "sc1": Range(range(125, 16_385), None),
    "standard": Range(range(1, 1_025), None),
}


@guard("ec2", "CreateVolume")
def volume_in_range(request: AwsRequest) -> None:
    params = request.params
    allowed = VOLUMES[params.get("VolumeType", "gp2")]
    size, iops, throughput = params.get("Size"), params.get("Iops"), params.get("Throughput")
    if size is not None and size not in allowed.size:
        raise Fault("InvalidParameterValue", f"Volume of {size}GiB is invalid. {_between(allowed.size)}")
    if iops is not None and allowed.iops and iops not in allowed.iops:
        raise Fault("InvalidParameterValue", f"Volume iops of {iops} is invalid. {_between(allowed.iops)}")
    # the smallest number of IOPS of a type is to be had at any size
    if iops and allowed.iops and size and iops > max(allowed.per_gib * size, allowed.iops.start):
        raise Fault(
            "InvalidParameterCombination",
            f"Iops to volume size ratio of {iops / size:.6f} is too high; maximum is {allowed.per_gib}",
        )
    if throughput is not None and allowed.throughput and throughput not in allowed.throughput:
        raise Fault("InvalidParameterValue", f"Throughput of {throughput} is invalid. {_between(allowed.throughput)}")


@guard("ec2", "CreateVolume", "ModifyEbsDefaultKmsKeyId")
def key_is_usable(request: AwsRequest) -> None:
    """AWS finds this out a moment after its answer, and the volume vanishes; here it is told at once."""
    name = request.params.get("KmsKeyId")
    fault = name and keys.unusable(keys.find(request, name), name)
    if fault:
        raise Fault("InvalidParameterValue", f"The KMS key cannot be used: {fault[0]}: {fault[1]}")


@guard("ec2", "CreateVolume")
def zone_exists(request: AwsRequest) -> None:
    zone = request.params.get("AvailabilityZone", "")
    if zone and not (zone.startswith(request.region) and zone[len(request.region) :] in tuple("abcdef")):
        raise Fault("InvalidZone.NotFound", f"The zone '{zone}' does not exist.")


def _between(allowed: range) -> str:
    return f"Must be at least {allowed.start} and at most {allowed.stop - 1}."
