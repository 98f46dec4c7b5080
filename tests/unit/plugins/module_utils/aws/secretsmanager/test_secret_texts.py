"""Where in the text of a secret the password stands, and what Secrets Manager tells of a secret."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.secretsmanager import rules, transformations
from ansible_collections.eks.redis.plugins.module_utils.contract import patterns
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import INVALID

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:cache-a1b2c3"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OPTIONS = {"name": "cache", "property": "password", "description": "", "recovery_window": 30}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), VALUES), st.text("abc-_1", min_size=1), st.text("aZ09", min_size=1))
def test_a_password_is_found_where_it_was_put_and_the_rest_stays(held: dict[str, Any], field: str, new: str) -> None:
    text = transformations.with_password(json.dumps(held), field, new)
    assert transformations.password("cache", text, field) == new
    assert {**json.loads(text), field: 0} == {**held, field: 0}


@given(st.text("aZ09", min_size=1))
def test_a_first_text_holds_the_password_alone(new: str) -> None:
    assert json.loads(transformations.with_password(None, "password", new)) == {"password": new}
    assert transformations.with_password(None, "", new) == new


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        (None, "password", None),
        (None, "", None),
        ("{}", "password", None),
        ('{"password": ""}', "password", None),
        ('{"password": null}', "password", None),
        ('{"other": "x"}', "password", None),
        ('{"password": "x"}', "password", "x"),
        ("x", "", "x"),
        ("5", "", "5"),
        ("[1]", "", "[1]"),
    ],
)
def test_what_the_password_of_a_text_is(text: str | None, field: str, found: str | None) -> None:
    assert transformations.password("cache", text, field) == found


@pytest.mark.parametrize("text", ["x", "5", "[]", '"x"', ""])
def test_another_text_is_never_taken_for_an_object(text: str) -> None:
    with pytest.raises(
        AwsError, match="^AWS secret cache holds a plain text and no JSON object with the key password;"
    ):
        transformations.password("cache", text, "password")


@pytest.mark.parametrize(
    ("live", "same"), [(KEY, True), (KEY.partition("key/")[2], True), (None, False), ("alias/x", False), ("0ab", False)]
)
def test_a_key_has_two_names(live: str | None, same: bool) -> None:
    assert transformations.same_key(live, KEY) is same


DAY = datetime.datetime(2030, 1, 2, 3, 4, 5, 600, tzinfo=datetime.UTC)


def test_what_is_told_of_a_secret() -> None:
    assert transformations.secret({"ARN": ARN, "Name": "cache"}) == {
        "arn": ARN,
        "name": "cache",
        "description": "",
        "kms_key": None,
        "version_id": None,
        "rotation": {"enabled": False, "days": None},
        "last_changed": None,
        "deleted_on": None,
        "tags": {},
    }
    told = {
        "Description": "mine",
        "KmsKeyId": KEY,
        "VersionIdsToStages": {"1": ["AWSPREVIOUS"], "2": ["AWSCURRENT", "mine"]},
        "RotationEnabled": True,
        "RotationRules": {"AutomaticallyAfterDays": 30},
        "LastChangedDate": DAY,
        "DeletedDate": DAY,
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert transformations.secret({"ARN": ARN, "Name": "cache", **told}) == {
        "arn": ARN,
        "name": "cache",
        "description": "mine",
        "kms_key": KEY,
        "version_id": "2",
        "rotation": {"enabled": True, "days": 30},
        "last_changed": "2030-01-02T03:04:05+00:00",
        "deleted_on": "2030-01-02",
        "tags": {"a": "b"},
    }


@given(st.from_regex(patterns.PROPERTY.schema["pattern"], fullmatch=True).filter(lambda name: 0 < len(name) <= 128))
def test_a_property_that_an_instance_can_name_can_be_made(name: str) -> None:
    assert list(rules.problems({**OPTIONS, "property": name})) == []


@given(st.from_regex(rules.NAME, fullmatch=True))
def test_a_secret_that_can_be_made_can_be_named_by_an_instance(name: str) -> None:
    assert list(rules.problems({**OPTIONS, "name": name})) == []
    assert patterns.REMOTE_SECRET.accept(name) is not INVALID
