# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking all Redis pods of an instance who they are, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.eks.redis.plugins.module_utils.datapath.hosts import CLUSTER, Host
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import parse_nodes
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

PORT = 6379
PATIENCE = 5.0  # seconds for an answer: a pod that takes longer is no source of a backup
_AT_ONCE = 16
# refusals that no other try changes, and what they mean
_LOCKED_OUT = {
    "WRONGPASS": "the password of the job is not the one of the instance",
    "NOAUTH": "the password of the job is not the one of the instance",
    "NOPERM": "the ACL of the job's user must allow it",
    "TLS": "the job knows another CA than the one that has signed it",
}


def survey(addresses: Sequence[str], mode: str, login: Login) -> list[Host]:
    """What each pod says, in the order of the addresses; one that says nothing is there with its reason.

    Errors: JobError where a pod does not let the job in: no other try will help.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda address: _ask(address, mode, login), addresses))


def link(address: str, login: Login) -> Link:
    """A connection to a pod by its DNS name, with :port where it is not the usual one."""
    return login.link(pod(address), *split(address), timeout=PATIENCE)


def split(address: str) -> tuple[str, int]:
    """Host and port."""
    host, _colon, port = address.partition(":")
    return host, int(port or PORT)


def pod(address: str) -> str:
    """The first word of a DNS name, which is the pod's; all of an IP."""
    first = address.partition(".")[0]
    return address if first.isdigit() else first


def _ask(address: str, mode: str, login: Login) -> Host:
    one = link(address, login)
    try:
        info = one.fields("INFO")
        nodes = parse_nodes(one.text("CLUSTER", "NODES")) if mode == CLUSTER else ()
        return Host(one.what, address, info, nodes)
    except Refusal as error:
        if error.code in _LOCKED_OUT:
            raise JobError(f"{error}; {_LOCKED_OUT[error.code]}") from None
        return Host(one.what, address, error=str(error).removeprefix(f"{one.what}: "))
    except Lost as error:
        return Host(one.what, address, error=str(error).removeprefix(f"{one.what}: "))
    finally:
        one.close()
