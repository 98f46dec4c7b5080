"""The kinds of External Secrets Operator from its Go module. None of it runs: the API server judges by them."""

from __future__ import annotations

from typing import Any

import yaml

from lab import charts, golang

MODULE = "github.com/external-secrets/external-secrets"
FOLDER = golang.MODULES / "external-secrets"
CRDS = "config/crds/bases"
NAMES = ("externalsecrets", "secretstores", "clustersecretstores")


def definitions() -> list[dict[str, Any]]:
    """The CustomResourceDefinitions that instances are about."""
    folder = charts.of(MODULE, FOLDER, CRDS)
    files = [folder / f"external-secrets.io_{name}.yaml" for name in NAMES]
    return [yaml.load(file.read_text(), Loader=yaml.CSafeLoader) for file in files]
