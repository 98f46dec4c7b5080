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
    assert f"{_shown(forecast._COPY)} keys/s from a shard beside up to 24 000 writes/s" in told
    assert f"at most {forecast._NETWORK / 1e6:.0f} MB/s" in told
    assert f"up to {forecast._LAST} keys; {forecast._PAUSE:g} s for the rest" in told
    assert (
        f"writing at {forecast._SAVE / 1e6:.0f} MB/s, fetching at {forecast._NETWORK / 1e6:.0f} MB/s, loading at "
        f"{forecast._LOAD / 1e6:.0f} MB/s; {_shown(forecast._IMPORT)} keys/s into other shards; "
        f"{_shown(forecast._COMPARE)} keys/s are compared"
    ) in told


def _shown(number: int) -> str:
    return f"{number:,}".replace(",", " ")
