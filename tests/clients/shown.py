"""The certificates that servers show: ``python -m clients.shown HOST:PORT…`` prints the PEM of each, as a JSON list."""

from __future__ import annotations

import json
import ssl
import sys

PATIENCE = 10.0  # seconds for one


def main(places: list[str]) -> None:
    found = []
    for place in places:
        host, _colon, port = place.partition(":")
        try:
            found.append(ssl.get_server_certificate((host, int(port)), timeout=PATIENCE))
        except OSError:
            found.append("")
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
