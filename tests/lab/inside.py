"""Being a client inside the cluster: a node's network, and names as pods resolve them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from lab import cgroup, process
from lab.model import DNS_DOMAIN, DNS_SERVICE, Lab, LabError

RESOLVER = f"nameserver {DNS_SERVICE}\nsearch svc.{DNS_DOMAIN} {DNS_DOMAIN}\noptions ndots:5\n"
# for this command alone: the other processes of the laboratory keep the host's
RESOLVE = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'


def _resolver(lab: Lab) -> Path:
    """Written once and whole: others have it mounted, and read it at any moment."""
    resolver = lab.state / "resolv.conf"
    if not resolver.exists() or resolver.read_text() != RESOLVER:
        made = resolver.with_suffix(f".{os.getpid()}")
        made.write_text(RESOLVER)
        made.rename(resolver)
    return resolver


def execute(lab: Lab, place: str, command: Sequence[str]) -> NoReturn:
    """Becomes the command: its signals, output and exit code are the caller's to have; it ends with the laboratory."""
    resolver = _resolver(lab)
    # what still ran here after the laboratory has ended would hold its mounts
    Path(cgroup.daemons(lab), "cgroup.procs").write_text("0")
    argv = [*process.prefix(lab, place), "unshare", "--mount", "sh", "-c", RESOLVE, str(resolver), *command]
    try:
        os.execvp(argv[0], argv)
    except OSError as error:
        raise LabError(f"{argv[0]}: {error.strerror}") from error
