"""The WSGI application: every AWS call passes here on its way to what answers it.

In this order: a fault that a test asked for, IAM (judge), AWS's own checks (guards), an operation supplied to moto,
moto. Each call
is a line of the log. What nobody implements is answered by an error that says so.
"""

from __future__ import annotations

import http
import json
import re
import traceback
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app

from lab.aws import HEALTH, caller, faults, fixes, guards, judge, shapes, speed, supply
from lab.aws.control import PREFIX, Control
from lab.aws.faults import Faults
from lab.aws.guards.s3_bucket import in_its_region
from lab.aws.journal import Journal
from lab.aws.request import AwsRequest, from_environ
from lab.aws.shapes import Answer, Fault
from lab.aws.tokens import Keys

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PAGE = re.compile(rb"\s*<(!doctype )?html", re.IGNORECASE)
RESET = "/moto-api/reset"


class Front:
    """calls: the log's file; tokens: keys that tokens of ServiceAccounts are signed with.
    seed: brings in what is there from the start; called now and after every reset of moto's state.
    """

    def __init__(self, calls: Path, tokens: Keys, seed: Callable[[], None]) -> None:
        fixes.apply()
        speed.apply()
        self._moto: Wsgi = DomainDispatcherApplication(create_backend_app)
        self._log = Journal(calls)
        self._faults = Faults()
        self._control = Control(self._log, self._faults)
        self._tokens = tokens
        self._seed = seed
        seed()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == HEALTH:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ok\n"]
        if path.startswith(PREFIX):
            return self._control(environ, start_response)
        if path.startswith("/moto-api/"):
            answer = self._moto(environ, start_response)
            if path == RESET:
                self._faults.clear()
                self._control.reset()
                self._seed()
            return answer
        return self._call(environ, start_response)

    def _call(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = from_environ(environ, self._tokens)
        who = caller.of(request)
        answer = self._answer(request, who, environ)
        self._log.write(request, who, answer)
        head = environ["REQUEST_METHOD"] == "HEAD"
        headers = {"Content-Length": "0" if head else str(len(answer.body)), **answer.headers}
        start_response(f"{answer.status} {http.HTTPStatus(answer.status).phrase}", list(headers.items()))
        return [b"" if head else answer.body]

    def _answer(self, request: AwsRequest, who: caller.Caller, environ: dict[str, Any]) -> Answer:
        if request.model is None:
            return self._from_moto(request, environ)
        garbled = False
        try:
            garbled = self._faults.check(request, who)
            if garbled and "Body" in request.params:
                request.params["Body"] = faults.garbled(request.params["Body"])
                environ["wsgi.input"] = BytesIO(request.params["Body"])
            if request.call.service == "s3":
                in_its_region(request)
            judge.check(request, who, self._control.secure(request.account))
            guards.check(request)
            if (request.call.service, request.call.operation) in supply.SUPPLIED:
                return supply.call(request)
        except Fault as fault:
            return shapes.write(request.model, request.content_type, fault)
        except Exception as broken:
            return _broken(request, broken)
        answer = self._from_moto(request, environ)
        reads = garbled and request.call.operation == "GetObject"
        return answer._replace(body=faults.garbled(answer.body)) if reads else answer

    def _from_moto(self, request: AwsRequest, environ: dict[str, Any]) -> Answer:
        if request.call.service.replace("-", "") not in list_of_moto_modules():
            return _missing(request)
        try:
            chunks, status, headers = run_wsgi_app(self._moto, environ, buffered=True)
        except NotImplementedError:
            return _missing(request)
        except Exception as broken:
            return _broken(request, broken)
        answer = Answer(int(status.split()[0]), dict(headers), b"".join(chunks))
        # a path that moto does not know is a page of its web server, not an answer of AWS
        return _missing(request) if PAGE.match(answer.body) and answer.status >= 400 else answer


def _missing(request: AwsRequest) -> Answer:
    return _error(request, "NotImplemented", f"NotImplemented: {request.call.service}:{request.call.operation}")


def _broken(request: AwsRequest, error: Exception) -> Answer:
    traceback.print_exception(error)
    what = f"{request.call.service}:{request.call.operation}"
    return _error(request, "InternalFailure", f"The stand-in failed at {what}: {type(error).__name__}: {error}")


def _error(request: AwsRequest, code: str, message: str) -> Answer:
    fault = Fault(code, message)
    if request.model:
        return shapes.write(request.model, request.content_type, fault)
    body = json.dumps({"__type": code, "message": message}).encode()
    return Answer(shapes.STATUS[code], {"Content-Type": "application/json", "x-amzn-ErrorType": code}, body)
