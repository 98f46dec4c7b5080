"""Tables of the guides that repeat what the code decides."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.eks.redis.plugins.module_utils.topology.storage_class import VOLUME_TYPES

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\| `(io\d|gp\d)` \| *(.*?) *\| *(.*?) *\|$", re.MULTILINE)


def test_the_ranges_of_volumes_are_those_of_the_code() -> None:
    section = (DOCS / "storage-class.md").read_text().partition("## Ranges\n")[2].partition("\n## ")[0]
    told = {kind: (iops, throughput) for kind, iops, throughput in ROW.findall(section)}
    assert told == {
        kind: tuple(f"{figure[0]} to {figure[1]}" if figure else "" for figure in allowed)
        for kind, allowed in VOLUME_TYPES.items()
    }
