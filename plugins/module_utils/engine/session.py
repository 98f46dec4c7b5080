# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one file that imports kubernetes and kubernetes.core: how to reach a cluster, as kubernetes.core reads it.

kubernetes.core promises no stable module_utils, and its public ``get_api_client`` starts with discovery, four requests
we do not need; so three of its helpers are used here, and a unit test checks that they are there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError


@dataclass(frozen=True)
class Session:
    """A configured way to one API server.

    server: its URL. source: where the settings came from, for messages. pool: a urllib3 pool manager.
    configuration: kubernetes' Configuration (TLS files, proxy, a token that its hook renews). files: temporary ones of
    its own, with certificates and keys.
    """

    server: str
    source: str
    pool: Any
    configuration: Any
    impersonation: dict[str, Any]
    files: tuple[str, ...]

    def close(self) -> None:
        """Leaves no key behind. Nothing can be asked any more."""
        _remove(self.files)

    def headers(self) -> list[tuple[str, str]]:
        """The headers of identity, fresh for each request: tokens of an exec plugin expire during long waits."""
        headers = []
        bearer = self.configuration.auth_settings().get("BearerToken")
        if bearer:
            headers.append(("authorization", bearer["value"]))
        elif self.configuration.username:
            headers.append(("authorization", self.configuration.get_basic_auth_token()))
        for name, value in self.impersonation.items():
            headers += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return headers

    def websocket(self, path: str, protocol: str, timeout: float) -> Any:
        """An open websocket-client connection to ``path``; raises that library's exceptions.

        kubernetes.stream is not used because it drops the impersonation headers: it would run as somebody else.
        """
        import ssl

        import websocket
        from kubernetes.stream.ws_client import websocket_proxycare

        config = self.configuration
        tls: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED if config.verify_ssl else ssl.CERT_NONE}
        tls["check_hostname"] = bool(config.verify_ssl) and config.assert_hostname is not False
        given = (
            ("ca_certs", config.ssl_ca_cert if config.verify_ssl else None),
            ("certfile", config.cert_file),
            ("keyfile", config.key_file),
            ("server_hostname", getattr(config, "tls_server_name", None)),
        )
        tls.update((name, value) for name, value in given if value)
        options: dict[str, Any] = {"header": [f"{name}: {value}" for name, value in self.headers()]}
        if config.proxy:
            options = websocket_proxycare(options, config, self.server, {})
        return websocket.create_connection(
            f"ws{self.server.removeprefix('http')}{path}",
            timeout=timeout,
            sslopt=tls,
            subprotocols=[protocol],
            suppress_origin=True,
            **options,
        )


def connect(params: dict[str, Any]) -> Session:
    """A session from a module's Kubernetes options and the K8S_AUTH_* environment; asks the cluster nothing yet.

    Raises EngineError when no cluster is configured or its settings cannot be read.
    """
    try:
        import kubernetes.client.rest
        import kubernetes.config
        from ansible_collections.kubernetes.core.plugins.module_utils.k8s.client import (
            _create_auth_spec,
            _create_configuration,
            _create_headers,
        )
    except ImportError as error:
        raise EngineError(
            f"the Python library {error.name or 'kubernetes'} is missing for {sys.executable}: "
            "install kubernetes>=29.0.0 and the collection kubernetes.core there"
        ) from None
    auth = _create_auth_spec(None, **params)
    source = _source(auth)
    try:
        with _files_apart() as files:
            configuration = _create_configuration(auth)
    except kubernetes.config.ConfigException as error:
        reason = _first_line(error).removeprefix("Invalid kube-config file. ").rstrip(".")
        raise EngineError(
            f"no Kubernetes cluster to talk to: {source}: {reason}; "
            "set KUBECONFIG, or the option kubeconfig, or host and api_key"
        ) from None
    except Exception as error:  # yaml, OS and type errors of whatever the file holds
        raise EngineError(f"cannot read the Kubernetes settings: {source}: {_first_line(error)}") from None
    pool = kubernetes.client.rest.RESTClientObject(configuration).pool_manager
    impersonation = _create_headers(None, **params)
    return Session(configuration.host.rstrip("/"), source, pool, configuration, impersonation, tuple(files))


@contextmanager
def _files_apart() -> Iterator[list[str]]:
    """The files that kubernetes makes meanwhile for what a kubeconfig holds: certificates, and the key of the user.

    It would share them with others of this process, and remove them when that ends, which a worker of Ansible never
    does properly: it leaves by os._exit.
    """
    import kubernetes.config.kube_config as read

    made: list[str] = []
    others, read._temp_files = read._temp_files, {}
    try:
        yield made
    except BaseException:
        _remove(read._temp_files.values())
        raise
    finally:
        made += read._temp_files.values()
        read._temp_files = others


def _remove(files: Iterable[str]) -> None:
    for file in files:
        with suppress(OSError):
            os.remove(file)


def _source(auth: dict[str, Any]) -> str:
    kubeconfig = auth.get("kubeconfig")
    if isinstance(kubeconfig, dict):
        return "kubeconfig given as a mapping"
    if auth.get("host") and not kubeconfig:
        return "option host"
    path = kubeconfig or os.environ.get("KUBECONFIG") or os.path.join("~", ".kube", "config")
    context = f", context {auth['context']}" if auth.get("context") else ""
    return f"kubeconfig {path}{context}"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
