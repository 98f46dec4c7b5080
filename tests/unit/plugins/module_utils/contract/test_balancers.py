"""What the annotations of a Service make of its load balancer, by who makes it."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.balancers import (
    INSIDE,
    INTERNAL,
    OUTSIDE,
    RANGES,
    SCHEME,
    TYPE,
    is_everybody,
    ranges,
    scheme,
)

CLASS = "service.k8s.aws/nlb"


@pytest.mark.parametrize(
    ("of", "notes", "found"),
    [
        # Kubernetes' own controller
        ("", {}, OUTSIDE),
        ("", {TYPE: "nlb"}, OUTSIDE),
        ("", {INTERNAL: "true"}, INSIDE),
        ("", {INTERNAL: "0.0.0.0/0"}, INSIDE),
        ("", {INTERNAL: "false"}, OUTSIDE),
        ("", {INTERNAL: ""}, OUTSIDE),
        ("", {SCHEME: INSIDE}, OUTSIDE),
        ("example.com/another", {SCHEME: INSIDE}, OUTSIDE),
        # the AWS Load Balancer Controller, EKS Auto Mode
        (CLASS, {}, INSIDE),
        ("eks.amazonaws.com/nlb", {}, INSIDE),
        ("", {TYPE: "external"}, INSIDE),
        ("", {TYPE: "nlb-ip"}, INSIDE),
        (CLASS, {SCHEME: OUTSIDE}, OUTSIDE),
        (CLASS, {INTERNAL: "false"}, OUTSIDE),
        (CLASS, {INTERNAL: "true"}, INSIDE),
        (CLASS, {SCHEME: INSIDE, INTERNAL: "false"}, INSIDE),
    ],
)
def test_scheme(of: str, notes: dict[str, str], found: str) -> None:
    assert scheme(of, notes) == found


@pytest.mark.parametrize(
    ("given", "notes", "found"),
    [
        ((), {}, ()),
        (("10.0.0.0/8",), {}, ("10.0.0.0/8",)),
        ((), {RANGES: "10.0.0.0/8, 10.9.0.0/16,"}, ("10.0.0.0/8", "10.9.0.0/16")),
        (("10.0.0.0/8",), {RANGES: "0.0.0.0/0"}, ("10.0.0.0/8",)),
        # one of which is all of them
        (("10.0.0.0/8", "0.0.0.0/0"), {}, ()),
        (("::/0",), {}, ()),
    ],
)
def test_ranges(given: tuple[str, ...], notes: dict[str, str], found: tuple[str, ...]) -> None:
    assert ranges(given, notes) == found


@pytest.mark.parametrize(("network", "everybody"), [("0.0.0.0/0", True), ("::/0", True), ("10.0.0.0/10", False)])
def test_everybody(network: str, everybody: bool) -> None:
    assert is_everybody(network) is everybody
