# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of a CronJob: what one looks like that somebody asks for now, and which are running."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import as_selector

Object = dict[str, Any]

SUFFIX = 8  # characters that tell the Jobs of a CronJob apart; Kubernetes itself takes so many
# what kubectl create job --from writes too: somebody has asked for it
_BY_HAND = {"cronjob.kubernetes.io/instantiate": "manual"}


def manifest(cron_job: Object, suffix: str) -> Object:
    """A Job as the CronJob would begin it now; it goes with it. suffix: SUFFIX characters by chance."""
    meta, template = cron_job["metadata"], cron_job["spec"]["jobTemplate"]
    owner = {
        "apiVersion": kinds.kind("CronJob").api,
        "kind": "CronJob",
        "name": meta["name"],
        "uid": meta["uid"],
        "controller": True,
    }
    return {
        "apiVersion": kinds.kind("Job").api,
        "kind": "Job",
        "metadata": {
            "name": f"{meta['name']}-{suffix}",
            "namespace": meta["namespace"],
            "labels": dict(template["metadata"].get("labels") or {}),
            "annotations": {**(template["metadata"].get("annotations") or {}), **_BY_HAND},
            "ownerReferences": [owner],
        },
        "spec": template["spec"],
    }


def running(api: Api, cron_job: Object) -> list[Object]:
    """The CronJob's Jobs that have not ended, whoever began them; the oldest first."""
    meta, labels = cron_job["metadata"], cron_job["spec"]["jobTemplate"]["metadata"].get("labels") or {}
    selector = as_selector(dict(sorted(labels.items())))
    found = [
        job
        for job in api.list("Job", meta["namespace"], labelSelector=selector)
        if any(owner["uid"] == meta["uid"] for owner in job["metadata"].get("ownerReferences") or ()) and not ended(job)
    ]
    return sorted(found, key=lambda job: str(job["metadata"]["creationTimestamp"]))


def ended(job: Object) -> str | None:
    """``Complete`` or ``Failed`` for one that has ended."""
    condition = end_of(job)
    return str(condition["type"]) if condition else None


def end_of(job: Object) -> Object | None:
    """The condition of its end."""
    conditions = (job.get("status") or {}).get("conditions") or ()
    return next((one for one in conditions if one["type"] in ("Complete", "Failed") and one["status"] == "True"), None)
