# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which restore of an instance has begun and is not complete: a ConfigMap, there only as long as that lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import records
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import RESTORE, job_selector

_MANAGER = f"{kinds.MANAGER}.restore"
_KEY = "restore"


def journals(api: Api, namespace: str, instance: str) -> list[dict[str, Any]]:
    """The live ConfigMap of an instance's restore; none where none has begun."""
    selector = ",".join(f"{key}={value}" for key, value in job_selector(instance, RESTORE).items())
    return api.list("ConfigMap", namespace, labelSelector=selector)


@dataclass(frozen=True)
class Entry:
    """id: of the restore. wanted: what was asked for, by which the same command is known again. source: what that was
    then, in words. files: where. uploads: keys in the bucket that go with it. begun: whether data was being replaced.
    started: when."""

    id: str
    wanted: str
    source: str
    files: tuple[File, ...]
    uploads: tuple[str, ...]
    safety_backup: bool
    begun: bool
    started: str


class Journal:
    """Of one instance."""

    def __init__(self, api: Api, namespace: str, name: str) -> None:
        self._api, self._namespace, self._instance = api, namespace, name
        self._name = names.restore(name)

    def read(self) -> Entry | None:
        """The restore that is not complete; None where there is none. Raises EngineError for one of another release."""
        live = self._api.get("ConfigMap", self._name, self._namespace)
        if live is None:
            return None
        try:
            return records.read(Entry, records.load((live.get("data") or {}).get(_KEY, ""), _KEY), _KEY)
        except DatapathError as error:
            what = kinds.reference("ConfigMap", self._namespace, self._name)
            raise EngineError(f"{what} is not as this release of eks.redis writes it: {error}") from None

    def write(self, entry: Entry) -> None:
        """Notes it, or how far it is."""
        manifest: dict[str, Any] = {
            "apiVersion": kinds.kind("ConfigMap").api,
            "kind": "ConfigMap",
            "metadata": {
                "name": self._name,
                "namespace": self._namespace,
                "labels": job_selector(self._instance, RESTORE),
            },
            "data": {_KEY: records.dump(entry)},
        }
        self._api.apply(manifest, manager=_MANAGER, force=True)

    def close(self) -> None:
        """There is none any more."""
        self._api.delete("ConfigMap", self._name, self._namespace)
