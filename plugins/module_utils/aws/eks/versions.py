# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which version of an add-on is meant. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError

KEEP, LATEST, DEFAULT = "keep", "latest", "default"
_SHOWN = 5


class Release(NamedTuple):
    """version: ``v1.48.0-eksbuild.1``. default: what EKS installs on the cluster's Kubernetes version."""

    version: str
    default: bool


def releases(documents: Collection[dict[str, Any]], kubernetes: str) -> list[Release]:
    """Those that run on that version of Kubernetes, newest first. documents: as api.addon_releases gives them."""
    fitting = (
        Release(document["addonVersion"], bool(each.get("defaultVersion")))
        for document in documents
        for each in document["compatibilities"]
        if each["clusterVersion"] == kubernetes
    )
    return sorted(fitting, key=lambda release: _order(release.version), reverse=True)


def chosen(wanted: str, live: str | None, there: Sequence[Release], what: str) -> str:
    """The version to have. live: the one that is installed.

    An older one than is installed is only chosen by its full name. what: for messages, such as
    ``version of EKS add-on vpc-cni for Kubernetes 1.34``. Errors: AwsError for one that is not there.
    """
    if live is not None and wanted == KEEP:
        return live
    version = _named(wanted, there)
    if version is None:
        raise AwsError(f"option version {wanted}: there is no such {what}; newest: {_newest(there)}")
    if live is None or version == wanted or _order(version) >= _order(live):
        return version
    if wanted in (LATEST, DEFAULT):
        return live
    raise AwsError(
        f"option version {wanted}: {what} is at {live}; to go back to an older one, give its full name: {version}"
    )


def _named(wanted: str, there: Sequence[Release]) -> str | None:
    newest = [release.version for release in there]
    if wanted in (KEEP, DEFAULT):
        newest = [release.version for release in there if release.default] or newest
    elif wanted != LATEST:
        prefix = wanted if wanted.startswith("v") else f"v{wanted}"
        newest = [version for version in newest if re.match(re.escape(prefix) + r"(?![0-9])", version)]
    return newest[0] if newest else None


def _newest(there: Sequence[Release]) -> str:
    shown = [f"{release.version}{' (default)' if release.default else ''}" for release in there[:_SHOWN]]
    return ", ".join(shown) or "none"


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))
