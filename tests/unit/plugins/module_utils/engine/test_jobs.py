from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import jobs
from ansible_collections.eks.redis.plugins.module_utils.topology import names

from ..topology.made import shaped_objects

UID = "0b5b8c1e"
BACKED = {"backup": {"enabled": True, "s3Bucket": "backups"}}
CRON_JOB = shaped_objects("sentinel", BACKED)["CronJob cache-backup"]
CRON_JOB = {**CRON_JOB, "metadata": {**CRON_JOB["metadata"], "uid": UID}}


def test_a_job_is_what_the_cronjob_would_begin_and_goes_with_it() -> None:
    made = jobs.manifest(CRON_JOB, "k3x9w2ab")
    template = CRON_JOB["spec"]["jobTemplate"]
    assert made["spec"] == template["spec"]
    assert made["metadata"] == {
        "name": "cache-backup-k3x9w2ab",
        "namespace": "apps",
        "labels": template["metadata"]["labels"],
        "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
        "ownerReferences": [
            {"apiVersion": "batch/v1", "kind": "CronJob", "name": "cache-backup", "uid": UID, "controller": True}
        ],
    }
    assert (made["apiVersion"], made["kind"]) == ("batch/v1", "Job")


def test_its_name_fits_into_a_label_whatever_the_instance_is_called() -> None:
    assert len(names.restore_test("x" * 52)) + 1 + jobs.SUFFIX <= 63


def job(name: str, *, owner: str = UID, created: str = "2026-11-29T02:00:00Z", **condition: str) -> dict:
    conditions = [{"status": "True", **condition}] if condition else []
    meta = {"name": name, "creationTimestamp": created, "ownerReferences": [{"uid": owner}]}
    return {"metadata": meta, "status": {"conditions": conditions}}


class Api:
    def __init__(self, *found: dict) -> None:
        self.found, self.asked = list(found), ()

    def list(self, kind: str, namespace: str, **selectors: str) -> list[dict]:
        self.asked = (kind, namespace, selectors)
        return self.found


def test_who_runs() -> None:
    api = Api(
        job("younger", created="2026-11-29T03:00:00Z"),
        job("runs"),
        job("done", type="Complete"),
        job("failed", type="Failed"),
        job("ending", type="FailureTarget"),
        job("of another", owner="another"),
        {"metadata": {"name": "by hand", "creationTimestamp": "x"}},
    )
    assert [one["metadata"]["name"] for one in jobs.running(api, CRON_JOB)] == ["runs", "ending", "younger"]
    kind, namespace, selectors = api.asked
    assert (kind, namespace) == ("Job", "apps")
    assert "app.kubernetes.io/component=backup" in selectors["labelSelector"]
    assert "app.kubernetes.io/instance=cache" in selectors["labelSelector"]


@pytest.mark.parametrize(
    ("condition", "end"),
    [
        ({}, None),
        ({"type": "Complete"}, "Complete"),
        ({"type": "Failed"}, "Failed"),
        ({"type": "Failed", "status": "False"}, None),
        ({"type": "Suspended"}, None),
    ],
)
def test_when_a_job_has_ended(condition, end) -> None:
    assert jobs.ended(job("a", **condition)) == end
