# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a live migration goes into: a running instance, seen anew whenever it matters who takes writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.live_instance import instance_of
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import redis_cli
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_target import (
    config_of,
    labels_of,
    of_cron_job,
    settled,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT, Layout

Object = dict[str, Any]
# with more replicas than there can be, a Redis refuses writes (redis.conf)
_WRITES_NEED, _NEVER = "min-replicas-to-write", "1000000"


@dataclass(frozen=True)
class Target:
    """view: of the moment in which it was found. cron_job: of its backups, None without."""

    api: Api
    view: View
    instance: Instance
    cron_job: Object | None

    @property
    def plan(self) -> Layout:
        return self.view.plan

    @property
    def namespace(self) -> str:
        return self.plan.namespace

    @property
    def name(self) -> str:
        return str(self.view.seen.name)

    @property
    def text(self) -> str:
        """As messages call it."""
        return f"instance {self.namespace}/{self.name}"

    @property
    def owner(self) -> Mapping[str, str]:
        """With which its Jobs go, as ownerReferences have it."""
        head = self.view.head
        meta = head["metadata"]
        return {
            "apiVersion": kinds.kind(head["kind"]).api,
            "kind": head["kind"],
            "name": meta["name"],
            "uid": meta["uid"],
        }

    def view_now(self) -> View:
        """Waited for where what is not well passes by itself. Raises EngineError where it is gone."""
        found = settled(self.api, self.namespace, self.name)
        if not found:
            raise EngineError(f"{self.text} is gone")
        return found[0]

    def doors(self) -> list[Address]:
        """Who takes writes, now. Raises EngineError where that is not clear."""
        view = self.view_now()
        if doubt := view.unasked or unproven(view.plan, view.state):
            raise EngineError(f"{self.text} is not well: {doubt}; see to that first")
        return [Address(member.ip, REDIS_PORT) for member in view.state.masters]

    def shut(self) -> None:
        """Its Redis refuse writes, with an error, until they are opened or restart.

        A pause would not do: greetings of sentinels wait in it, and so they take a master that is paused for lost.
        """
        self._tell_all("CONFIG", "SET", _WRITES_NEED, _NEVER)

    def open(self) -> None:
        """They take writes, as their configuration says."""
        config = config_of(self.api, self.view, names.config(self.instance))
        self._tell_all("CONFIG", "SET", _WRITES_NEED, config[_WRITES_NEED])
        self._tell_all("CLIENT", "UNPAUSE")

    def cut(self) -> None:
        """Who is connected connects anew."""
        for kind in ("normal", "pubsub"):
            self._tell_all("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")

    def _tell_all(self, *words: str) -> None:
        """Every Redis that has answered, by its own pod."""

        def told(pod: str) -> str:
            return redis_cli(self.api, self.namespace, pod, self.plan.redis_of(pod).container, *words)

        answers = self.api.map(told, [member.pod for member in self.view.members])
        for answer in answers:
            if not (answer == "OK" or answer.isdigit()):
                raise EngineError(f"{self.text}: redis-cli {words[0]}: {answer}")


def find(api: Api, namespace: str, name: str, image: str) -> Target:
    """image: of the Job, "" for that of the instance's backups or of this release. Raises EngineError without one."""
    found = settled(api, namespace, name)
    if not found:
        raise EngineError(
            f"there is no instance {namespace}/{name} in the cluster at {api.session.server}; deploy it first, empty"
        )
    view = found[0]
    cron_job = api.get("CronJob", names.backup(name), namespace)
    if cron_job is not None and compare.owned_fields(cron_job) is None:
        cron_job = None  # somebody else's
    fields = {key: value for key, value in of_cron_job(cron_job).items() if key == "image"}
    instance = instance_of(view.resources, labels_of(view), **{**fields, **({"image": image} if image else {})})
    return Target(api, view, instance, cron_job)
