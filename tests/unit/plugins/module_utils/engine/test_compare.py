from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import compare


def applied(fields: dict, manager: str = "eks.redis", operation: str = "Apply", **more) -> dict:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, **more}


def live(spec: dict, *managers: dict, **metadata) -> dict:
    meta = {"name": "a", "namespace": "n", "uid": "1", "resourceVersion": "2", "managedFields": list(managers)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**meta, **metadata}, "spec": spec}


def sent(spec: dict, **metadata) -> dict:
    meta = {"name": "a", "namespace": "n", **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "spec": spec}


@pytest.mark.parametrize(
    ("spec", "fields", "now", "current"),
    [
        ({"x": 1}, {"f:spec": {"f:x": {}}}, {"x": 1}, True),
        # what others set beside it does not matter
        ({"x": 1, "y": 2}, {"f:spec": {"f:x": {}}}, {"x": 1}, True),
        ({"x": 1}, {"f:spec": {"f:x": {}}}, {"x": 2}, False),
        ({"x": 1}, {"f:spec": {"f:x": {}}}, {"x": True}, False),
        # a field that we set and no longer send
        ({"x": 1, "y": 2}, {"f:spec": {"f:x": {}, "f:y": {}}}, {"x": 1}, False),
        ({"m": {"a": 1, "b": 2}}, {"f:spec": {"f:m": {".": {}, "f:a": {}, "f:b": {}}}}, {"m": {"a": 1}}, False),
        # an item of a list by its keys, one of them set by the server
        (
            {"ports": [{"port": 1, "protocol": "TCP"}]},
            {"f:spec": {"f:ports": {'k:{"port":1,"protocol":"TCP"}': {".": {}, "f:port": {}}}}},
            {"ports": [{"port": 1}]},
            True,
        ),
        (
            {"ports": [{"port": 1}, {"port": 2}]},
            {"f:spec": {"f:ports": {'k:{"port":1}': {}, 'k:{"port":2}': {}}}},
            {"ports": [{"port": 1}]},
            False,
        ),
        # an item of a set by its value
        ({"s": ["a"]}, {"f:spec": {"f:s": {'v:"a"': {}}}}, {"s": ["a"]}, True),
        ({"s": ["a", "b"]}, {"f:spec": {"f:s": {'v:"a"': {}, 'v:"b"': {}}}}, {"s": ["a"]}, False),
        # a list in another order is a change
        ({"l": [1, 2]}, {"f:spec": {"f:l": {}}}, {"l": [2, 1]}, False),
    ],
)
def test_is_current(spec, fields, now, current) -> None:
    assert compare.is_current(sent(now), live(spec, applied(fields))) is current


@pytest.mark.parametrize(
    "manager",
    [
        applied({}, manager="kubectl"),
        applied({}, operation="Update"),
        applied({}, subresource="status"),
    ],
)
def test_what_we_did_not_apply_is_not_ours(manager) -> None:
    assert compare.owned_fields(live({}, manager)) is None
    assert not compare.is_current(sent({}), live({}, manager))


def test_a_dry_run_that_differs_in_what_the_server_keeps_is_no_change() -> None:
    mine = applied({"f:spec": {"f:cpu": {}}})
    before = live({"cpu": "1"}, mine, resourceVersion="7", generation=1)
    after = {**live({"cpu": "1"}, mine, resourceVersion="8", generation=2), "status": {"x": 1}}
    assert compare.same_outcome(before, after)
    assert not compare.same_outcome(before, live({"cpu": "2"}, mine))
    assert not compare.same_outcome(live({"cpu": "1"}), after)


def test_our_part_is_what_we_send_and_what_we_sent() -> None:
    fields = {"f:metadata": {"f:labels": {"f:a": {}}}, "f:spec": {"f:gone": {}, "f:kept": {}}}
    state = live({"gone": {"deep": [1]}, "kept": 1, "theirs": 2}, applied(fields), labels={"a": "1", "b": "2"})
    assert compare.our_part(state, sent({"kept": 2}, labels={"a": "1"})) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": "n", "labels": {"a": "1"}},
        "spec": {"gone": {"deep": [1]}, "kept": 1},
    }


def test_our_part_of_an_object_that_goes() -> None:
    state = live({"kept": 1, "theirs": 2}, applied({"f:spec": {"f:kept": {}}}))
    part = compare.our_part(state, {})
    assert part["metadata"] == {"name": "a", "namespace": "n"}
    assert part["spec"] == {"kept": 1}


def test_our_part_of_lists_leaves_out_what_the_server_adds_to_items() -> None:
    state = live({"ports": [{"port": 1, "nodePort": 30000}]}, applied({"f:spec": {"f:ports": {}}}))
    assert compare.our_part(state, sent({"ports": [{"port": 2}]}))["spec"] == {"ports": [{"port": 1}]}
