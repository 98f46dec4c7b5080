from __future__ import annotations

import csi_pb2 as csi
import pytest
from grpc import StatusCode

from lab.csi import requests
from lab.csi.faults import Fault
from lab.csi.names import ZONE

MiB = 1 << 20
GiB = 1 << 30


def topologies(*zones):
    return [csi.Topology(segments={ZONE: zone}) for zone in zones]


def capability(mode="SINGLE_NODE_WRITER", **access):
    access = access or {"mount": csi.VolumeCapability.MountVolume()}
    access_mode = csi.VolumeCapability.AccessMode(mode=csi.VolumeCapability.AccessMode.Mode.Value(mode))
    return csi.VolumeCapability(access_mode=access_mode, **access)


def fault(function, *arguments):
    with pytest.raises(Fault) as caught:
        function(*arguments)
    return caught.value.code, str(caught.value)


def test_the_zone_is_the_pods_and_not_the_first_of_all():
    requirement = csi.TopologyRequirement(
        requisite=topologies("us-east-1a", "us-east-1b", "us-east-1c"),
        preferred=topologies("us-east-1b", "us-east-1c", "us-east-1a"),
    )
    assert requests.zone(requirement) == "us-east-1b"


def test_without_a_preference_the_zone_is_an_allowed_one():
    assert requests.zone(csi.TopologyRequirement(requisite=topologies("us-east-1c"))) == "us-east-1c"


def test_no_zone_at_all_is_an_error():
    code, message = fault(requests.zone, csi.TopologyRequirement())
    assert code is StatusCode.INVALID_ARGUMENT
    assert message == f"no {ZONE} in the topology requirement: is a node driver registered?"


@pytest.mark.parametrize(
    ("required", "limit", "expected"),
    [
        (0, 0, GiB),
        (0, 100 * MiB, 100 * MiB),
        (64 * MiB, 0, 64 * MiB),
        (64 * MiB + 1, 0, 65 * MiB),
        (5 * 10**9, 0, 4769 * MiB),
        (64 * MiB, 64 * MiB, 64 * MiB),
    ],
)
def test_sizes_are_whole_mebibytes(required, limit, expected):
    assert requests.size(csi.CapacityRange(required_bytes=required, limit_bytes=limit)) == expected


def test_a_limit_below_the_rounded_size_is_out_of_range():
    code, message = fault(requests.size, csi.CapacityRange(required_bytes=MiB + 1, limit_bytes=MiB + 2))
    assert code is StatusCode.OUT_OF_RANGE
    assert message == "2097152 bytes are over the limit of 1048578 bytes"


def test_the_file_system_is_ext4_unless_another_is_asked_for():
    assert requests.file_system(capability()) == "ext4"
    assert requests.file_system(capability(mount=csi.VolumeCapability.MountVolume(fs_type="xfs"))) == "xfs"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            capability(block=csi.VolumeCapability.BlockVolume()),
            "only volumes with a file system are offered, no block devices (volumeMode: Filesystem)",
        ),
        (
            capability("MULTI_NODE_MULTI_WRITER"),
            "access mode MULTI_NODE_MULTI_WRITER is not offered (allowed: ReadWriteOnce)",
        ),
        (
            capability(mount=csi.VolumeCapability.MountVolume(fs_type="btrfs")),
            "file system 'btrfs' is not offered (allowed: ext4, xfs)",
        ),
    ],
)
def test_what_ebs_cannot_do_is_refused(wanted, expected):
    assert fault(requests.file_system, wanted) == (StatusCode.INVALID_ARGUMENT, expected)


def test_a_volume_too_small_for_its_file_system_is_refused_before_it_is_made():
    requests.check_room("xfs", 300 * MiB)
    expected = (StatusCode.OUT_OF_RANGE, "xfs needs at least 300 MiB, asked: 64 MiB")
    assert fault(requests.check_room, "xfs", 64 * MiB) == expected


def test_parameters_become_arguments_of_ec2():
    parameters = {
        "type": "io2",
        "iops": "4000",
        "throughput": "250",
        "encrypted": "true",
        "kmsKeyId": "alias/volumes",
        "csi.storage.k8s.io/pvc/name": "data-cache-0",
    }
    assert requests.ec2_arguments(parameters) == {
        "VolumeType": "io2",
        "Iops": 4000,
        "Throughput": 250,
        "Encrypted": True,
        "KmsKeyId": "alias/volumes",
    }
    assert requests.ec2_arguments({}) == {"VolumeType": "gp3"}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"colour": "red"},
            "StorageClass parameter 'colour' is unknown (allowed: type, iops, throughput, encrypted, kmskeyid)",
        ),
        ({"iops": "many"}, "StorageClass parameter iops: 'many' is not allowed (allowed: a whole number)"),
        ({"encrypted": "yes"}, "StorageClass parameter encrypted: 'yes' is not allowed (allowed: true or false)"),
    ],
)
def test_wrong_parameters_are_named(parameters, expected):
    assert fault(requests.ec2_arguments, parameters) == (StatusCode.INVALID_ARGUMENT, expected)


def test_tags_lead_from_a_claim_to_its_volume():
    claim = {"csi.storage.k8s.io/pvc/name": "data-cache-0", "csi.storage.k8s.io/pvc/namespace": "apps"}
    assert requests.tags("pvc-1", "lab", claim) == {
        "CSIVolumeName": "pvc-1",
        "ebs.csi.aws.com/cluster": "true",
        "KubernetesCluster": "lab",
        "kubernetes.io/cluster/lab": "owned",
        "Name": "lab-dynamic-pvc-1",
        "kubernetes.io/created-for/pvc/name": "data-cache-0",
        "kubernetes.io/created-for/pvc/namespace": "apps",
    }
