"""etcd, API server, controller manager and scheduler: commands, configuration and what each is ready by."""

from __future__ import annotations

from lab import kubectl, process
from lab.model import (
    API_ADDRESS,
    API_PORT,
    CONTROL_PLANE,
    OIDC_ISSUER,
    SERVICES,
    Lab,
    Process,
)

ETCD = "http://127.0.0.1:2379"

# every request of everybody who is not part of Kubernetes itself, without bodies: no secret gets into the log
AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  userGroups: ["system:nodes", "system:serviceaccounts:kube-system"]
- level: None
  users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"]
- level: None
  nonResourceURLs: ["/healthz*", "/livez*", "/readyz*"]
- level: Metadata
"""


def api(lab: Lab) -> list[Process]:
    return [_etcd(lab), _api_server(lab)]


def controllers(lab: Lab) -> list[Process]:
    """They end at once unless the API server is ready. Without nodes there is nothing to schedule."""
    return [_controller_manager(lab), _scheduler(lab)] if lab.nodes else [_controller_manager(lab)]


def _etcd(lab: Lab) -> Process:
    # fsync protects against the loss of the machine, and the state does not outlive that
    options = {
        "data-dir": lab.state / "etcd",
        "listen-client-urls": ETCD,
        "advertise-client-urls": ETCD,
        "listen-peer-urls": "http://127.0.0.1:2380",
        "logger": "zap",
        "log-level": "warn",
        # it is alone, and gives up on requests after 5 s and twice this: a machine that stalls is to answer them late
        "heartbeat-interval": 500,
        "election-timeout": 20000,
    }
    command = ("etcd", *_flags(options), "--unsafe-no-fsync")
    return Process("etcd", command, ready=process.answers(lab, CONTROL_PLANE, f"{ETCD}/health"))


def _api_server(lab: Lab) -> Process:
    policy = lab.state / "audit-policy.yaml"
    policy.write_text(AUDIT_POLICY)
    options = {
        "etcd-servers": ETCD,
        "advertise-address": API_ADDRESS,
        "secure-port": API_PORT,
        "tls-cert-file": lab.pki / "apiserver.crt",
        "tls-private-key-file": lab.pki / "apiserver.key",
        "client-ca-file": lab.pki / "ca.crt",
        "kubelet-certificate-authority": lab.pki / "ca.crt",
        "kubelet-client-certificate": lab.pki / "apiserver-kubelet-client.crt",
        "kubelet-client-key": lab.pki / "apiserver-kubelet-client.key",
        "kubelet-preferred-address-types": "InternalIP",
        "service-cluster-ip-range": SERVICES,
        "service-account-issuer": OIDC_ISSUER,
        "service-account-signing-key-file": lab.pki / "service-accounts.key",
        "service-account-key-file": lab.pki / "service-accounts.key",
        "service-account-jwks-uri": f"{OIDC_ISSUER}/keys",
        # pods exchange their tokens at the AWS stand-in, by web identity or by Pod Identity
        "api-audiences": "https://kubernetes.default.svc,sts.amazonaws.com,pods.eks.amazonaws.com",
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",
        "allow-privileged": "true",
        # Services lead nowhere from here, the pods behind them can be reached: webhooks
        "enable-aggregator-routing": "true",
        "audit-policy-file": policy,
        "audit-log-path": lab.audit_log,
    }
    return Process("kube-apiserver", ("kube-apiserver", *_flags(options)), ready=lambda: kubectl.ready(lab))


def _controller_manager(lab: Lab) -> Process:
    options = {
        **_clients(lab, "controller-manager"),
        "service-account-private-key-file": lab.pki / "service-accounts.key",
        "root-ca-file": lab.pki / "ca.crt",
        "use-service-account-credentials": "true",
    }
    return _controller(lab, "kube-controller-manager", options, port=10257)


def _scheduler(lab: Lab) -> Process:
    return _controller(lab, "kube-scheduler", _clients(lab, "scheduler"), port=10259)


def _controller(lab: Lab, name: str, options: dict[str, object], port: int) -> Process:
    health = process.answers(lab, CONTROL_PLANE, f"https://127.0.0.1:{port}/healthz")
    return Process(name, (name, *_flags(options)), ready=health)


def _clients(lab: Lab, user: str) -> dict[str, object]:
    return {"kubeconfig": lab.kubeconfig_of(user), "leader-elect": "false"}


def _flags(options: dict[str, object]) -> list[str]:
    return [f"--{name}={value}" for name, value in options.items()]
