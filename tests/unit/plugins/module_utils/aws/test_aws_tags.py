"""Tags that AWS takes, and those that it does not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

OURS = {"app.kubernetes.io/managed-by": "eks.redis", "eks.redis/cluster": "prod"}


def test_those_of_the_user_stand_beside_ours_and_win_nothing() -> None:
    given = {"team": "Größe 1", "cost": 12, "live": True, "empty": "", "eks.redis/cluster": "other"}
    texts = {"team": "Größe 1", "cost": "12", "live": "True", "empty": ""}
    assert tags.ours("prod", given) == {**texts, **OURS}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"aws:team": "a"}, "tags: 'aws:team': names that begin with aws: are AWS's own; choose another"),
        ({"": "a"}, "tags: '': a name has 1 to 128 letters, digits, spaces and +-=._:/@"),
        ({"k" * 129: "a"}, f"tags: '{'k' * 129}': a name has 1 to 128 letters, digits, spaces and +-=._:/@"),
        ({"team": {"a": "b"}}, "tags: 'team': its value must be a text"),
        ({"team": None}, "tags: 'team': its value must be a text"),
        (
            {"team": "a,b"},
            "tags: 'team': a value has up to 256 letters, digits, spaces and +-=._:/@, this is 'a,b'",
        ),
        (
            {str(number): "" for number in range(49)},
            "tags: AWS takes 50 at most, and two are eks.redis's own; these are 49",
        ),
        (
            {"aws:a": None},
            "tags: 'aws:a': names that begin with aws: are AWS's own; choose another\n"
            "tags: 'aws:a': its value must be a text",
        ),
    ],
)
def test_what_aws_would_refuse_is_one_line(given: dict[str, Any], message: str) -> None:
    with pytest.raises(EngineError) as refused:
        tags.ours("prod", given)
    assert str(refused.value) == message
