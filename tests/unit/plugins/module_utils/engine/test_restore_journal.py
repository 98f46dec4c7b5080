from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_journal import Entry, Journal

from ..datapath.made import THIRDS, document

ENTRY = Entry(
    id="k3x9",
    wanted="set latest of apps/cache",
    source="set s of apps/cache",
    files=loading.files(document(shares=THIRDS, mode="cluster"), "backups", "redis/apps/cache/"),
    uploads=("redis/apps/cache/foreign/k3x9/00-dump.rdb",),
    safety_backup=True,
    begun=False,
    started="2026-11-29T02:15:00Z",
)


class Api:
    def __init__(self) -> None:
        self.live: dict[str, Any] | None = None

    def get(self, kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        assert (kind, name, namespace) == ("ConfigMap", "cache-restore", "apps")
        return self.live

    def apply(self, manifest: dict[str, Any], *, manager: str, force: bool, dry_run: bool) -> None:
        assert not dry_run
        assert (manager, force) == ("eks.redis.restore", True)
        self.live = manifest

    def delete(self, kind: str, name: str, namespace: str) -> bool:
        self.live = None
        return True


def test_what_is_noted_is_read_until_it_is_closed() -> None:
    api = Api()
    journal = Journal(api, "apps", "cache")  # type: ignore[arg-type]
    assert journal.read() is None
    for entry in (ENTRY, replace(ENTRY, begun=True)):
        journal.write(entry)
        assert journal.read() == entry
    journal.close()
    assert journal.read() is None


def test_it_is_not_among_what_an_instance_is_made_of() -> None:
    api = Api()
    Journal(api, "apps", "cache").write(ENTRY)  # type: ignore[arg-type]
    assert api.live and api.live["metadata"]["labels"] == {
        "app.kubernetes.io/instance": "cache",
        "app.kubernetes.io/component": "restore",
    }


@pytest.mark.parametrize("data", [None, {}, {"restore": "{}"}, {"restore": "no JSON"}])
def test_one_of_another_release_is_no_restore_that_could_be_gone_on_with(data: dict[str, str] | None) -> None:
    api = Api()
    api.live = {"data": data}
    with pytest.raises(EngineError, match="^ConfigMap apps/cache-restore is not as this release of eks.redis writes"):
        Journal(api, "apps", "cache").read()  # type: ignore[arg-type]
