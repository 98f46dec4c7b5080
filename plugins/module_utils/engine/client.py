# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to the Kubernetes API by path: no discovery, kept connections, retries, errors of one line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from ansible_collections.eks.redis.plugins.module_utils.engine import errors, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.session import Session, connect

_THREADS = 8
_PAUSES = (0.25, 0.5, 1.0, 2.0)  # seconds between the tries of one request
_BUSY = frozenset({429, 502, 503, 504})
_CONNECT, _READ = 10, 60  # seconds
_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class _Request:
    """``verb`` and ``what`` are for messages: ``apply``, ``ConfigMap apps/cache-config``."""

    method: str
    verb: str
    what: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Api:
    """The API server of one session. Every method may raise ApiError or Unreachable.

    All requests are safe to repeat: reads, server-side applies, deletes by name and tokens.
    """

    def __init__(self, session: Session) -> None:
        import urllib3  # not at the top: only a run needs it, not the documentation

        self.session = session
        self._urllib3 = urllib3

    @classmethod
    def connect(cls, params: dict[str, Any]) -> Api:
        """From a module's options, see session.connect."""
        return cls(connect(params))

    def close(self) -> None:
        """Leaves nothing behind, see Session."""
        self.session.close()

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        """The object, or None when it, its namespace or its kind is not there."""
        return self._found(
            _Request("GET", "get", kinds.reference(kind, namespace, name), kinds.path(kind, namespace, name))
        )

    def list(self, kind: str, namespace: str | None = None, **selectors: str) -> list[dict[str, Any]]:
        """The objects of a kind, in one namespace or (None) in all; [] for a kind the cluster does not know.

        selectors: ``labelSelector``, ``fieldSelector``. Items carry no kind in the API's answer, so it is added.
        """
        path = kinds.path(kind, namespace)
        answer = self._found(_Request("GET", "list", _collection(kind, namespace), path, selectors))
        api = kinds.kind(kind).api
        return [{"apiVersion": api, "kind": kind, **item} for item in (answer or {}).get("items") or ()]

    def served(self, api: str) -> frozenset[str]:
        """The plurals an API version serves, such as ``redis.redis.opstreelabs.in/v1beta2``; empty when it has none.

        Every authenticated user may ask this, other than for the CRD object.
        """
        answer = self._found(_Request("GET", "get", f"API {api}", f"/apis/{api}"))
        return frozenset(resource["name"] for resource in (answer or {}).get("resources") or ())

    def apply(
        self,
        manifest: dict[str, Any],
        *,
        manager: str = kinds.MANAGER,
        dry_run: bool = False,
        force: bool = False,
        within: int = 0,
    ) -> dict[str, Any]:
        """Server-side apply; the object as it then is, or would be. within: seconds after which it must not be done any
        more, so that it is tried once only; 0 for as long as it takes."""
        meta = manifest["metadata"]
        query = {"fieldManager": manager, "force": "true" if force else "false"}
        if dry_run:
            query["dryRun"] = "All"
        if within:
            query["timeout"] = f"{within}s"
        path = kinds.path(manifest["kind"], meta.get("namespace"), meta["name"])
        # JSON is YAML too, and needs no library; but YAML wants \U0001f680 where JSON has two halves of four digits
        body = json.dumps(manifest, ensure_ascii=False).encode("ascii", "backslashreplace")
        request = _Request("PATCH", "apply", kinds.reference_of(manifest), path, query, body)
        return json.loads(self._send(request, read=within or _READ, pauses=() if within else _PAUSES).data)

    def delete(self, kind: str, name: str, namespace: str | None = None, *, dry_run: bool = False) -> bool:
        """Deletes in the background; False when there was nothing to delete."""
        query = {"propagationPolicy": "Background", **({"dryRun": "All"} if dry_run else {})}
        what, path = kinds.reference(kind, namespace, name), kinds.path(kind, namespace, name)
        return self._found(_Request("DELETE", "delete", what, path, query)) is not None

    def token(self, namespace: str, service_account: str, audience: str, seconds: int) -> str:
        """A token of a ServiceAccount, which lasts ``seconds``, 600 at least; nothing is stored."""
        path = f"{kinds.path('ServiceAccount', namespace, service_account)}/token"
        body = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": [audience], "expirationSeconds": seconds},
        }
        what = f"a token of ServiceAccount {namespace}/{service_account}"
        answer = self._call(_Request("POST", "create", what, path, body=json.dumps(body).encode()))
        return str(json.loads(answer)["status"]["token"])

    def version(self) -> str:
        """Of Kubernetes, as the server says it: ``v1.34.4``."""
        answer = self._call(_Request("GET", "get", "the version of the API server", "/version"))
        return str(json.loads(answer)["gitVersion"])

    def issuer(self) -> str | None:
        """URL of the issuer of the ServiceAccounts' tokens; None where the caller may not read it."""
        request = _Request("GET", "get", "the issuer of tokens", "/.well-known/openid-configuration")
        try:
            found = self._found(request)
        except errors.ApiError as error:
            if error.status == 403:
                return None
            raise
        return str(found["issuer"]) if found else None

    def log(self, namespace: str, pod: str, container: str, *, lines: int, previous: bool = False) -> str:
        """The end of a container's log; "" when there is none (yet) or it may not be read."""
        path = f"{kinds.path('Pod', namespace, pod)}/log"
        query = {"container": container, "tailLines": str(lines), "previous": "true" if previous else "false"}
        try:
            return self._call(_Request("GET", "read the log of", f"Pod {namespace}/{pod}", path, query)).decode(
                errors="replace"
            )
        except errors.ApiError:
            return ""

    def watch(self, kind: str, namespace: str | None, seconds: int, **selectors: str) -> Iterator[dict[str, Any]]:
        """Events ``{type, object}`` of a kind until the stream ends: after ``seconds``, or earlier when it breaks.

        Starts with one ADDED event for every object there is: who watches again has missed nothing.
        """
        query = {"watch": "true", "timeoutSeconds": str(seconds), **selectors}
        request = _Request("GET", "watch", _collection(kind, namespace), kinds.path(kind, namespace), query)
        yield from map(json.loads, self._lines(request, seconds))

    def follow(self, namespace: str, pod: str, container: str, seconds: int, *, since: str = "") -> Iterator[str]:
        """The lines of a container's log as they come, each behind its time and a space.

        Ends with the container, or earlier when the stream breaks or is silent for ``seconds``. since: a time as lines
        have it; what is older than its second is left out.
        """
        query = {"container": container, "follow": "true", "timestamps": "true"}
        if since:
            query["sinceTime"] = f"{since[:19]}Z"
        path = f"{kinds.path('Pod', namespace, pod)}/log"
        request = _Request("GET", "read the log of", f"Pod {namespace}/{pod}", path, query)
        for line in self._lines(request, seconds):
            yield line.decode(errors="replace")

    def _lines(self, request: _Request, seconds: int) -> Iterator[bytes]:
        """The lines of an answer that goes on, without empty ones."""
        response = self._send(request, read=seconds + _READ, stream=True)
        try:
            rest = b""
            for chunk in response.stream(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (line for line in lines if line)
        except self._urllib3.exceptions.HTTPError:
            return
        finally:
            response.close()

    def map(self, function: Callable[[_T], _R], items: Iterable[_T]) -> Sequence[_R]:
        """``function`` over ``items`` in threads, in order; raises the error of the first item that has one."""
        with ThreadPoolExecutor(_THREADS) as threads:
            return list(threads.map(function, items))

    def _found(self, request: _Request) -> Any:
        try:
            return json.loads(self._call(request))
        except errors.ApiError as error:
            if error.status == 404:
                return None
            raise

    def _call(self, request: _Request) -> bytes:
        return self._send(request).data

    def _send(
        self, request: _Request, *, read: int = _READ, stream: bool = False, pauses: Sequence[float] = _PAUSES
    ) -> Any:
        """The successful response. Tries again when the server is busy or the connection broke, after pauses."""
        session, left = self.session, iter(pauses)
        url = f"{session.server}{request.path}" + (f"?{urlencode(request.query)}" if request.query else "")
        while True:
            pause = next(left, None)
            try:
                response = session.pool.request(
                    request.method,
                    url,
                    body=request.body,
                    headers=self._headers(request),
                    timeout=self._urllib3.Timeout(connect=_CONNECT, read=read),
                    retries=False,
                    preload_content=not stream,
                )
            except self._urllib3.exceptions.HTTPError as error:
                if pause is None or not _may_pass(error):
                    raise errors.unreachable(session.server, session.source, str(error)) from None
                time.sleep(pause)
                continue
            if response.status < 300:
                return response
            # an etcd that elects a leader, or answers late; for an apply 500 is also the answer to a wrong field
            etcd = response.status == 500 and (request.method == "GET" or b"etcdserver: " in response.data)
            busy = response.status in _BUSY or etcd
            if pause is None or not busy:
                raise errors.refused(
                    request.verb,
                    request.what,
                    response.status,
                    response.data.decode(errors="replace"),
                    session.server,
                    session.source,
                )
            response.drain_conn()
            asked = response.headers.get("retry-after", "")
            time.sleep(max(pause, int(asked) if asked.isdigit() else 0))

    def _headers(self, request: _Request) -> Any:
        headers = self._urllib3.HTTPHeaderDict({"accept": "application/json", "user-agent": kinds.MANAGER})
        if request.body is not None:
            applies = request.method == "PATCH"
            headers.add("content-type", "application/apply-patch+yaml" if applies else "application/json")
        for name, value in self.session.headers():
            headers.add(name, value)
        return headers


def _may_pass(error: Exception) -> bool:
    """A refused connection may be a server that restarts; a wrong certificate stays wrong."""
    return "CERTIFICATE_VERIFY_FAILED" not in str(error)


def _collection(kind: str, namespace: str | None) -> str:
    return f"{kind} in namespace {namespace}" if namespace else kind
