"""What a caller of the controller wants, read from its request and checked. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import csi_pb2 as csi

from lab.csi.faults import Fault, StatusCode, invalid
from lab.csi.filesystems import FILE_SYSTEMS
from lab.csi.names import ZONE

MiB = 1 << 20
GiB = 1 << 30


def zone(requirement: csi.TopologyRequirement) -> str:
    """The zone to create in: the first preferred one (the pod's), else the first allowed one."""
    for topology in [*requirement.preferred, *requirement.requisite]:
        if ZONE in topology.segments:
            return topology.segments[ZONE]
    raise invalid(f"no {ZONE} in the topology requirement: is a node driver registered?")


def allows(requirement: csi.TopologyRequirement, zone: str) -> bool:
    allowed = {topology.segments.get(ZONE) for topology in requirement.requisite}
    return not allowed or zone in allowed


def size(capacity: csi.CapacityRange) -> int:
    """Bytes to provide: what is required (else 1 GiB) in whole MiB; EC2's whole GiB would make tests large."""
    wanted = capacity.required_bytes or min(capacity.limit_bytes or GiB, GiB)
    rounded = -(-wanted // MiB) * MiB
    if capacity.limit_bytes and rounded > capacity.limit_bytes:
        raise Fault(StatusCode.OUT_OF_RANGE, f"{rounded} bytes are over the limit of {capacity.limit_bytes} bytes")
    return rounded


def file_system(capability: csi.VolumeCapability) -> str:
    """Name of the file system to mount; one writer on one node is all that EBS offers."""
    if capability.WhichOneof("access_type") != "mount":
        raise invalid("only volumes with a file system are offered, no block devices (volumeMode: Filesystem)")
    mode = capability.access_mode.mode
    if mode != csi.VolumeCapability.AccessMode.SINGLE_NODE_WRITER:
        name = csi.VolumeCapability.AccessMode.Mode.Name(mode)
        raise invalid(f"access mode {name} is not offered (allowed: ReadWriteOnce)")
    name = capability.mount.fs_type or "ext4"
    if name not in FILE_SYSTEMS:
        raise invalid(f"file system {name!r} is not offered (allowed: {', '.join(FILE_SYSTEMS)})")
    return name


def check_room(name: str, size: int) -> None:
    least = FILE_SYSTEMS[name].least
    if size < least:
        raise Fault(StatusCode.OUT_OF_RANGE, f"{name} needs at least {least // MiB} MiB, asked: {size // MiB} MiB")


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


# parameter of a StorageClass, in lower case -> (argument of EC2's CreateVolume, how to read it, what it has to be)
PARAMETERS: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "type": ("VolumeType", str, "a name"),
    "iops": ("Iops", int, "a whole number"),
    "throughput": ("Throughput", int, "a whole number"),
    "encrypted": ("Encrypted", _flag, "true or false"),
    "kmskeyid": ("KmsKeyId", str, "a name"),
}

# parameter that the provisioner adds (--extra-create-metadata) -> tag of the EC2 volume
METADATA = {
    "csi.storage.k8s.io/pvc/name": "kubernetes.io/created-for/pvc/name",
    "csi.storage.k8s.io/pvc/namespace": "kubernetes.io/created-for/pvc/namespace",
    "csi.storage.k8s.io/pv/name": "kubernetes.io/created-for/pv/name",
}


def ec2_arguments(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The StorageClass's parameters as arguments of EC2's CreateVolume; type is gp3 unless given."""
    arguments: dict[str, Any] = {"VolumeType": "gp3"}
    for key, text in parameters.items():
        if key in METADATA:
            continue
        if key.lower() not in PARAMETERS:
            raise invalid(f"StorageClass parameter {key!r} is unknown (allowed: {', '.join(PARAMETERS)})")
        argument, read, allowed = PARAMETERS[key.lower()]
        try:
            arguments[argument] = read(text)
        except ValueError:
            raise invalid(f"StorageClass parameter {key}: {text!r} is not allowed (allowed: {allowed})") from None
    return arguments


def tags(name: str, cluster: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Tags as the real driver sets them: how prunes, bills and backups find a claim's volume."""
    return {
        "CSIVolumeName": name,
        "ebs.csi.aws.com/cluster": "true",
        "KubernetesCluster": cluster,
        f"kubernetes.io/cluster/{cluster}": "owned",
        "Name": f"{cluster}-dynamic-{name}",
        **{tag: parameters[key] for key, tag in METADATA.items() if key in parameters},
    }
