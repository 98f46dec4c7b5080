"""What the contract knows and this release does not do yet."""

from __future__ import annotations

from typing import Any

import pytest

from .ruled import read, sentinel


@pytest.mark.parametrize(
    ("flavour", "root", "line"),
    [
        (sentinel(), {}, "deployment.mode: 'sentinel' is not in this release; available: standalone"),
        (
            {"deploymentMode": "cluster"},
            {"clusterModeEnabled": True},
            "deploymentMode: 'cluster' is not in this release; available: standalone",
        ),
        ({"replica": {"count": 2}}, {}, "replica.count: 2 is not in this release; available: 0"),
        (
            {"backup": {"enabled": True, "s3Bucket": "backups"}},
            {},
            "backup.enabled: true is not in this release; available: false",
        ),
        (
            {"additionalConfig": {"tls-port": 6379, "port": 0}},
            {},
            "additionalConfig.tls-port: TLS is not in this release; available: plain connections on port 6379",
        ),
        (
            {"additionalConfig": {"port": 6380}},
            {},
            "additionalConfig.port: TLS is not in this release; available: plain connections on port 6379",
        ),
    ],
)
def test_not_in_this_release(flavour: dict[str, Any], root: dict[str, Any], line: str) -> None:
    assert [str(problem) for problem in read(flavour, root).errors] == [line]
