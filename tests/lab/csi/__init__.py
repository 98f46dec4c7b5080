"""Storage of the laboratory: our driver ``ebs.csi.aws.com`` behind the real external sidecars."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from lab import model
from lab.csi import protos
from lab.csi.names import registration_socket
from lab.model import Lab, Node, Process
from lab.process import PACKAGES

# the sidecars' patience is that of people who watch a test, not of a busy cloud
PATIENCE = ("--timeout=60s", "--retry-interval-start=500ms", "--retry-interval-max=10s")
# name of the binary and of its user -> its own flags
SIDECARS = {
    "csi-provisioner": ("--extra-create-metadata", "--default-fstype=ext4"),
    "csi-attacher": ("--default-fstype=ext4",),
    # false: needs no informer on pods, and our driver grows volumes in use
    "csi-resizer": ("--handle-volume-inuse-error=false",),
}

# the stand-in lets any key in; this one is what its log calls the driver
AWS = {"AWS_DEFAULT_REGION": model.REGION, "AWS_ACCESS_KEY_ID": "ebs-csi-driver", "AWS_SECRET_ACCESS_KEY": "lab"}


def processes(lab: Lab) -> list[Process]:
    """The controller with its sidecars and one driver per node; all are started again when they end.

    The sidecars end by design: at their first call after the controller was restarted.
    """
    generated = protos.compiled()
    sidecars = [_sidecar(lab, name, flags) for name, flags in SIDECARS.items()]
    return [_controller(lab, generated), *sidecars, *(_node(lab, node, generated) for node in lab.nodes)]


def _store(lab: Lab) -> Path:
    return lab.state / "csi" / "volumes"


def _controller_socket(lab: Lab) -> Path:
    return lab.state / "csi" / "csi.sock"


def _controller(lab: Lab, generated: Path) -> Process:
    options = {
        "socket": _controller_socket(lab),
        "ec2-endpoint": f"http://127.0.0.1:{model.AWS_PORT}",
        "cluster": model.CLUSTER,
        "store": _store(lab),
    }
    return Process(
        "csi-controller",
        _command("controller", options),
        environment={**_environment(generated), **AWS},
        ready=lambda: _listens(_controller_socket(lab)),
        restart=True,
    )


def _node(lab: Lab, node: Node, generated: Path) -> Process:
    options = {"kubelet": node.kubelet, "node-id": node.instance_id, "zone": node.zone, "store": _store(lab)}
    return Process(
        f"csi-{node.name}",
        _command("node", options),
        node.name,
        _environment(generated),
        ready=lambda: _listens(registration_socket(node.kubelet)),
        restart=True,
    )


def _sidecar(lab: Lab, name: str, flags: tuple[str, ...]) -> Process:
    connections = (f"--csi-address={_controller_socket(lab)}", f"--kubeconfig={lab.kubeconfig_of(name)}")
    return Process(name, (name, *connections, *PATIENCE, *flags), restart=True)


def _command(mode: str, options: dict[str, object]) -> tuple[str, ...]:
    flags = (f"--{name}={value}" for name, value in options.items())
    return (sys.executable, "-m", "lab.csi.driver", mode, *flags)


def _environment(generated: Path) -> dict[str, str]:
    # our children are other programs: gRPC need not survive a fork
    return {"PYTHONPATH": f"{PACKAGES}:{generated}", "GRPC_ENABLE_FORK_SUPPORT": "0"}


def _listens(address: Path) -> bool:
    """Whether somebody does; the file alone may be what a killed driver left."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(address))
        except OSError:
            return False
    return True
