"""Tables of the guides that repeat what the code decides."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.eks.redis.plugins.module_utils.exit import forecast
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


def test_the_rates_of_the_forecast_are_those_of_the_code() -> None:
    section = (DOCS / "leaving-elasticache.md").read_text().partition("## How the forecast is computed\n")[2]
    told = section.partition("\n## ")[0]
    idle, quiet, busy = (
        (f"{rate:,}".replace(",", " "), f"{writes:,}".replace(",", " ")) for writes, rate in forecast._COPY
    )
    assert (
        f"{idle[0]} keys/s from a shard at rest, {quiet[0]} beside {quiet[1]} writes/s, {busy[0]} beside {busy[1]};"
        in told
    )
    assert f"at most {forecast._NETWORK / 1e6:.0f} MB/s" in told
    assert f"two looks at the write counters, {forecast._PROOF:.0f} s apart; up to {forecast._LAST} keys; 65 ms" in told
    assert forecast._PAUSE == 0.065
    assert (
        f"writing at {forecast._SAVE / 1e6:.0f} MB/s, fetching at {forecast._NETWORK / 1e6:.0f} MB/s, loading at "
        f"{forecast._LOAD / 1e6:.0f} MB/s; 13 900 keys/s into other shards"
    ) in told
    assert forecast._IMPORT == 13_900
