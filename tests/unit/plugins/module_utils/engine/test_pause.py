from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import pause, preflight_pause
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.status_warnings import warnings

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, resources, view


class Api:
    def __init__(self) -> None:
        self.applied: list[tuple[dict[str, Any], str, bool]] = []

    def apply(self, manifest: dict[str, Any], *, manager: str, force: bool) -> None:
        self.applied.append((manifest, manager, force))


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(pause, "time", SimpleNamespace(sleep=found.append))
    return found


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
    flavour: dict[str, Any], annotations: list[str], slept: list[float]
) -> None:
    api, lives = Api(), list(resources(flavour).values())
    pause.pause(api, lives)  # type: ignore[arg-type]
    # what the operator was at is waited for, once
    assert slept == [pause.UNDER_WAY]
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


def paused(by: str) -> dict[str, Any]:
    """A custom resource that somebody has paused."""
    live = resources(SENTINEL)["RedisSentinel"]
    key = pause.annotation("RedisSentinel")
    live["metadata"].setdefault("annotations", {})[key] = "true"
    entry = {"manager": by, "operation": "Apply", "fieldsV1": {"f:metadata": {"f:annotations": {f"f:{key}": {}}}}}
    live["metadata"]["managedFields"].append(entry)
    return live


def test_it_is_told_whether_a_restore_is_the_reason() -> None:
    assert pause.is_ours(paused(pause.MANAGER))
    assert pause.why(paused(pause.MANAGER)).startswith("a restore of it is not complete, and the operator stays away")
    assert not pause.is_ours(paused("kubectl"))
    assert pause.why(paused("kubectl")) == (
        "the operator leaves it alone because of its annotation redissentinel.opstreelabs.in/skip-reconcile"
    )


@pytest.mark.parametrize(("by", "fatal"), [(pause.MANAGER, True), ("kubectl", False)])
def test_nothing_is_deployed_into_the_middle_of_a_restore(by: str, fatal: bool) -> None:
    live = paused(by)
    lives = {"ConfigMap apps/cache-config": None, "RedisSentinel apps/cache": live, "Secret apps/a": {"kind": "Secret"}}
    (found,) = preflight_pause.paused(SimpleNamespace(lives=lives))  # type: ignore[arg-type]
    assert (found.text, found.fatal) == (f"RedisSentinel apps/cache: {pause.why(live)}", fatal)
    assert list(preflight_pause.paused(SimpleNamespace(lives={"Redis apps/cache": resources(SINGLE)["Redis"]}))) == []  # type: ignore[arg-type]


def test_an_instance_in_the_middle_of_a_restore_says_so() -> None:
    seen = view(SENTINEL)
    seen.resources["RedisSentinel"]["metadata"] = paused(pause.MANAGER)["metadata"]  # type: ignore[index]
    assert [one for one in warnings(seen) if "restore" in one] == [
        f"RedisSentinel cache: {pause.why(paused(pause.MANAGER))}"
    ]


def test_all_are_paused_or_none() -> None:
    class Refusing(Api):
        def apply(self, manifest: dict[str, Any], *, manager: str, force: bool) -> None:
            if manifest["kind"] == "RedisSentinel":
                raise EngineError("RedisSentinel apps/cache: may not be patched")
            super().apply(manifest, manager=manager, force=force)

    api = Refusing()
    with pytest.raises(EngineError, match="may not be patched"):
        pause.pause(api, list(resources(SENTINEL).values()))  # type: ignore[arg-type]
    assert [bool(manifest["metadata"]["annotations"]) for manifest, _manager, _force in api.applied] == [True, False]
