"""A machine of the cluster: containerd, kubelet, kube-proxy and the firewall of network policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab import images, kubectl, process
from lab.model import DNS_DOMAIN, DNS_SERVICE, PODS, REGION, SERVICES, Lab, LabError, Node, Process

INSTANCE_TYPE = "r6g.large"
# kubelet empties this folder and listens there, whatever its --root-dir: two that start at once would meet
DEVICE_PLUGINS = "/var/lib/kubelet/device-plugins"
WITH_OWN_DEVICE_PLUGINS = f'mount --bind "$0" {DEVICE_PLUGINS} && exec "$@"'
CONTAINERD = """\
version = 2
root = "{state}/containerd"
state = "{state}/run"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{state}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{state}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
"""


def manifest(node: Node) -> dict[str, Any]:
    """The Node object, made before its kubelet starts: what the cloud's controller would write on EKS."""
    labels = {
        "node.kubernetes.io/instance-type": INSTANCE_TYPE,
        "topology.kubernetes.io/region": REGION,
        "topology.kubernetes.io/zone": node.zone,
    }
    spec = {"podCIDR": node.pod_cidr, "podCIDRs": [node.pod_cidr], "providerID": node.provider_id}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node.name, "labels": labels}, "spec": spec}


def configure(lab: Lab, node: Node) -> None:
    """Writes the configuration files of a node's processes."""
    (node.state / "cni").mkdir(parents=True, exist_ok=True)
    _device_plugins(node).mkdir(exist_ok=True)
    containerd = CONTAINERD.format(state=node.state, socket=node.containerd_socket, pause=images.PAUSE)
    (node.state / "containerd.toml").write_text(containerd)
    # pods that ask their node, as CoreDNS does, find nobody: there is nothing outside
    (node.state / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    (node.state / "cni" / "10-lab.conflist").write_text(json.dumps(_cni(node), indent=2))
    (node.state / "kubelet.json").write_text(json.dumps(_kubelet_configuration(lab, node), indent=2))


def runtime(lab: Lab, node: Node) -> Process:
    command = ("containerd", f"--config={node.state}/containerd.toml")
    return Process(_name("containerd", node), command, node.name, ready=lambda: _ctr(lab, node, "version") == "")


def load(lab: Lab, node: Node, archive: Path, *, unpack: bool = True) -> None:
    """Puts the images of an archive into the node's containerd. unpack: now, not when the first pod asks for one."""
    options = () if unpack else ("--no-unpack",)
    error = _ctr(lab, node, "--namespace=k8s.io", "images", "import", *options, str(archive))
    if error:
        raise LabError(f"{node.name}: import of {archive.name} failed: {error}")


def kubelet(lab: Lab, node: Node) -> Process:
    command = (
        *("unshare", "--mount", "--propagation=unchanged", "sh", "-c", WITH_OWN_DEVICE_PLUGINS),
        str(_device_plugins(node)),
        "kubelet",
        f"--config={node.state}/kubelet.json",
        f"--kubeconfig={lab.kubeconfig_of(node.name)}",
        f"--root-dir={node.kubelet}",
        f"--hostname-override={node.name}",
        f"--node-ip={node.address}",
    )
    has_address = ["get", "node", node.name, "--output=jsonpath={.status.addresses}"]
    return Process(
        _name("kubelet", node), command, node.name, ready=lambda: bool(kubectl.call(lab, has_address).stdout)
    )


def agents(lab: Lab, node: Node) -> list[Process]:
    """They look up their node's address and end without it: the kubelets come first."""
    proxy = (
        "kube-proxy",
        f"--kubeconfig={lab.kubeconfig_of('proxy')}",
        "--proxy-mode=iptables",
        f"--cluster-cidr={PODS}",
        f"--hostname-override={node.name}",
        # connection tracking is the kernel's, shared with the host: its limits are not ours to set
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
    )
    firewall = (
        "kube-router",
        f"--kubeconfig={lab.kubeconfig_of('kube-router')}",
        f"--hostname-override={node.name}",
        "--run-firewall=true",
        "--run-router=false",
        "--run-service-proxy=false",
        "--run-loadbalancer=false",
        "--enable-cni=false",
        f"--service-cluster-ip-range={SERVICES}",
        "--metrics-port=0",
    )
    return [
        Process(_name("kube-proxy", node), proxy, node.name, ready=_healthy(lab, node, 10256)),
        Process(_name("kube-router", node), firewall, node.name, ready=_healthy(lab, node, 20244)),
    ]


def _kubelet_configuration(lab: Lab, node: Node) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{lab.pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": f"{lab.pki}/{node.name}.crt",
        "tlsPrivateKeyFile": f"{lab.pki}/{node.name}.key",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{lab.cgroup}/{node.name}",
        # version 1 of control groups is refused from 1.35 on unless this is said
        "failCgroupV1": False,
        "failSwapOn": False,
        "clusterDNS": [DNS_SERVICE],
        "clusterDomain": DNS_DOMAIN,
        "containerRuntimeEndpoint": f"unix://{node.containerd_socket}",
        "resolvConf": f"{node.state}/resolv.conf",
        # kubelets that share a folder delete each other's logs
        "podLogsDir": f"{node.state}/pods",
        "volumePluginDir": f"{node.state}/volumeplugins",
        "providerID": node.provider_id,
        # the disk is the host's and may be nearly full; its images cannot be pulled again
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "nodeStatusUpdateFrequency": "4s",
        "syncFrequency": "10s",
        "serializeImagePulls": False,
    }


def _cni(node: Node) -> dict[str, Any]:
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "dataDir": f"{node.state}/ipam",
            "ranges": [[{"subnet": node.pod_cidr}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.4.0", "name": "lab", "plugins": [bridge, ports]}


def _device_plugins(node: Node) -> Path:
    return node.state / "device-plugins"


def _name(program: str, node: Node) -> str:
    return f"{program}-{node.site}"


def _healthy(lab: Lab, node: Node, port: int) -> Callable[[], bool]:
    return process.answers(lab, node.name, f"http://127.0.0.1:{port}/healthz")


def _ctr(lab: Lab, node: Node, *arguments: str) -> str:
    """What went wrong; an empty string when nothing did."""
    done = process.run(lab, node.name, ["ctr", f"--address={node.containerd_socket}", *arguments])
    return "" if done.returncode == 0 else done.stderr.strip() or "failed"
