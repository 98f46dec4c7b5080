"""The controller as the sidecars see it: over gRPC on a unix socket, with moto's EC2 behind it."""

from __future__ import annotations

import functools
import threading

import boto3
import csi_pb2 as csi
import csi_pb2_grpc as csi_grpc
import grpc
import pytest
from grpc import StatusCode
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from lab.csi import loops
from lab.csi.controller import Controller
from lab.csi.ec2 import Ec2
from lab.csi.names import ZONE
from lab.csi.server import serve
from lab.csi.store import Store

MiB = 1 << 20
GiB = 1 << 30
ZONES = ("us-east-1b", "us-east-1a")


@pytest.fixture(scope="module")
def endpoint():
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "x",
        }.items():
            patch.setenv(name, value)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        yield "http://{}:{}".format(*server.get_host_and_port())
        server.stop()


@pytest.fixture(scope="module")
def client(endpoint):
    return boto3.client("ec2", endpoint_url=endpoint)


@pytest.fixture
def ec2(client):
    yield client
    for volume in client.describe_volumes()["Volumes"]:
        client.delete_volume(VolumeId=volume["VolumeId"])


# a client of boto3 takes a fifth of a second to make
connection = functools.cache(Ec2)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "volumes")


@pytest.fixture
def connect(tmp_path, store):
    """Makes a stub of a controller with EC2 at the given endpoint."""
    opened = []

    def connect(endpoint):
        socket = tmp_path / f"{len(opened)}.sock"
        service = Controller(store, connection(endpoint), "lab")
        opened.append(serve(socket, functools.partial(csi_grpc.add_ControllerServicer_to_server, service)).stop)
        channel = grpc.insecure_channel(f"unix:{socket}")
        opened.append(lambda grace: channel.close())
        return csi_grpc.ControllerStub(channel)

    yield connect
    for close in reversed(opened):
        close(None)


@pytest.fixture
def controller(connect, endpoint, ec2):
    return connect(endpoint)


def topology(zone):
    return csi.Topology(segments={ZONE: zone})


def capability(fs_type=""):
    mode = csi.VolumeCapability.AccessMode(mode=csi.VolumeCapability.AccessMode.SINGLE_NODE_WRITER)
    return csi.VolumeCapability(access_mode=mode, mount=csi.VolumeCapability.MountVolume(fs_type=fs_type))


def request(name="pvc-1", size=64 * MiB, fs_type="", zones=ZONES, **parameters):
    zones = [topology(zone) for zone in zones]
    return csi.CreateVolumeRequest(
        name=name,
        capacity_range=csi.CapacityRange(required_bytes=size),
        volume_capabilities=[capability(fs_type)],
        parameters=parameters,
        accessibility_requirements=csi.TopologyRequirement(requisite=sorted(zones, key=str), preferred=zones),
    )


def create(controller, *arguments, **options):
    return controller.CreateVolume(request(*arguments, **options)).volume


def expand(controller, volume_id, size):
    capacity = csi.CapacityRange(required_bytes=size)
    return controller.ControllerExpandVolume(
        csi.ControllerExpandVolumeRequest(volume_id=volume_id, capacity_range=capacity)
    )


def publish(controller, volume_id, node_id):
    return controller.ControllerPublishVolume(
        csi.ControllerPublishVolumeRequest(volume_id=volume_id, node_id=node_id, volume_capability=capability())
    )


def unpublish(controller, volume_id, node_id):
    return controller.ControllerUnpublishVolume(
        csi.ControllerUnpublishVolumeRequest(volume_id=volume_id, node_id=node_id)
    )


def delete(controller, volume_id):
    return controller.DeleteVolume(csi.DeleteVolumeRequest(volume_id=volume_id))


def failure(call, *arguments, **options):
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments, **options)
    return caught.value.code(), caught.value.details()


