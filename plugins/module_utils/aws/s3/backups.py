# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup sets of an instance, read from where Ansible runs, by whom its options name."""

from __future__ import annotations

from typing import NoReturn

from ansible_collections.eks.redis.plugins.module_utils.aws import errors
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Store as Where
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store

# S3's codes of which the jobs know best what to do about
_OF_THE_BUCKET = ("NoSuchBucket", "PermanentRedirect")


def sets(aws: Aws, where: Where, namespace: str, name: str) -> list[BackupSet]:
    """Oldest first. Errors: AwsError, EngineError."""
    try:
        return Store(aws.client("s3"), where, namespace, name).sets()
    except JobError as error:
        said = error.__context__
        if said is None or getattr(error, "code", "") in _OF_THE_BUCKET:
            raise EngineError(str(error)) from None
        _tell_anew(aws, said)


def _tell_anew(aws: Aws, said: BaseException) -> NoReturn:
    """What AWS has said as it is told to any caller of modules: a job speaks of its own role."""
    with errors.translated("s3", aws.region):
        raise said from None
