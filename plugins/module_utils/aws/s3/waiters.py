# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3 answers before it has told all of its parts."""

from __future__ import annotations

import time
from collections.abc import Callable

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError

_PAUSE, _PATIENCE = 2.0, 120.0  # seconds
# a bucket that was just made, another change to it still under way
_UNSETTLED = frozenset({"NoSuchBucket", "OperationAborted"})


def settled(write: Callable[[], None], sleep: Callable[[float], None] = time.sleep) -> None:
    """Does it, again while S3 refuses for what was done right before. Errors: AwsError, the last when time is up."""
    waited = 0.0
    while True:
        try:
            return write()
        except AwsError as error:
            if waited >= _PATIENCE or not _passes(error):
                raise
        sleep(_PAUSE)
        waited += _PAUSE


def _passes(error: AwsError) -> bool:
    # versioning was just switched on, and replication or object lock is refused for its lack
    lacks_versions = error.code in ("InvalidRequest", "InvalidBucketState") and "ersioning must be" in str(error)
    return error.code in _UNSETTLED or lacks_versions
