# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What long work on an instance keeps in the cluster beside it, so that whoever goes on with it knows how far it is.

It is one entry in a ConfigMap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from ansible_collections.eks.redis.plugins.module_utils.datapath import records
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import as_selector, job_selector

T = TypeVar("T")


def notes(api: Api, namespace: str, instance: str, component: str) -> list[dict[str, Any]]:
    """The live ConfigMap; none where no work has begun. component: as the work's Jobs are labelled."""
    selector = as_selector(job_selector(instance, component))
    return api.list("ConfigMap", namespace, labelSelector=selector)


class Note(Generic[T]):
    """name: of the ConfigMap. labels: its own. kind: a frozen dataclass; key: under which it is kept, and by which the
    field manager is called."""

    def __init__(self, api: Api, namespace: str, name: str, labels: Mapping[str, str], kind: type[T], key: str) -> None:
        self._api, self._namespace, self._name = api, namespace, name
        self._labels, self._kind, self._key = labels, kind, key

    def read(self) -> T | None:
        """None where there is none. Raises EngineError for one of another release."""
        live = self._api.get("ConfigMap", self._name, self._namespace)
        if live is None:
            return None
        try:
            return records.read(
                self._kind, records.load((live.get("data") or {}).get(self._key, ""), self._key), self._key
            )
        except DatapathError as error:
            what = kinds.reference("ConfigMap", self._namespace, self._name)
            raise EngineError(f"{what} is not as this release of eks.redis writes it: {error}") from None

    def put(self, entry: T, more: Mapping[str, str] | None = None, *, dry_run: bool = False) -> None:
        """more: beside it. dry_run: only whether it may be."""
        manifest = {
            "apiVersion": kinds.kind("ConfigMap").api,
            "kind": "ConfigMap",
            "metadata": {"name": self._name, "namespace": self._namespace, "labels": dict(self._labels)},
            "data": {self._key: records.dump(entry), **(more or {})},
        }
        self._api.apply(manifest, manager=f"{kinds.MANAGER}.{self._key}", dry_run=dry_run, force=True)

    def close(self) -> None:
        """There is none any more."""
        self._api.delete("ConfigMap", self._name, self._namespace)
