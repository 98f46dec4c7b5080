"""The EBS CSI driver of the laboratory: ``python -m lab.csi.driver controller|node …``.

Volumes are sparse files on loop devices, so that sizes and ENOSPC are real, and have a twin in the AWS stand-in's EC2.
The generated gRPC modules must be on ``PYTHONPATH`` (``protos.compiled``).
"""

from __future__ import annotations

import argparse
import functools
import logging
import signal
from pathlib import Path

import csi_pb2_grpc as csi_grpc
import grpc

from lab.csi import sweep
from lab.csi.identity import Identity
from lab.csi.names import node_socket, registration_socket
from lab.csi.server import serve
from lab.csi.store import Store


def controller(options: argparse.Namespace) -> list[grpc.Server]:
    from lab.csi.controller import Controller  # boto3 costs a node 0.5 s and 30 MB for nothing
    from lab.csi.ec2 import Ec2

    service = Controller(Store(options.store), Ec2(options.ec2_endpoint), options.cluster)
    identity = functools.partial(csi_grpc.add_IdentityServicer_to_server, Identity())
    return [serve(options.socket, identity, functools.partial(csi_grpc.add_ControllerServicer_to_server, service))]


def node(options: argparse.Namespace) -> list[grpc.Server]:
    import pluginregistration_pb2_grpc as registration_grpc

    from lab.csi.node import Node
    from lab.csi.registration import Registration

    store = Store(options.store)
    # another node's device may be between its losetup and its mount
    sweep.detach_unmounted(store, mine=lambda volume: volume is None or volume.node in (None, options.node_id))
    socket = node_socket(options.kubelet)
    service = Node(store, options.node_id, options.zone)
    registration = functools.partial(registration_grpc.add_RegistrationServicer_to_server, Registration(str(socket)))
    identity = functools.partial(csi_grpc.add_IdentityServicer_to_server, Identity())
    node_server = serve(socket, identity, functools.partial(csi_grpc.add_NodeServicer_to_server, service))
    # kubelet calls the node socket as soon as it sees this one
    return [node_server, serve(registration_socket(options.kubelet), registration)]


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab.csi.driver", description=__doc__)
    modes = parser.add_subparsers(required=True)
    for mode in (controller, node):
        sub = modes.add_parser(mode.__name__)
        sub.set_defaults(start=mode)
        sub.add_argument("--store", type=Path, required=True, help="folder of the volumes")
        if mode is controller:
            sub.add_argument("--socket", type=Path, required=True)
            sub.add_argument("--ec2-endpoint", required=True, help="URL of the AWS stand-in")
            sub.add_argument("--cluster", required=True, help="name of the cluster in tags of volumes")
        else:
            sub.add_argument("--kubelet", type=Path, required=True, help="kubelet's --root-dir")
            sub.add_argument("--node-id", required=True)
            sub.add_argument("--zone", required=True)
    return parser


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("lab").setLevel(logging.DEBUG)
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # before any thread starts, so that all inherit it
    options = arguments().parse_args()
    servers = options.start(options)
    signal.sigwait(stop)
    for server in reversed(servers):
        server.stop(grace=5).wait()


if __name__ == "__main__":
    main()
