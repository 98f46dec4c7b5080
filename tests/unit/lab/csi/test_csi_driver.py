"""The driver's processes as kubelet and the sidecars meet them, and as the laboratory starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import csi_pb2 as csi
import csi_pb2_grpc as csi_grpc
import grpc
import pluginregistration_pb2 as registration
import pluginregistration_pb2_grpc as registration_grpc
import pytest
import yaml

import lab.csi
from lab.csi import protos
from lab.csi.names import DRIVER, ZONE, node_socket, registration_socket
from lab.model import CONTROL_PLANE, FULL, Lab
from lab.process import PACKAGES


@pytest.fixture
def start(tmp_path):
    """Starts the driver in a mode with options; waits until the socket answers."""
    running = []

    def start(mode, address, **options):
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        environment = {**os.environ, "PYTHONPATH": f"{PACKAGES}:{protos.compiled()}", "AWS_DEFAULT_REGION": "us-east-1"}
        command = [sys.executable, "-m", "lab.csi.driver", mode, f"--store={tmp_path / 'store'}", *flags]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        running.append(process)
        channel = grpc.insecure_channel(f"unix:{address}")
        grpc.channel_ready_future(channel).result(timeout=60)
        return process, channel

    yield start
    for process in running:
        process.kill()
        process.communicate()


def start_node(start, kubelet):
    return start("node", registration_socket(kubelet), kubelet=kubelet, node_id="i-a", zone="us-east-1a")


def test_kubelet_finds_the_node_service_through_the_registration(start, tmp_path):
    _process, channel = start_node(start, tmp_path)
    info = registration_grpc.RegistrationStub(channel).GetInfo(registration.InfoRequest())
    assert (info.type, info.name, list(info.supported_versions)) == ("CSIPlugin", DRIVER, ["1.0.0"])
    assert info.endpoint == str(node_socket(tmp_path))

    with grpc.insecure_channel(f"unix:{info.endpoint}") as node:
        answer = csi_grpc.NodeStub(node).NodeGetInfo(csi.NodeGetInfoRequest())
        assert (answer.node_id, dict(answer.accessible_topology.segments)) == ("i-a", {ZONE: "us-east-1a"})
        assert answer.max_volumes_per_node == 25
        assert csi_grpc.IdentityStub(node).Probe(csi.ProbeRequest()).ready.value


def test_a_node_refuses_volumes_of_other_zones_and_unknown_ones(start, tmp_path):
    from lab.csi.store import Store, Volume

    Store(tmp_path / "store").save(Volume("vol-0b", "pvc-b", 1 << 20, "us-east-1b"))
    start_node(start, tmp_path)
    mode = csi.VolumeCapability.AccessMode(mode=csi.VolumeCapability.AccessMode.SINGLE_NODE_WRITER)
    capability = csi.VolumeCapability(access_mode=mode, mount=csi.VolumeCapability.MountVolume())
    with grpc.insecure_channel(f"unix:{node_socket(tmp_path)}") as channel:
        node = csi_grpc.NodeStub(channel)

        def refusal(volume_id):
            with pytest.raises(grpc.RpcError) as caught:
                node.NodeStageVolume(
                    csi.NodeStageVolumeRequest(
                        volume_id=volume_id, staging_target_path=str(tmp_path / "s"), volume_capability=capability
                    )
                )
            return caught.value.code(), caught.value.details()

        in_zone = "volume vol-0b is in us-east-1b, this node in us-east-1a"
        assert refusal("vol-0b") == (grpc.StatusCode.FAILED_PRECONDITION, in_zone)
        assert refusal("vol-0c") == (grpc.StatusCode.NOT_FOUND, "volume 'vol-0c' does not exist")


def test_a_killed_driver_starts_again_over_its_socket_and_a_stopped_one_takes_it_away(start, tmp_path):
    socket = tmp_path / "csi.sock"
    options = {"socket": socket, "ec2_endpoint": "http://127.0.0.1:9", "cluster": "lab"}
    process, _channel = start("controller", socket, **options)
    process.kill()
    process.wait()
    assert socket.is_socket()

    process, channel = start("controller", socket, **options)
    answer = csi_grpc.IdentityStub(channel).GetPluginInfo(csi.GetPluginInfoRequest())
    assert answer.name == DRIVER
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert not socket.exists()


def test_a_socket_path_the_kernel_would_cut_is_refused(tmp_path):
    from lab.csi.server import serve

    with pytest.raises(SystemExit, match="a socket's path has at most 107 bytes: use a shorter state folder"):
        serve(tmp_path / ("x" * 108))


def test_there_is_a_controller_with_sidecars_and_a_driver_per_node(tmp_path):
    laboratory = Lab("t", FULL, tmp_path)
    processes = lab.csi.processes(laboratory)
    places = {process.name: process.place for process in processes}
    assert places == {
        "csi-controller": CONTROL_PLANE,
        "csi-provisioner": CONTROL_PLANE,
        "csi-attacher": CONTROL_PLANE,
        "csi-resizer": CONTROL_PLANE,
        "csi-node-a": "node-a",
        "csi-node-b": "node-b",
        "csi-node-c": "node-c",
    }
    assert all(process.restart for process in processes)
    assert [process.ready() for process in processes if process.ready] == [False] * 4


def test_every_sidecar_has_a_role_of_its_own():
    text = Path(lab.csi.__file__).with_name("manifests.yaml").read_text()
    objects = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load(text)["items"]}
    for name in lab.csi.SIDECARS:
        binding = objects["ClusterRoleBinding", name]
        assert [subject["name"] for subject in binding["subjects"]] == [name]
        assert binding["roleRef"]["name"] == name
        assert all("*" not in rule["verbs"] + rule["resources"] for rule in objects["ClusterRole", name]["rules"])
    assert objects["CSIDriver", DRIVER]["spec"]["attachRequired"] is True
