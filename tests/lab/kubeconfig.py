"""Kubeconfig files: everything in them, so that they can be copied."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from lab import certificates
from lab.model import API_ADDRESS, API_PORT, Lab


def create(lab: Lab, host_port: int) -> None:
    """One per user for processes inside the laboratory, and the administrator's for the host."""
    folder = lab.kubeconfig_of("admin").parent
    folder.mkdir(parents=True, exist_ok=True)
    for user in (*certificates.USERS, *(node.name for node in lab.sites)):
        _write(lab, lab.kubeconfig_of(user), user, f"https://{API_ADDRESS}:{API_PORT}")
    _write(lab, lab.kubeconfig, "admin", f"https://127.0.0.1:{host_port}")


def _write(lab: Lab, path: Path, user: str, server: str) -> None:
    name = f"ekslab-{lab.name}"
    credentials = {
        "client-certificate-data": _encoded(lab, f"{user}.crt"),
        "client-key-data": _encoded(lab, f"{user}.key"),
    }
    cluster = {"server": server, "certificate-authority-data": _encoded(lab, "ca.crt")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "current-context": name,
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2) + "\n")


def _encoded(lab: Lab, file: str) -> str:
    return base64.b64encode((lab.pki / file).read_bytes()).decode()
