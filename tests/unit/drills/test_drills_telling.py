from __future__ import annotations

import pytest
from drills import telling

FAILED = (
    "Job drill-123-faults/faults-backup-7t0r28kg failed: s3:UploadPart eks-redis-lab-us-east-1-123456789012/redis/"
    "drill-123-faults/faults/20261129T141632Z-l54j/shard-00000.rdb: AccessDenied: a|b"
)


def test_a_line_of_a_table_has_no_names_of_its_run():
    assert telling.found("AccessDenied", ["set made", FAILED]) == (
        "Job drill-faults/faults-backup-… failed: s3:UploadPart …/shard-00000.rdb: AccessDenied: a/b"
    )


def test_a_long_line_is_cut_in_its_middle():
    assert telling.found("x", ["x" * 1000 + "y"]) == "x" * 119 + " … " + "x" * 118 + "y"


def test_what_nobody_says_is_missed():
    with pytest.raises(AssertionError, match="nobody says 'gone'"):
        telling.found("gone", ["it is here"])


def test_sets_are_counted_by_kind():
    assert telling.counted({"whole": ["a", "b"], "incomplete": ["c"], "damaged": []}) == "2 whole, 1 incomplete"
    assert telling.counted({"whole": []}) == "none"
