"""python -m lab elasticache start|stop|failover NAME: replication groups with nodes, beside the cluster."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from types import ModuleType

from lab import cache
from lab.elasticache import engines
from lab.model import Lab, LabError

# CreateReplicationGroup: letters, digits and hyphens, a letter first, 40 characters at most
NAME = re.compile(r"(?=.{1,40}$)[a-z](-?[a-z0-9])*")


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, run, text in ACTIONS:
        action = actions.add_parser(name, help=text, description=text)
        action.set_defaults(act=run)
        action.add_argument("group", metavar="NAME", help="ID of the replication group")
        if run is _start:
            action.add_argument("--engine", default="7.0", choices=engines.ENGINES, help="default 7.0")
            action.add_argument("--shards", type=int, default=1, help="default 1; more enable cluster mode")
            action.add_argument("--replicas", type=int, default=1, help="of each shard, default 1")
            action.add_argument("--clustered", action="store_true", help="cluster mode, also with one shard")
            action.add_argument("--tls", action="store_true", help="encryption in transit is required")
            action.add_argument("--token-file", type=Path, help="a file with the AUTH token")
            action.add_argument("--events", default="", help="notify-keyspace-events, default none")
        if run is _failover:
            action.add_argument("shard", type=int, help="its number, from 0 on")


def run(lab: Lab, given: argparse.Namespace) -> None:
    if not NAME.fullmatch(given.group):
        raise LabError(f"NAME: '{given.group}' is no ID of a replication group; such as shop-prod")
    if not lab.nodes:
        raise LabError(f"the laboratory '{lab.name}' has no AWS; start one of the level full")
    with cache.locked(f"lab-{lab.name}"):
        given.act(lab, given)


def _start(lab: Lab, given: argparse.Namespace) -> None:
    if given.shards < 1 or given.replicas not in range(6):
        raise LabError(f"{given.shards} shards with {given.replicas} replicas; allowed: 1 or more, with 0 to 5")
    started = _inside().start(
        lab,
        given.group,
        engine=given.engine,
        shards=given.shards,
        replicas=given.replicas,
        clustered=given.clustered or None,
        tls=given.tls,
        token=_token(given.token_file) if given.token_file else "",
        events=given.events,
    )
    print(_inside().told(started))


def _inside() -> ModuleType:
    """boto3 takes longer to load than every other command to run."""
    from lab.elasticache import inside

    return inside


def _token(file: Path) -> str:
    try:
        token = file.read_text().strip()
    except OSError as error:
        raise LabError(f"--token-file: {file}: {error.strerror}") from None
    # CreateReplicationGroup, AuthToken: 16 to 128 printable characters, without these
    if not re.fullmatch(r"[!-~]{16,128}", token) or set(token) & set('@"/'):
        raise LabError(f'--token-file: {file}: a token has 16 to 128 printable characters, none of them @, " or /')
    return token


def _stop(lab: Lab, given: argparse.Namespace) -> None:
    _inside().stop(lab, given.group)


def _failover(lab: Lab, given: argparse.Namespace) -> None:
    running = _inside().find(lab, given.group)
    if given.shard not in range(len(running.shards)):
        raise LabError(f"SHARD: {given.shard} is none of '{running.name}'; allowed: 0 to {len(running.shards) - 1}")
    running.failover(given.shard)
    print(_inside().told(running))


ACTIONS = (
    ("start", _start, "start its nodes and print where its primaries are; does nothing when they run"),
    ("stop", _stop, "end its nodes and take it away"),
    ("failover", _failover, "make a replica of a shard its primary"),
)
