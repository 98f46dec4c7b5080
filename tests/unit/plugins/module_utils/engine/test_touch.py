"""What is written beside what we apply: by another field manager, so that no flavour is compared with it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.touch import label_role, touch
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import TOUCH

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, resources


class Api:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def apply(self, manifest: dict[str, Any], **options: Any) -> None:
        assert options == {"manager": "eks.redis.touch", "force": True}
        self.sent.append(manifest)


@pytest.mark.parametrize("kind", kinds.CUSTOM_RESOURCES)
def test_a_touch_changes_an_annotation_and_nothing_else(kind) -> None:
    api = Api()
    touch(api, kind, "apps", "cache")  # type: ignore[arg-type]
    touch(api, kind, "apps", "cache")  # type: ignore[arg-type]
    first, second = (one["metadata"].pop("annotations") for one in api.sent)
    assert list(first) == list(second) == [TOUCH]
    assert first != second, "the operator sees a change each time"
    assert api.sent[0] == {
        "apiVersion": "redis.redis.opstreelabs.in/v1beta2",
        "kind": kind,
        "metadata": {"name": "cache", "namespace": "apps"},
    }


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_no_touch_restarts_a_pod(flavour) -> None:
    """The operator copies annotations into the pod templates, other than these (operator sheet §0.4)."""
    for resource in resources(flavour).values():
        assert TOUCH in resource["spec"]["kubernetesConfig"]["ignoreAnnotations"]


def test_a_role_is_a_label_of_the_pod() -> None:
    api = Api()
    label_role(api, "apps", "cache-1", "master")  # type: ignore[arg-type]
    assert api.sent == [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "cache-1", "namespace": "apps", "labels": {"redis-role": "master"}},
        }
    ]