def test_a_volume_is_made_in_ec2_and_as_a_file(controller, ec2, store):
    parameters = {
        "type": "gp3",
        "iops": "4000",
        "encrypted": "true",
        "csi.storage.k8s.io/pvc/name": "data-cache-0",
        "csi.storage.k8s.io/pvc/namespace": "apps",
        "csi.storage.k8s.io/pv/name": "pvc-1",
    }
    made = create(controller, size=1500 * MiB, **parameters)
    assert made.capacity_bytes == 1500 * MiB
    assert [dict(each.segments) for each in made.accessible_topology] == [{ZONE: "us-east-1b"}]
    assert store.image(store.get(made.volume_id)).stat().st_size == 1500 * MiB

    by_claim = [{"Name": "tag:kubernetes.io/created-for/pvc/name", "Values": ["data-cache-0"]}]
    [volume] = ec2.describe_volumes(Filters=by_claim)["Volumes"]
    assert volume["VolumeId"] == made.volume_id
    assert (volume["AvailabilityZone"], volume["Size"], volume["Iops"]) == ("us-east-1b", 2, 4000)
    assert volume["Encrypted"] and volume["KmsKeyId"].startswith("arn:aws:kms:")
    assert {"Key": "ebs.csi.aws.com/cluster", "Value": "true"} in volume["Tags"]


def test_the_same_name_is_the_same_volume(controller, ec2):
    first = create(controller)
    assert create(controller) == first
    assert len(ec2.describe_volumes()["Volumes"]) == 1


def test_calls_for_one_name_at_once_make_one_volume(controller, ec2):
    made = []
    threads = [threading.Thread(target=lambda: made.append(create(controller).volume_id)) for _turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == made[:1] * 8
    assert len(ec2.describe_volumes()["Volumes"]) == 1


def test_a_volume_known_to_ec2_only_is_taken_up_again(controller, ec2, store):
    made = create(controller)
    store.remove(store.get(made.volume_id))  # as if the driver had died before it wrote its record
    assert create(controller).volume_id == made.volume_id


def test_the_store_decides_when_ec2_has_forgotten(controller, ec2):
    made = create(controller)
    ec2.delete_volume(VolumeId=made.volume_id)  # as if the stand-in had been restarted
    assert create(controller) == made
    assert expand(controller, made.volume_id, 2 * GiB).capacity_bytes == 2 * GiB
    delete(controller, made.volume_id)


@pytest.mark.parametrize("options", [{"size": 65 * MiB}, {"zones": ["us-east-1c"]}])
def test_a_name_with_another_size_or_zone_is_a_conflict(controller, options):
    create(controller)
    expected = (StatusCode.ALREADY_EXISTS, f"volume pvc-1 exists with {64 * MiB} bytes in us-east-1b")
    assert failure(create, controller, **options) == expected


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"name": ""}, StatusCode.INVALID_ARGUMENT, "a volume needs a name and capabilities"),
        ({"fs_type": "xfs"}, StatusCode.OUT_OF_RANGE, "xfs needs at least 300 MiB, asked: 64 MiB"),
        ({"colour": "red"}, StatusCode.INVALID_ARGUMENT, "StorageClass parameter 'colour' is unknown"),
        ({"kmsKeyId": "alias/x"}, StatusCode.INVALID_ARGUMENT, "EC2 CreateVolume: InvalidParameterDependency"),
    ],
)
def test_what_cannot_be_made_leaves_nothing(controller, ec2, store, options, code, message):
    found, details = failure(create, controller, **options)
    assert found is code
    assert details.startswith(message)
    assert ec2.describe_volumes()["Volumes"] == []
    assert list(store.folder.iterdir()) == []


def test_without_ec2_no_volume_is_made(connect, store):
    code, message = failure(create, connect("http://127.0.0.1:9"))
    assert code is StatusCode.UNAVAILABLE
    assert message == 'EC2: Could not connect to the endpoint URL: "http://127.0.0.1:9/"'
    assert list(store.folder.iterdir()) == []


