from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import kubernetes.client
import pytest
from ansible_collections.kubernetes.core.plugins.module_utils.k8s import client
from kubernetes.config import new_client_from_config_dict

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.session import connect

CONFIG = {
    "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1/"}}],
    "users": [{"name": "u", "user": {"token": "t0ken"}}],
    "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
    "current-context": "x",
}

CERTIFICATE, KEY = (base64.b64encode(word).decode() for word in (b"a certificate", b"a key"))


@pytest.fixture(autouse=True)
def fresh() -> None:
    """A module is a process of its own; here the library would remember the kubeconfig of the test before."""
    kubernetes.client.Configuration.set_default(None)


@pytest.mark.parametrize("name", ["_create_auth_spec", "_create_configuration", "_create_headers"])
def test_kubernetes_core_still_has_what_we_use_of_it(name) -> None:
    assert callable(getattr(client, name))


def test_a_file(tmp_path) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(CONFIG))
    session = connect({"kubeconfig": str(path), "context": "x"})
    assert session.server == "https://127.0.0.1:1"
    assert session.source == f"kubeconfig {path}, context x"
    assert session.headers() == [("authorization", "Bearer t0ken")]


def test_what_a_kubeconfig_holds_is_in_no_file_afterwards(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    pair = {"client-certificate-data": CERTIFICATE, "client-key-data": KEY}
    held = {**CONFIG, "users": [{"name": "u", "user": pair}]}
    # somebody else in the process reads the same, and goes on
    other = new_client_from_config_dict(held).configuration
    for _again in range(2):
        session = connect({"kubeconfig": held})
        made = session.configuration
        kept = {base64.b64encode(Path(file).read_bytes()).decode() for file in (made.cert_file, made.key_file)}
        assert kept == {CERTIFICATE, KEY}
        session.close()
        assert {str(one) for one in tmp_path.iterdir()} == {other.cert_file, other.key_file}


def test_nor_is_it_when_the_rest_of_it_cannot_be_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    user = {"client-certificate-data": CERTIFICATE, "client-key-data": "a"}
    with pytest.raises(EngineError):
        connect({"kubeconfig": {**CONFIG, "users": [{"name": "u", "user": user}]}})
    assert list(tmp_path.iterdir()) == []


def test_the_environment(tmp_path, monkeypatch) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(CONFIG))
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", str(path))
    monkeypatch.setenv("K8S_AUTH_IMPERSONATE_GROUPS", "a,b")
    session = connect({})
    assert session.source == f"kubeconfig {path}"
    assert session.headers()[1:] == [("Impersonate-Group", "a"), ("Impersonate-Group", "b")]


def test_a_password() -> None:
    session = connect({"host": "https://127.0.0.1:1", "username": "u", "password": "p"})
    assert session.headers()[-1] == ("authorization", "Basic dTpw")


def test_a_file_that_is_no_kubeconfig(tmp_path) -> None:
    path = tmp_path / "config"
    path.write_text("{")
    with pytest.raises(EngineError) as caught:
        connect({"kubeconfig": str(path)})
    assert str(caught.value).startswith(f"cannot read the Kubernetes settings: kubeconfig {path}: ")
    assert "\n" not in str(caught.value)


def test_a_context_that_is_not_there() -> None:
    with pytest.raises(EngineError, match="Expected object with name other in"):
        connect({"kubeconfig": CONFIG, "context": "other"})


def test_modules_import_neither_kubernetes_nor_yaml_before_they_need_them() -> None:
    """Half of the time of a module that fails early would go into their import."""
    code = (
        "import sys\n"
        "from ansible_collections.eks.redis.plugins.modules import instance, instance_info, operator, operator_info\n"
        "print(sorted({'kubernetes', 'urllib3', 'websocket'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout.strip() == "[]"
