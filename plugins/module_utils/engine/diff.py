# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``--diff`` shows: our fields of each object before and after, with fingerprints in place of secrets. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.topology.files import to_yaml


def fingerprint(value: bytes) -> str:
    """``sha256:`` and the first 8 digits: enough to see that a secret changed, nothing to guess it from."""
    return f"sha256:{hashlib.sha256(value).hexdigest()[:8]}"


def masked(manifest: dict[str, Any]) -> dict[str, Any]:
    """The object as it may be shown: a Secret's values, and a CRD's schema (400 kB), are fingerprints."""
    if manifest["kind"] == "Secret":
        data = {key: fingerprint(_decoded(value)) for key, value in (manifest.get("data") or {}).items()}
        return {**{key: value for key, value in manifest.items() if key != "stringData"}, "data": data}
    if manifest["kind"] == "CustomResourceDefinition":
        spec = json.dumps(manifest.get("spec") or {}, sort_keys=True).encode()
        return {**manifest, "spec": fingerprint(spec)}
    return manifest


def diff(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, str]:
    """One entry of a module's ``diff`` list, in the shape Ansible's callbacks print with a header for each object."""
    header = kinds.reference_of(before or after or {})
    return {
        "before_header": header,
        "after_header": header,
        "before": _yaml(before),
        "after": _yaml(after),
    }


def _yaml(manifest: dict[str, Any] | None) -> str:
    if manifest is None:
        return ""
    return to_yaml(_sorted(masked(manifest)))


def _sorted(value: Any) -> Any:
    """The server answers in alphabetical order, so both sides of a diff have it."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return value.encode()