def test_deleting_removes_both_sides_and_can_be_repeated(controller, ec2, store):
    made = create(controller)
    delete(controller, made.volume_id)
    delete(controller, made.volume_id)
    assert ec2.describe_volumes()["Volumes"] == []
    assert list(store.folder.iterdir()) == []


def test_a_volume_that_ec2_cannot_delete_now_is_kept(connect, endpoint, ec2, store):
    made = create(connect(endpoint))
    assert failure(delete, connect("http://127.0.0.1:9"), made.volume_id)[0] is StatusCode.UNAVAILABLE
    assert store.get(made.volume_id)


def test_an_attached_volume_is_not_deleted(controller, store):
    made = create(controller)
    publish(controller, made.volume_id, "i-a")
    expected = (StatusCode.FAILED_PRECONDITION, f"VolumeInUse: {made.volume_id} is attached to i-a")
    assert failure(delete, controller, made.volume_id) == expected
    assert store.get(made.volume_id)


def test_a_volume_held_by_a_loop_device_is_not_deleted(controller, store, monkeypatch):
    made = create(controller)
    image = str(store.image(store.get(made.volume_id)))
    monkeypatch.setattr(loops, "attached", lambda: {"/dev/loop7": image})
    expected = (StatusCode.FAILED_PRECONDITION, f"VolumeInUse: {made.volume_id} is attached to /dev/loop7")
    assert failure(delete, controller, made.volume_id) == expected
    assert store.get(made.volume_id)


def test_a_volume_grows_on_both_sides_and_never_shrinks(controller, ec2, store):
    made = create(controller)
    grown = expand(controller, made.volume_id, 3 * GiB)
    assert (grown.capacity_bytes, grown.node_expansion_required) == (3 * GiB, True)
    assert store.image(store.get(made.volume_id)).stat().st_size == 3 * GiB
    assert ec2.describe_volumes(VolumeIds=[made.volume_id])["Volumes"][0]["Size"] == 3
    assert expand(controller, made.volume_id, GiB).capacity_bytes == 3 * GiB


def test_growing_what_does_not_exist(controller):
    expected = (StatusCode.NOT_FOUND, "volume 'vol-0123' does not exist")
    assert failure(expand, controller, "vol-0123", GiB) == expected


def test_a_volume_is_attached_to_one_node_at_a_time(controller):
    volume_id = create(controller).volume_id
    publish(controller, volume_id, "i-a")
    publish(controller, volume_id, "i-a")
    expected = (StatusCode.FAILED_PRECONDITION, f"VolumeInUse: {volume_id} is attached to i-a")
    assert failure(publish, controller, volume_id, "i-b") == expected
    unpublish(controller, volume_id, "i-b")  # not attached there: nothing to do
    assert failure(publish, controller, volume_id, "i-b") == expected
    unpublish(controller, volume_id, "i-a")
    unpublish(controller, volume_id, "i-a")
    publish(controller, volume_id, "i-b")


def test_capabilities_are_confirmed_or_the_reason_is_given(controller):
    volume_id = create(controller).volume_id

    def validate(fs_type):
        wanted = csi.ValidateVolumeCapabilitiesRequest(volume_id=volume_id, volume_capabilities=[capability(fs_type)])
        return controller.ValidateVolumeCapabilities(wanted)

    assert validate("ext4").confirmed.volume_capabilities == [capability("ext4")]
    assert not validate("btrfs").HasField("confirmed")
    assert validate("btrfs").message == "file system 'btrfs' is not offered (allowed: ext4, xfs)"


def test_a_bug_answers_internal_and_names_the_error(controller, store, monkeypatch):
    monkeypatch.setattr(store, "get", lambda volume_id: 1 / 0)
    assert failure(delete, controller, "vol-01") == (StatusCode.INTERNAL, "ZeroDivisionError: division by zero")
