"""What clients notice of a new certificate: nothing, where connections that are open stay open."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from base64 import b64decode
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from clients_inside import Client
from conftest import kubectl
from document import Section
from places import eventually, laboratory, pods
from test_failover import AUTHENTICATION, CLIENTS, FLAVOUR, PASSWORD

SECTION = Section(
    "A new certificate",
    """
An instance with TLS gets a certificate with one name more (`transitEncryption.names`) by a deploy, while clients write
as above. The keeper has each Redis read it, and restarts the sentinels one by one. The time is that from the end of the
deploy until every pod shows the new certificate; errors are commands that failed at a client, of all its threads.
""",
    ("mode", "client", "acknowledged", "lost", "errors", "longest gap in seconds", "Redis shows it after", "sentinels"),
)
MODES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "standalone": ({}, {}, ("alone",)),
    "sentinel": ({"deployment": {"mode": "sentinel"}}, {}, ("sentinel", "service")),
    "cluster": ({"deployment": {"mode": "cluster"}}, {"clusterModeEnabled": True}, ("cluster",)),
}
# access, Service to begin with, and what the table calls such a client
KINDS = {"alone": ("service", "drill", "uses the Service"), **{key: (key, *told) for key, told in CLIENTS.items()}}
TLS = {"enabled": True}


@pytest.mark.parametrize("mode", MODES)
def test_clients_notice_nothing_of_a_new_certificate(mode, instance, record, tmp_path) -> None:
    own, root, kinds = MODES[mode]
    deploy = partial(instance, {**FLAVOUR, **own}, authentication=AUTHENTICATION, **root)
    namespace = deploy(transitEncryption=TLS)
    ca = tmp_path / "ca.crt"
    ca.write_text(secret(namespace, "ca.crt"))
    clients = {kind: client(kind, namespace, ca, tmp_path) for kind in kinds}
    for each in clients.values():
        each.start()
    # long enough for every thread to have its connection
    time.sleep(5)
    before = secret(namespace, "tls.crt")
    deploy(transitEncryption={**TLS, "names": ["cache.example.com"]})
    after, began = secret(namespace, "tls.crt"), time.monotonic()
    assert after != before
    times = ["" for _component in ("redis", "sentinel")]
    for number, (component, port) in enumerate({"redis": 6379, "sentinel": 26379}.items()):
        if pods(namespace, component):
            eventually(lambda component=component, port=port: shown(namespace, component, port) == {leaf(after)})
            times[number] = f"{time.monotonic() - began:.0f} s"
    for kind, each in clients.items():
        report = each.finish()
        errors = [error for thread in report["threads"] for error in thread["errors"]]
        print(kind, report["acknowledged"], errors, flush=True)
        failed = sum(error["times"] for error in errors)
        record(
            SECTION,
            mode,
            KINDS[kind][2],
            *(report[key] for key in ("acknowledged", "lost")),
            failed,
            report["longest_gap"],
            *times,
        )
        assert report["lost"] == 0
        assert failed <= len(report["threads"]), errors  # one reconnect each


def client(kind: str, namespace: str, ca: Path, folder: Path) -> Client:
    access, service, _told = KINDS[kind]
    place = laboratory().nodes[0].name
    return Client(access, f"{service}.{namespace}.svc", place, PASSWORD, folder, ca)


def secret(namespace: str, key: str) -> str:
    path = key.replace(".", "\\.")
    return b64decode(
        kubectl("get", "secret", "drill-tls", f"--output=jsonpath={{.data.{path}}}", namespace=namespace)
    ).decode()


def shown(namespace: str, component: str, port: int) -> set[str]:
    """The certificates that pods show; "" of one that does not answer."""
    addresses = [
        kubectl("get", "pod", pod, "--output=jsonpath={.status.podIP}", namespace=namespace)
        for pod in pods(namespace, component)
    ]
    inside = [sys.executable, "-m", "lab", "exec", "--place", laboratory().nodes[0].name]
    places = [f"{address}:{port}" for address in addresses]
    said = subprocess.check_output([*inside, sys.executable, "-m", "clients.shown", *places], text=True)
    return {leaf(pem) for pem in json.loads(said)}


def leaf(pem: str) -> str:
    """The first certificate of a chain, without what editors do to lines."""
    return "".join(pem.partition("-----END")[0].split())
