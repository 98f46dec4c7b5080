from __future__ import annotations

import base64

from ansible_collections.eks.redis.plugins.module_utils.engine.diff import diff, fingerprint, masked

SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "a", "namespace": "n"},
    "data": {"password": base64.b64encode(b"correct horse").decode()},
}


def test_a_secret_shows_fingerprints() -> None:
    shown = diff(None, SECRET)
    assert shown["after"].count("sha256:") == 1
    assert fingerprint(b"correct horse") in shown["after"]
    assert "Y29ycmVjdCBob3JzZQ==" not in str(shown)


def test_clear_text_of_a_secret_is_left_out() -> None:
    assert "horse" not in str(masked({**SECRET, "stringData": {"password": "correct horse"}}))


def test_equal_secrets_have_equal_fingerprints() -> None:
    assert masked(SECRET) == masked(dict(SECRET))
    assert fingerprint(b"a") != fingerprint(b"b")


def test_the_schema_of_a_crd_is_a_fingerprint() -> None:
    crd = {"apiVersion": "v1", "kind": "CustomResourceDefinition", "metadata": {"name": "a"}, "spec": {"x": [1] * 1000}}
    assert len(diff(None, crd)["after"]) < 200


def test_each_object_has_its_header_and_both_sides_one_order() -> None:
    before = {
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "metadata": {"namespace": "n", "name": "a"},
        "data": {"x": "1\n2\n"},
    }
    after = {
        "apiVersion": "v1",
        "data": {"x": "1\n3\n"},
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": "n"},
    }
    shown = diff(before, after)
    assert shown["before_header"] == shown["after_header"] == "ConfigMap n/a"
    pairs = list(zip(shown["before"].splitlines(), shown["after"].splitlines(), strict=True))
    assert [pair for pair in pairs if pair[0] != pair[1]] == [("    2", "    3")]


def test_an_object_that_goes_has_nothing_after() -> None:
    assert diff(SECRET, None)["after"] == ""
    assert diff(SECRET, None)["after_header"] == "Secret n/a"
