# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the objects in a bucket: ``<prefix>/<namespace>/<name>/<set>/<file>``.

Neither namespaces nor names of instances have a slash in them, so two instances never meet.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

MANIFEST = "manifest.json"
VERDICT = "verdict.json"
# beside a manifest: a restore has put the old data there; and nobody has confirmed the new
REPLACED, HOLD = "replaced.json", "hold.json"
SUFFIX = "abcdefghijklmnopqrstuvwxyz0123456789"  # what the last four characters of a set's name are taken from
_STAMP = "%Y%m%dT%H%M%SZ"
_SET = re.compile(r"(\d{8}T\d{6}Z)-[a-z0-9]{4}", re.ASCII)


def base(prefix: str, namespace: str, name: str) -> str:
    """Where the sets of an instance are, with a slash at its end. prefix: of the bucket, "" for none."""
    return "/".join(part for part in (prefix.strip("/"), namespace, name) if part) + "/"


def set_name(started: datetime, suffix: str) -> str:
    """The name of a set that is begun now. suffix: four characters of SUFFIX by chance, for two in one second."""
    name = f"{started.astimezone(UTC).strftime(_STAMP)}-{suffix}"
    time_of(name)
    return name


def is_set(name: str) -> bool:
    """Whether a folder has the name of a set."""
    return _time(name) is not None


def time_of(name: str) -> datetime:
    """When a set was begun. Errors: DatapathError for what is no name of a set."""
    time = _time(name)
    if time is None:
        raise DatapathError(f"{name!r} is no name of a backup set, such as 20261129T021500Z-k3x9")
    return time


def key(base: str, name: str, file: str) -> str:
    """The key of a file of a set."""
    return f"{base}{name}/{file}"


def shard_file(lowest: int) -> str:
    """The RDB of the shard whose lowest slot this is; 0 where there are no slots."""
    return f"shard-{lowest:05}.rdb"


def _time(name: str) -> datetime | None:
    found = _SET.fullmatch(name)
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None
