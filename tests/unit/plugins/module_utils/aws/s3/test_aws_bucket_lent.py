"""A statement that is lent: what is there already comes back as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import lent

OURS = {"Sid": "ElastiCacheExport0123456789ab", "Effect": "Allow"}
theirs = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.text(max_size=3)},
    optional={"Sid": st.sampled_from(["", "Theirs", "EksRedisTls", "ElastiCacheExport"])},
)
policies = st.fixed_dictionaries(
    {"Version": st.sampled_from(["2008-10-17", "2012-10-17"]), "Statement": st.lists(theirs, min_size=1, max_size=4)},
    optional={"Id": st.text(max_size=3)},
)


@given(policies)
def test_lent_and_taken_back_it_is_as_before(policy: dict[str, Any]) -> None:
    added = lent.with_statement(policy, OURS)
    assert lent.holds(added, OURS["Sid"]) and not lent.holds(policy, OURS["Sid"])
    assert added == {**policy, "Statement": [*policy["Statement"], OURS]}
    assert lent.without(added, OURS["Sid"]) == policy


@given(theirs)
def test_one_statement_need_not_be_a_list(statement: dict[str, Any]) -> None:
    policy = {"Version": "2012-10-17", "Statement": statement}
    added = lent.with_statement(policy, OURS)
    assert added["Statement"] == [statement, OURS]
    assert lent.without(added, OURS["Sid"]) == {**policy, "Statement": [statement]}


def test_where_there_was_no_policy_there_is_none_again() -> None:
    added = lent.with_statement(None, OURS)
    assert added == {"Version": "2012-10-17", "Statement": [OURS]}
    assert lent.without(added, OURS["Sid"]) is None


@pytest.mark.parametrize("policy", [None, {"Statement": []}, {}])
def test_nothing_is_in_no_policy(policy: dict[str, Any] | None) -> None:
    assert not lent.holds(policy, OURS["Sid"])
