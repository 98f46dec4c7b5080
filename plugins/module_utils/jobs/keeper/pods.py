# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods by the Kubernetes API, in plain HTTPS: two requests are all that the keeper needs of it."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

ROLE = "redis-role"  # the label by which Services find the master (operator sheet §2.1)
MANAGER = "eks.redis.touch"  # who else sets it for us has the same name (engine/touch.py)
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_PATIENCE = 3.0  # seconds for a request
_GONE = (404, 409)  # there is none, or it is another one by now


@dataclass(frozen=True)
class Pod:
    """address: "" before it has one. role: the label, "" without."""

    name: str
    uid: str
    address: str
    role: str


class Pods:
    """Those of a namespace. environment: of a pod. account: the folder with its token, which changes, and the CA."""

    def __init__(self, namespace: str, environment: Mapping[str, str], account: str = _ACCOUNT) -> None:
        self._namespace, self._account = namespace, Path(account)
        try:
            self._server = environment["KUBERNETES_SERVICE_HOST"], int(environment["KUBERNETES_SERVICE_PORT"])
        except KeyError as error:
            raise JobError(f"{error.args[0]} is not set: the keeper is no pod of Kubernetes") from None

    def read(self, name: str) -> Pod | None:
        """None where it is not there. Errors: JobError."""
        status, found = self._ask("GET", name)
        if status in _GONE:
            return None
        meta = found["metadata"]
        address = found.get("status", {}).get("podIP", "")
        return Pod(name, meta["uid"], address, meta.get("labels", {}).get(ROLE, ""))

    def label(self, pod: Pod, role: str) -> None:
        """Sets its role, master or slave; nothing happens to a pod that is not the same any more. Errors: JobError."""
        meta = {"name": pod.name, "namespace": self._namespace, "uid": pod.uid, "labels": {ROLE: role}}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": meta}
        self._ask("PATCH", f"{pod.name}?fieldManager={MANAGER}&force=true", body)

    def _ask(self, method: str, rest: str, body: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        name = rest.partition("?")[0]
        what = f"Pod {self._namespace}/{name}"
        try:
            token = (self._account / "token").read_text(encoding="ascii").strip()
            context = ssl.create_default_context(cafile=str(self._account / "ca.crt"))
            connection = http.client.HTTPSConnection(*self._server, timeout=_PATIENCE, context=context)
            try:
                headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/apply-patch+yaml"}
                path = f"/api/v1/namespaces/{self._namespace}/pods/{rest}"
                connection.request(method, path, json.dumps(body) if body else None, headers)
                answer = connection.getresponse()
                found = json.loads(answer.read())
            finally:
                connection.close()
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise JobError(f"{what}: {method}: the Kubernetes API does not answer: {error}") from None
        if answer.status >= 300 and answer.status not in _GONE:
            raise JobError(f"{what}: {method}: the Kubernetes API says {answer.status}: {found.get('message')}")
        return answer.status, found
