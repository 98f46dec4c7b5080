# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of an instance as YAML files, one each, in the order in which they are applied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance

# The rank is part of the file's name: it keeps its name when other objects come and go
_RANKS = {
    "Namespace": 10,
    "ConfigMap": 20,
    "ServiceAccount": 20,
    "Certificate": 20,
    "ExternalSecret": 20,
    "SecretProviderClass": 20,
    "Service": 30,
    "ServiceMonitor": 40,
    "NetworkPolicy": 50,
    "PodDisruptionBudget": 60,
    "CronJob": 70,
    "Deployment": 70,
}
_LAST = 90
NAME = re.compile(r"\d\d-[a-z]+-[a-z0-9.-]+\.yml")


def marker(instance: Instance) -> str:
    """The first line of every file of an instance."""
    return f"# Rendered by eks.redis for {instance.namespace}/{instance.name}: change the flavour, not this file\n"


def is_marker(line: str) -> bool:
    """Whether a file's first line says that it was rendered, for whatever instance."""
    return line.startswith("# Rendered by eks.redis for ")


def files(instance: Instance, manifests: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Text by file name. Secrets are left out: they do not belong into files."""
    return {
        _name(manifest): marker(instance) + to_yaml(manifest) for manifest in manifests if manifest["kind"] != "Secret"
    }


def _name(manifest: Mapping[str, Any]) -> str:
    kind = manifest["kind"]
    return f"{_RANKS.get(kind, _LAST)}-{kind.lower()}-{manifest['metadata']['name']}.yml"


def to_yaml(manifest: Mapping[str, Any] | list[Any]) -> str:
    """YAML with texts of several lines as blocks, the way people write them."""
    import yaml  # not at the top: modules must be importable where only Ansible's own modules are

    class Dumper(yaml.SafeDumper):
        """A class of its own, because representers are registered per class."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, text)
    return yaml.dump(manifest, Dumper=Dumper, sort_keys=False, width=120)
