from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.eks.versions import Release, chosen, releases
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError

WHAT = "version of EKS add-on vpc-cni for Kubernetes 1.34"
NEWEST, DEFAULT, OLD = "v1.100.0-eksbuild.1", "v1.48.0-eksbuild.10", "v1.48.0-eksbuild.9"
THERE = [Release(NEWEST, False), Release(DEFAULT, True), Release(OLD, False), Release("v1.4.2-eksbuild.1", False)]


def document(version: str, **fits: bool) -> dict[str, object]:
    """fits: whether it is the default of that version of Kubernetes, v1_34=True."""
    return {
        "addonVersion": version,
        "compatibilities": [
            {"clusterVersion": kubernetes[1:].replace("_", "."), "defaultVersion": default}
            for kubernetes, default in fits.items()
        ],
    }


def test_releases_are_sorted_by_number_and_only_those_that_fit() -> None:
    documents = [
        document("v1.9.0-eksbuild.1", v1_33=True, v1_34=True),
        document("v1.10.0-eksbuild.2", v1_34=False),
        document("v1.11.0-eksbuild.1", v1_35=True),
    ]
    assert releases(documents, "1.34") == [Release("v1.10.0-eksbuild.2", False), Release("v1.9.0-eksbuild.1", True)]


@pytest.mark.parametrize(
    ("wanted", "live", "expected"),
    [
        ("keep", None, DEFAULT),
        ("keep", OLD, OLD),
        ("keep", "v9.9.9-eksbuild.1", "v9.9.9-eksbuild.1"),
        ("default", None, DEFAULT),
        ("default", OLD, DEFAULT),
        ("default", NEWEST, NEWEST),
        ("latest", None, NEWEST),
        ("latest", DEFAULT, NEWEST),
        ("latest", "v2.0.0-eksbuild.1", "v2.0.0-eksbuild.1"),
        (OLD, None, OLD),
        (OLD, NEWEST, OLD),
        ("v1.48", None, DEFAULT),
        ("v1.48", OLD, DEFAULT),
        ("1.48.0", OLD, DEFAULT),
        ("v1.4", None, "v1.4.2-eksbuild.1"),
        ("v1", None, NEWEST),
    ],
)
def test_chosen(wanted: str, live: str | None, expected: str) -> None:
    assert chosen(wanted, live, THERE, WHAT) == expected


def test_without_a_default_a_new_one_is_the_newest() -> None:
    assert chosen("keep", None, [Release(OLD, False)], WHAT) == OLD


@pytest.mark.parametrize("wanted", ["v9", "v1.48.0-eksbuild.1", "newest", "v1.10", ""])
def test_one_that_is_not_there_lists_the_newest(wanted: str) -> None:
    with pytest.raises(AwsError) as error:
        chosen(wanted, None, THERE, WHAT)
    assert str(error.value) == (
        f"option version {wanted}: there is no such {WHAT}; newest: {NEWEST}, {DEFAULT} (default), {OLD}, "
        "v1.4.2-eksbuild.1"
    )


def test_a_beginning_never_goes_back() -> None:
    with pytest.raises(AwsError) as error:
        chosen("v1.48", NEWEST, THERE, WHAT)
    assert str(error.value) == (
        f"option version v1.48: {WHAT} is at {NEWEST}; to go back to an older one, give its full name: {DEFAULT}"
    )


def test_nothing_fits_at_all() -> None:
    with pytest.raises(AwsError, match="newest: none"):
        chosen("latest", None, [], WHAT)
