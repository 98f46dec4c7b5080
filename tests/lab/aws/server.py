"""The AWS stand-in: ``python -m lab.aws.server``. moto's state of the services, in memory, behind our front.

Account 123456789012. Any access key is let in. Ready a second after its start; services load at their first call.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from lab.aws import seed
from lab.aws.front import Front


class QuietHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The front's log tells more."""


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab.aws.server", description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True, help="file that gets one JSON line per call")
    parser.add_argument("--cluster", required=True, help="name of the EKS cluster that there is")
    parser.add_argument("--region", required=True, help="its region")
    parser.add_argument("--issuer", required=True, help="its OIDC issuer: the API server's --service-account-issuer")
    parser.add_argument("--kubernetes-version", required=True, help="its version, such as 1.34")
    return parser


def main() -> None:
    options = arguments().parse_args()
    wanted = seed.Cluster(options.cluster, options.region, options.issuer, options.kubernetes_version)
    front = Front(options.log, lambda: seed.cluster(wanted))
    server = make_server(options.host, options.port, front, threaded=True, request_handler=QuietHandler)
    server.serve_forever()


if __name__ == "__main__":
    main()
