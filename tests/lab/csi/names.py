"""Names that Kubernetes, EC2 and users see: those of the real EBS CSI driver."""

from __future__ import annotations

from pathlib import Path

DRIVER = "ebs.csi.aws.com"
ZONE = "topology.ebs.csi.aws.com/zone"
MAX_VOLUMES_PER_NODE = 25


def node_socket(kubelet: Path) -> Path:
    """kubelet: its --root-dir."""
    return kubelet / "plugins" / DRIVER / "csi.sock"


def registration_socket(kubelet: Path) -> Path:
    """Where kubelet looks for drivers."""
    return kubelet / "plugins_registry" / f"{DRIVER}-reg.sock"
