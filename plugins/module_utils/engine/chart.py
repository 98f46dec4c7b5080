# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's rendered chart: its CRDs are applied here, the rest of it is what Helm will do.

Helm installs CRDs once and never upgrades them (operator sheet §5), and an operator with CRDs older than itself loses
fields, so they are ours to apply. They are forced: Helm, kubectl or an earlier chart own the same fields, a CRD belongs
to exactly one operator, and half a schema of each would help nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import CHANGED, CREATED, UNCHANGED, Change, apply
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

_CRD = "CustomResourceDefinition"


def parse(text: str, namespace: str) -> list[dict[str, Any]]:
    """The objects of ``helm template --include-crds``; EngineError when the CRDs are not among them. Pure."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # 1.6 MB of CRDs: 1 s instead of 10
    try:
        objects = [one for one in yaml.load_all(text, Loader=loader) if one]
    except yaml.YAMLError as error:
        raise EngineError(f"manifests: not the YAML of a rendered chart: {' '.join(str(error).split())}") from None
    if any(not isinstance(one, dict) or not (one.get("metadata") or {}).get("name") for one in objects):
        raise EngineError("manifests: not the YAML of a rendered chart: a document in it is no Kubernetes object")
    for one in objects:
        if kinds.kind(one["kind"]).namespaced:
            one["metadata"].setdefault("namespace", namespace)
    names = {one["metadata"]["name"] for one in objects if one["kind"] == _CRD}
    group = kinds.OPERATOR_API.partition("/")[0]
    wanted = (f"{kinds.kind(kind).plural}.{group}" for kind in kinds.CUSTOM_RESOURCES)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise EngineError(
            f"manifests: the chart has no {_CRD} {', '.join(missing)}; render it with include_crds: true, "
            "and use a redis-operator chart of 0.22.0 or newer"
        )
    return objects


def apply_crds(api: Api, objects: Sequence[dict[str, Any]], *, check: bool) -> list[Change]:
    return apply(api, [one for one in objects if one["kind"] == _CRD], check=check, force=True)


def predict(api: Api, objects: Sequence[dict[str, Any]], release: str, namespace: str) -> list[Change]:
    """What ``helm upgrade --install --create-namespace`` would do to everything but the CRDs, for check mode."""
    has_namespace = api.get("Namespace", namespace) is not None
    first = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    changes = [] if has_namespace else [Change(CREATED, None, first)]
    rest = [one for one in objects if one["kind"] != _CRD]
    changes += api.map(lambda one: _prediction(api, one, has_namespace), rest)
    if any(change.action != UNCHANGED for change in changes):
        changes.append(Change(CREATED, None, _release(api, release, namespace)))
    return changes


def _prediction(api: Api, manifest: dict[str, Any], ask: bool) -> Change:
    meta = manifest["metadata"]
    live = api.get(manifest["kind"], meta["name"], meta.get("namespace"))
    if live is None:
        if ask or not meta.get("namespace"):
            api.apply(manifest, manager="helm", dry_run=True, force=True)
        return Change(CREATED, None, manifest)
    applied = api.apply(manifest, manager="helm", dry_run=True, force=True)
    action = UNCHANGED if compare.plain(live) == compare.plain(applied) else CHANGED
    return Change(action, compare.our_part(live, manifest), manifest)


def _release(api: Api, release: str, namespace: str) -> dict[str, Any]:
    """The Secret in which Helm keeps the new revision of a release."""
    past = api.list("Secret", namespace, labelSelector=f"owner=helm,name={release}")
    number = 1 + max((int(one["metadata"]["labels"].get("version", 0)) for one in past), default=0)
    name = f"sh.helm.release.v1.{release}.v{number}"
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}}
