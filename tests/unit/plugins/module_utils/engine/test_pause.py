from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import pause

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, resources


class Api:
    def __init__(self) -> None:
        self.applied: list[tuple[dict[str, Any], str, bool]] = []

    def apply(self, manifest: dict[str, Any], *, manager: str, force: bool) -> None:
        self.applied.append((manifest, manager, force))


@pytest.mark.parametrize(
    ("flavour", "annotations"),
    [
        (SINGLE, ["redis.opstreelabs.in/skip-reconcile"]),
        (REPLICATED, ["redisreplication.opstreelabs.in/skip-reconcile"]),
        (
            SENTINEL,
            ["redisreplication.opstreelabs.in/skip-reconcile", "redissentinel.opstreelabs.in/skip-reconcile"],
        ),
        (CLUSTER, ["rediscluster.opstreelabs.in/skip-reconcile"]),
    ],
)
def test_each_custom_resource_is_paused_by_the_annotation_of_its_kind(
    flavour: dict[str, Any], annotations: list[str]
) -> None:
    api, lives = Api(), list(resources(flavour).values())
    pause.pause(api, lives)  # type: ignore[arg-type]
    found = [manifest["metadata"] for manifest, _manager, _force in api.applied]
    assert [one["annotations"] for one in found] == [{name: "true"} for name in annotations]
    assert {(one["namespace"], one["name"]) for one in found} == {("apps", "cache")}
    # by a manager of its own, and nothing else of the object
    assert all((manager, force) == ("eks.redis.pause", True) for _one, manager, force in api.applied)
    assert all(set(manifest) == {"apiVersion", "kind", "metadata"} for manifest, _manager, _force in api.applied)


def test_to_resume_is_to_take_the_annotation_away() -> None:
    api, lives = Api(), list(resources(SENTINEL).values())
    pause.resume(api, lives)  # type: ignore[arg-type]
    assert [manifest["metadata"]["annotations"] for manifest, _manager, _force in api.applied] == [{}, {}]


@pytest.mark.parametrize(("value", "paused"), [("true", True), ("false", False), (None, False)])
def test_it_is_seen_who_is_paused(value: str | None, paused: bool) -> None:
    live = resources(SINGLE)["Redis"]
    if value:
        live["metadata"]["annotations"] = {"redis.opstreelabs.in/skip-reconcile": value}
    assert pause.is_paused(live) is paused
    live["metadata"].pop("annotations")
    assert pause.is_paused(live) is False
