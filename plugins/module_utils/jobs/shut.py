# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping everybody but the restore away from the keys of a cluster, while it holds neither the old data nor the new.

Data comes into a cluster key by key, so that refusing writes is not enough: nobody may read what is half there. Every
user, the one of the operator and the probes too, loses all keys and all commands that read or write them, and keeps the
rest: INFO, PING, replication. A user of the restore's own, with a password that nobody else has and nothing keeps, does
the work. Connections are cut: one that waits for a list to be filled would take what is restored.

What users may do comes back from where a start of Redis has it: the ACL file, or without one all for the user default.

A process that restarts knows nothing of this. A thread looks at every node twice a second, and shuts it again.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import parse_nodes
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import USER, Pod
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node, wait

_LOOK = 0.5  # seconds
_LAST_LOOK = 60.0  # seconds
_DEFAULT = "default"
_FILE = "aclfile"
_SHUT = ("resetkeys", "-@read", "-@write")
_OPEN = ("~*", "+@all")
_SELECTORS = b"selectors"  # since 7.0: a user's further rights, each with keys of its own
_EVERYTHING = ((b"~*", b"+@all"), ([b"*"], b"+@all"))  # keys and commands, as 7.0 and as 6.x says it


class Shutter:
    """The key to a cluster that is shut. login: of the restore's user, as ``given`` but for who it is."""

    def __init__(self, given: Login) -> None:
        self.login = replace(given, user=USER, password=secrets.token_urlsafe(32))
        self._digest = hashlib.sha256(self.login.password.encode()).hexdigest()

    def shut(self, node: Node) -> None:
        """Nobody but the restore gets at keys, all at one moment; whoever is connected is cut off."""
        others = [name for name in _users(node) if name != USER]
        more = ("clearselectors",) if _SELECTORS in _user(node, _DEFAULT) else ()
        *_queued, done = node.many(
            [
                ("MULTI",),
                ("ACL", "SETUSER", USER, "reset", "on", f"#{self._digest}", "~*", "&*", "+@all"),
                *(("ACL", "SETUSER", name, *_SHUT, *more) for name in others),
                ("EXEC",),
            ]
        )
        node.accepted(done, "ACL")
        node.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def link(self, node: Link) -> Link:
        """A connection that gets at keys."""
        return self.login.link(node.what, node.host, node.port)


def open_again(node: Node) -> None:
    """Everybody may do again what he might, and the restore's user is gone."""
    if node.setting(_FILE):
        node.ask("ACL", "LOAD")
        node.close()  # as Redis does with users that it has read anew
        return
    node.ask("ACL", "SETUSER", _DEFAULT, *_OPEN)
    node.ask("ACL", "DELUSER", USER)


def is_shut(node: Node) -> bool:
    """Whether a restore keeps everybody away from its keys."""
    return bool(_user(node, USER)) and not _user(node, _DEFAULT)[b"keys"]


def restorable(nodes: Sequence[Node]) -> None:
    """Raises JobError where there are users that nothing would bring back: without an ACL file a start has one user,
    with all rights."""
    for node in nodes:
        if node.setting(_FILE):
            continue
        others = set(_users(node)) - {_DEFAULT, USER}
        if others:
            raise JobError(f"{node.what} has the users {', '.join(sorted(others))}, and no ACL file that has them, too")
        user = _user(node, _DEFAULT)
        if not is_shut(node) and (user[b"keys"], user[b"commands"]) not in _EVERYTHING:
            raise JobError(f"{node.what}: the user {_DEFAULT} has other rights than all, which would be lost")


def _users(node: Node) -> list[str]:
    return [name.decode() for name in node.ask("ACL", "USERS")]


def _user(node: Node, name: str) -> dict[bytes, Any]:
    """ACL GETUSER as a mapping; empty for one that is not there."""
    found = node.ask("ACL", "GETUSER", name) or []
    return dict(zip(found[::2], found[1::2], strict=True))


class Watch:
    """Keeps all nodes shut from its start to its end, also those that restart, at whatever address.

    again: is called with each node that had to be shut once more. opened: names of masters that had been open: what
    they hold may not be what was restored.
    """

    def __init__(self, nodes: Sequence[Node], login: Login, shutter: Shutter, again: Callable[[Node], None]) -> None:
        self._login, self._shutter, self._again = login, shutter, again
        self._names = {node.host: node.what for node in nodes}
        self._port = nodes[0].port
        self._nodes = {host: self._own(host) for host in self._names}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.opened: set[str] = set()
        # when each was last seen to be shut
        self._seen: dict[str, float] = {}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: object, error: object, _trace: object) -> None:
        """After an error not before all are shut, or have had their time to come back: who restarts is open."""
        if error is not None:
            with suppress(JobError):
                self.all_shut(_LAST_LOOK)
        self._end.set()
        self._thread.join()

    def all_shut(self, patience: float) -> None:
        """Waits until every node of the cluster has been seen to be shut from now on."""
        since = time.monotonic()

        def missing() -> str | None:
            late = [self._named(host) for host in list(self._nodes) if self._seen.get(host, 0.0) < since]
            return f"{', '.join(late)} does not answer, and may be open" if late else None

        wait(missing, lambda text: None, patience)

    def nodes(self) -> list[Node]:
        """All nodes of the cluster as it is now, by new connections."""
        return [self._own(host) for host in self._nodes]

    def _own(self, host: str) -> Node:
        """A connection that waits for nobody."""
        return Node(Pod(self._named(host), host, self._port), self._login, timeout=5.0)

    def _named(self, host: str) -> str:
        return self._names.get(host, f"the node at {host}")

    def _watch(self) -> None:
        while not self._end.wait(_LOOK):
            for host, node in list(self._nodes.items()):
                with suppress(JobError):  # it restarts; its next turn comes
                    self._look(host, node)

    def _look(self, host: str, node: Node) -> None:
        began = time.monotonic()
        if not is_shut(node):
            self._shutter.shut(node)
            if node.role() == "master":
                self.opened.add(node.what)
            self._again(node)
        self._seen[host] = began
        here = {one.ip for one in parse_nodes(node.text("CLUSTER", "NODES")) if one.ip and not one.failed}
        for other in here - self._nodes.keys():
            self._nodes[other] = self._own(other)
        # all that the others see is at another address: so is what does not answer here
        for gone in self._nodes.keys() - here:
            if len(here) == len(self._names):
                del self._nodes[gone]
