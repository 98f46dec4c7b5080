# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for what EKS does in its own time, tells how it goes, and says what ails an add-on that does not get there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Optional

from ansible_collections.eks.redis.plugins.module_utils.aws.deadline import Deadline
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import transformations
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell

WORKING = ("CREATING", "UPDATING", "DELETING")
FAILED = ("CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "DEGRADED")
_PAUSES = (1, 2, 3)  # seconds before the second, third, … look; the last one for all further: add-ons take a minute
# code of an issue -> what to do about it
_ADVICE = {
    "AccessDenied": "EKS may not change this in the cluster: look at its ClusterRole eks:addon-manager",
    "AddonPermissionFailure": "its role lacks a permission",
    "ClusterUnreachable": "EKS cannot reach the cluster's API: look at the cluster's health and subnets",
    "ConfigurationConflict": "somebody else set these fields; resolve_conflicts: overwrite sets them back",
    "InsufficientNumberOfReplicas": "its pods do not run: look at them, and whether there are nodes for them",
}
_Issues = Collection["dict[str, Any]"]


def deadline(seconds: float) -> Deadline:
    """As add-ons need it."""
    return Deadline(seconds, _PAUSES)


_Addon = Optional["dict[str, Any]"]


def settled(document: _Addon, look: Callable[[], _Addon], what: str, deadline: Deadline) -> _Addon:
    """The ``addon`` when EKS no longer works on it, None when it is gone. Errors: EngineError when the time is up.

    document: as it was last seen. look: sees again. what: ``EKS add-on vpc-cni of cluster prod``.
    """
    told = ""
    while document is not None and document["status"] in WORKING:
        line = f"{what} is {document['status']}"
        told = line if line == told else tell(line)
        if not deadline.pause():
            raise _unfinished(what, document["status"], transformations.issues(document))
        document = look()
    return document


def updated(look: Callable[[], dict[str, Any]], what: str, deadline: Deadline) -> None:
    """Returns when an update is over. look: reads it. Errors: EngineError when it failed or takes too long."""
    tell(f"{what} is UPDATING")
    update = look()
    while update["status"] == "InProgress":
        if not deadline.pause():
            raise _unfinished(what, "UPDATING", transformations.update_errors(update))
        update = look()
    if update["status"] != "Successful":
        raise _unwell(f"the update of {what} ended as {update['status']}", transformations.update_errors(update))


def well(document: dict[str, Any], what: str) -> None:
    """Raises EngineError for an add-on that failed or is not healthy."""
    if document["status"] in FAILED:
        raise _unwell(f"{what} is {document['status']}", transformations.issues(document))


def _unfinished(what: str, status: str, issues: _Issues) -> EngineError:
    return _unwell(f"{what} is still {status} at the end of the timeout; EKS goes on, run again to wait for it", issues)


def _unwell(message: str, issues: _Issues) -> EngineError:
    """One line, and one more for each issue."""
    return EngineError("\n  ".join((message, *(_line(issue) for issue in issues))), issues=list(issues))


def _line(issue: dict[str, Any]) -> str:
    resources = f" ({', '.join(issue['resources'])})" if issue["resources"] else ""
    advice = f"; {_ADVICE[issue['code']]}" if issue["code"] in _ADVICE else ""
    return f"{issue['code']}: {issue['message'].rstrip('.')}{resources}{advice}"
