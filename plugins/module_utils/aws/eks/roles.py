# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM roles that EKS is to hand out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import api
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.contract import arns
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell

_UNKNOWN = re.compile(r"role.* does not exist", re.IGNORECASE)
_PAUSE, _TRIES = 3, 20  # seconds; IAM says that a change may take a minute to be seen everywhere


def require_arn(option: str, arn: str) -> None:
    """Raises AwsError for anything but the ARN of a role."""
    if not arns.ROLE.fullmatch(arn):
        raise AwsError(
            f"option {option}: {arn!r} is not the ARN of an IAM role, such as arn:aws:iam::123456789012:role/NAME"
        )


def propagated(aws: Aws, associations: Mapping[str, str], write: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``write`` returns. A role that IAM has and EKS does not see yet is waited for: it was made just now.

    associations: ARN of the role by ServiceAccount. Errors: AwsError, for a role that IAM does not have, at once.
    """
    for _attempt in range(_TRIES):
        try:
            return write()
        except AwsError as error:
            if not associations or not _UNKNOWN.search(str(error)):
                raise
        for account, arn in associations.items():
            if api.role(aws, arn.rpartition("/")[2]) is None:
                raise AwsError(f"the role for ServiceAccount {account}, {arn}, does not exist in account {aws.account}")
        tell("EKS does not see the new role yet")
        time.sleep(_PAUSE)
    return write()
