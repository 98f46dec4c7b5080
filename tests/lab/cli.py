"""python -m lab COMMAND: a Kubernetes like EKS on this machine, for development and tests."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from lab import cache, cert_manager, cleanup, environment, health, inside, model, process, up
from lab.elasticache import command as elasticache
from lab.model import CONTROL_PLANE, FULL, LEVELS, SIZES, Lab, LabError
from lab.steps import say


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        if os.geteuid() != 0:
            raise LabError("root is needed: namespaces, mounts and containers; run it with sudo")
        status: int = given.run(given)
        return status
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab: interrupted; the next start takes away what this one left", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in COMMANDS:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--name", default=model.current(), help="the laboratory, default LAB_NAME or lab")
        if run in (_up, _build):
            command.add_argument("--level", default=FULL, choices=LEVELS, help=f"default {FULL}")
        if run is _exec:
            command.add_argument("--place", default="node-a", help="the node, default node-a")
            command.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND")
        if run is _elasticache:
            elasticache.arguments(command)
        if run is _cert_manager:
            cert_manager.arguments(command)
        if run is _up:
            text = "how many at least, one or two a zone; a running laboratory is given those that it lacks"
            command.add_argument("--nodes", type=int, choices=SIZES, help=text)
    return parser


def _up(given: argparse.Namespace) -> int:
    if given.nodes and given.level == CONTROL_PLANE:
        raise LabError(f"--nodes: the level {CONTROL_PLANE} has none; leave it away or choose the level {FULL}")
    lab = model.find(given.name, given.level, given.nodes)
    with cache.locked(f"lab-{lab.name}"):
        up.up(lab)
    return 0


def _build(given: argparse.Namespace) -> int:
    up.build(given.level)
    return 0


def _down(given: argparse.Namespace) -> int:
    lab = model.find(given.name)
    with cache.locked(f"lab-{lab.name}"):
        if cleanup.is_needed(lab):
            say(f"stopping laboratory '{lab.name}'")
        cleanup.remove(lab)
        say(f"nothing of laboratory '{lab.name}' is left but the cache")
    return 0


def _env(given: argparse.Namespace) -> int:
    lab = _started(given.name)
    print(environment.exports(environment.variables(lab)), end="")
    return 0


def _status(given: argparse.Namespace) -> int:
    lab = _started(given.name)
    faults = health.faults(lab)
    lines = [
        f"laboratory  {lab.name} ({lab.level})",
        f"API server  https://127.0.0.1:{lab.ports['api']} (KUBECONFIG={lab.kubeconfig})",
        *([f"AWS         {environment.aws_endpoint(lab)}"] if lab.nodes else []),
        *(f"node        {node.name} {node.address} {node.zone}" for node in lab.nodes),
        f"operator    {lab.facts()['operator']}",
        f"audit log   {lab.audit_log}",
        f"logs        {lab.logs}",
        *(f"process     {name:28} {process.pid(lab, name) or 'has ended'}" for name in process.names(lab)),
        *(f"fault       {fault}" for fault in faults),
    ]
    print("\n".join(lines))
    return 1 if faults else 0


def _exec(given: argparse.Namespace) -> NoReturn:
    lab = _started(given.name)
    places = [node.name for node in lab.nodes]
    if given.place not in places:
        raise LabError(
            f"--place: '{given.place}' is none of the laboratory's nodes; allowed: {', '.join(places) or 'none'}"
        )
    if not given.command:
        raise LabError("COMMAND: missing; for instance: lab exec redis-cli -h cache.apps.svc ping")
    inside.execute(lab, given.place, given.command)


def _elasticache(given: argparse.Namespace) -> int:
    elasticache.run(_started(given.name), given)
    return 0


def _cert_manager(given: argparse.Namespace) -> int:
    cert_manager.run(_started(given.name), given)
    return 0


def _started(name: str) -> Lab:
    lab = model.find(name)
    if not lab.facts():
        raise LabError(f"the laboratory '{name}' is not running; start it with make lab")
    return lab


COMMANDS = (
    ("up", _up, "start it; does nothing when it runs and is well"),
    ("down", _down, "stop it and leave nothing but the cache"),
    ("env", _env, "print the settings of a shell that uses it"),
    ("status", _status, "show what runs; fails when something does not"),
    ("elasticache", _elasticache, "replication groups of ElastiCache, with nodes that pods reach"),
    ("cert-manager", _cert_manager, "cert-manager's controllers, for issuers of kind CA and SelfSigned"),
    ("exec", _exec, "run a command on a node, where Services and their names are reached"),
    ("build", _build, "prepare everything that a start needs, start nothing"),
)
