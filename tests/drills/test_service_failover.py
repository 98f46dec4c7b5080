"""How long clients of the Service of the master wait at a failover, with a keeper and without."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from conftest import kubectl
from document import Section
from test_failover import AUTHENTICATION, FLAVOUR, Case, Drill, cut_node, delete, force_delete

SECTION = Section(
    "The Service of the master",
    """
A client of redis-py as above, which only knows the Service `<name>-master`. Without a keeper the Service follows when
the operator looks at the labels of the pods, every 30 seconds; with one (`keeper.enabled`) as soon as the sentinels
have chosen. What is left of the gap is theirs: `downAfterMilliseconds`, here five seconds, and the vote.
""",
    (
        "what happens",
        "keeper",
        "runs",
        "acknowledged",
        "lost",
        "longest gap in seconds: median",
        "worst",
        "mended by a deploy",
    ),
)
FAULTS = {
    "the master's pod is deleted": Case(delete),
    "the master's pod is deleted by force": Case(force_delete),
    # the keepers take the label from a master that nobody reaches; without them it comes back and is written to
    "the master's node is cut off": Case(cut_node, deceived=30),
}
KEEPER = {False: "no", True: "yes"}


@pytest.mark.parametrize("what", FAULTS)
def test_the_service_leads_to_the_new_master_when(what, instance, record, tmp_path) -> None:
    for kept, told in KEEPER.items():
        folder = tmp_path / told
        folder.mkdir()
        drill = drilled(instance, kept, folder)
        for _what, _client, *cells in drill.rows(what, FAULTS[what]):
            record(SECTION, what, told, *cells)


def drilled(instance, kept: bool, folder: Path) -> Drill:
    flavour = {"deployment": {"mode": "sentinel"}, "keeper": {"enabled": kept}, **FLAVOUR}
    drill = Drill(partial(instance, flavour, authentication=AUTHENTICATION), "drill-master", ("service",), folder)
    if kept:
        kubectl("rollout", "status", "deployment/drill-keeper", "--timeout=600s", namespace=drill.namespace)
    return drill
