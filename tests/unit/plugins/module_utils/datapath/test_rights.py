"""The rights of the ACL user of jobs; that they are enough is proven with a real Redis (tests/jobs)."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.acl import tokens
from ansible_collections.eks.redis.plugins.module_utils.datapath import rights


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("version", [(6, 0), (6, 2), (7, 0), (7, 4)])
def test_a_release_knows_all_rules_that_it_is_given(version: tuple[int, int], clustered: bool) -> None:
    found = list(tokens(rights.rules(clustered=clustered, version=version)))
    assert not [token for token in found if token.problem or token.since > version]


def test_a_new_command_is_asked_of_no_old_release() -> None:
    assert "+function|dump" in rights.rules(clustered=False, version=(7, 0)).split()
    assert "function" not in rights.rules(clustered=False, version=(6, 2))
    assert "&*" not in rights.rules(clustered=False, version=(6, 0)).split()


def test_only_in_a_cluster_it_changes_users() -> None:
    """Who may do that may do everything."""
    assert "+acl|setuser" in rights.rules(clustered=True, version=(7, 0)).split()
    assert "acl" not in rights.rules(clustered=False, version=(7, 0))


def test_nothing_is_given_by_a_category_that_writes() -> None:
    words = rights.rules(clustered=True, version=(7, 2)).split()
    assert [word for word in words if "@" in word] == ["-@all", "+@read"]
