"""The AWS stand-in: ``python -m lab.aws.server``. moto's state of the services, in memory, behind our front.

Account 123456789012, unless the access key is of another (``control.py``). Any access key is let in. Ready seconds
after its start; services load at their first call.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

# moto reads this when it is imported: buckets stand in the path, as the name of the laboratory's host begins with none
os.environ["S3_IGNORE_SUBDOMAIN_BUCKETNAME"] = "true"

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from lab.aws import seed
from lab.aws.front import Front
from lab.aws.tokens import Keys

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer


class QuietHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The front's log tells more."""


def make(host: str, port: int, log: Path, start: Callable[[], None] = lambda: None, jwks: str = "") -> BaseWSGIServer:
    """log: file that gets one JSON line per call; start: see Front; jwks: see tokens.Keys."""
    return make_server(host, port, Front(log, Keys(jwks), start), threaded=True, request_handler=QuietHandler)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab.aws.server", description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True, help="file that gets one JSON line per call")
    parser.add_argument("--cluster", required=True, help="name of the EKS cluster that there is")
    parser.add_argument("--region", required=True, help="its region")
    parser.add_argument("--issuer", required=True, help="its OIDC issuer: the API server's --service-account-issuer")
    parser.add_argument("--kubernetes-version", required=True, help="its version, such as 1.34")
    parser.add_argument(
        "--jwks", default="", help="path or URL of the keys that its tokens are signed with, read lazily"
    )
    return parser


def main() -> None:
    options = arguments().parse_args()
    wanted = seed.Cluster(options.cluster, options.region, options.kubernetes_version, options.issuer)
    make(options.host, options.port, options.log, lambda: seed.cluster(wanted), options.jwks).serve_forever()


if __name__ == "__main__":
    main()
