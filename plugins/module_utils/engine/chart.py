# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator's chart: its CRDs are applied here, the rest of it is what Helm will do.

Helm installs CRDs once and never upgrades them (operator sheet §5), and an operator with CRDs older than itself loses
fields, so they are ours to apply. They are forced: Helm, kubectl or an earlier chart own the same fields, a CRD belongs
to exactly one operator, and half a schema of each would help nobody.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import (
    CHANGED,
    CREATED,
    UNCHANGED,
    Change,
    apply,
    read,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

_CRD = "CustomResourceDefinition"


@dataclass(frozen=True)
class Chart:
    """A Helm release to be. chart: a directory, an OCI URL, or with ``repository`` a name."""

    chart: str
    repository: str | None
    version: str | None
    values: dict[str, Any]
    release: str
    namespace: str


def render(module: AnsibleModule, chart: Chart) -> str:
    """What ``helm template`` makes of a chart, CRDs included; it asks no cluster. EngineError when it cannot.

    Our own call rather than kubernetes.core.helm_template, which gives nothing in check mode and would put 1.6 MB of
    CRDs into every verbose output.
    """
    helm = module.get_bin_path("helm")
    if helm is None:
        raise EngineError(
            "helm is not in the PATH of the controller; install helm 3, without it the operator cannot be installed"
        )
    command = [helm, "template", chart.release, chart.chart, "--namespace", chart.namespace, "--include-crds"]
    command += ["--repo", chart.repository] if chart.repository else []
    command += ["--version", chart.version] if chart.version else []
    # a file: a helm that ends before it reads its standard input would hide its reason behind a broken pipe
    with tempfile.NamedTemporaryFile("w", suffix=".json") as values:
        json.dump(chart.values, values)
        values.flush()
        code, text, said = module.run_command([*command, "--values", values.name])
    if code != 0:
        reason = (said.strip().splitlines() or [f"exit code {code}"])[-1].removeprefix("Error: ")
        where = f" {chart.version}" if chart.version else ""
        where += f" of {chart.repository}" if chart.repository else ""
        raise EngineError(f"helm cannot render the chart {chart.chart}{where}: {reason}")
    return text


def parse(text: str, namespace: str) -> list[dict[str, Any]]:
    """The objects of a rendered chart; EngineError when the CRDs are not among them. Pure."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # 1.6 MB of CRDs: 1 s instead of 10
    try:
        objects = [one for one in yaml.load_all(text, Loader=loader) if one]
    except yaml.YAMLError as error:
        raise EngineError(f"the chart does not render to YAML: {' '.join(str(error).split())}") from None
    for one in objects:
        if kinds.kind(one["kind"]).namespaced:
            one["metadata"].setdefault("namespace", namespace)
    names = {one["metadata"]["name"] for one in objects if one["kind"] == _CRD}
    group = kinds.OPERATOR_API.partition("/")[0]
    wanted = (f"{kinds.kind(kind).plural}.{group}" for kind in kinds.CUSTOM_RESOURCES)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise EngineError(
            f"the chart has no {_CRD} {', '.join(missing)}; name a redis-operator chart of 0.22.0 or newer"
        )
    return objects


def apply_crds(api: Api, objects: Sequence[dict[str, Any]], *, check: bool) -> list[Change]:
    crds = [one for one in objects if one["kind"] == _CRD]
    return apply(api, crds, read(api, crds), check=check, force=True)


def predict(api: Api, objects: Sequence[dict[str, Any]], chart: Chart) -> list[Change]:
    """What ``helm upgrade --install --create-namespace`` would do to everything but the CRDs.

    Reads and dry runs only; EngineError when the server refuses an object.
    """
    has_namespace = api.get("Namespace", chart.namespace) is not None
    first = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": chart.namespace}}
    changes = [] if has_namespace else [Change(CREATED, None, first)]
    rest = [one for one in objects if one["kind"] != _CRD]
    changes += api.map(lambda one: _prediction(api, one, has_namespace), rest)
    if any(change.action != UNCHANGED for change in changes):
        changes.append(Change(CREATED, None, _release(api, chart.release, chart.namespace)))
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
