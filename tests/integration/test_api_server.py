"""Module api_server_info."""

from __future__ import annotations

import re
from typing import Any

import pytest
import runs
from cluster import Cluster

from lab import model


@pytest.fixture
def asked(capsys, cluster) -> Any:
    return lambda **options: runs.module(capsys, "api_server_info", **options)


def test_it_tells_who_the_server_is(asked, cluster: Cluster) -> None:
    found = asked()
    assert not found["changed"]
    assert re.fullmatch(r"v1\.\d+\.\d+", found["version"])
    assert found["issuer"] == model.OIDC_ISSUER
    assert found["server"] == cluster.config()["clusters"][0]["cluster"]["server"]
    assert found["source"].startswith("kubeconfig ")


def test_who_may_not_read_the_issuer_is_told_the_rest(asked) -> None:
    found = asked(impersonate_user="nobody")
    assert found["issuer"] is None and found["version"]


def test_no_cluster_is_one_line(asked) -> None:
    assert asked(host="https://127.0.0.1:9", api_key="none")["msg"].startswith("cannot reach ")
