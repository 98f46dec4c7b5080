"""The filter from_elasticache; what it derives is tested where that is done, in module_utils/exit.

Not in test_filters.py, which needs that nothing of the collection is imported before Ansible's own loader.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.eks.redis.plugins.filter.check import check
from ansible_collections.eks.redis.plugins.filter.from_elasticache import from_elasticache
from ansible_collections.eks.redis.plugins.module_utils.contract.source import parse

from ..module_utils.exit.made import ONE


def test_it_gives_documents_and_files() -> None:
    found = from_elasticache({"group": ONE.as_dict()}, bucket="shop-backups")
    assert found["flavour"]["deployment"] == {"mode": "sentinel", "config": {"replica": {"count": 2}}}
    assert check(found["flavour"], found["root"]) == {"errors": [], "warnings": []}
    assert parse(found["flavour_file"], "shop.yml").data == found["flavour"]
    assert parse(found["root_file"], "shop.root.yml").data == found["root"] == {"version": "7.0.15"}
    assert "  # cluster mode disabled, AutomaticFailover enabled\n  mode:" in found["flavour_file"]
    assert {"what": "metrics in CloudWatch", "reason": "metrics.enabled brings an exporter for Prometheus"} in found[
        "dropped"
    ]
    assert {line["path"] for line in found["origins"]} >= {"version", "deployment.mode", "backup.s3Bucket"}


@pytest.mark.parametrize(
    ("value", "options", "problem"),
    [
        ("text", {}, "eks.redis.from_elasticache: the input is not a result of eks.redis.replication_group_info"),
        ({"group": {}}, {}, "eks.redis.from_elasticache: group.id: it is missing; the facts are not those of "),
        (
            ONE.as_dict(),
            {"bucket": "A B"},
            "eks.redis.from_elasticache: backup.s3Bucket: 'A B' is not an S3 bucket name",
        ),
    ],
)
def test_it_says_what_is_wrong(value: Any, options: dict[str, str], problem: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        from_elasticache(value, **options)
    assert str(caught.value).startswith(problem)
