"""A replication group inside the laboratory: its nodes are machines of that network, and the AWS stand-in knows it."""

from __future__ import annotations

import ipaddress
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lab import process
from lab.aws.stand_in import Account, StandIn
from lab.elasticache import engines, figures, plane
from lab.elasticache.nodes import Node
from lab.elasticache.plane import Plane
from lab.model import CONTROL_PLANE, MACHINES, Lab, LabError, Process

# of the machines' network; nodes of the cluster have lower ones
FIRST = ipaddress.ip_address("198.18.0.100")
BRIDGE = "lab0"
ACCOUNT = "123456789012"  # that of every key that nobody handed out
TYPE = "cache.r6g.large"
FAMILIES = {"7.0": "redis7", "6.2": "redis6.x"}


def start(lab: Lab, name: str, **given: Any) -> Plane:
    """given: see ``plane.create``. Does nothing where all of it runs; what has ended is started again."""
    folder = _home(lab) / name
    if (folder / plane.FILE).exists():
        running = plane.load(folder)
        _refuse_other(running, plane.settings(**given))
    else:
        shutil.rmtree(folder, ignore_errors=True)
        count = given["shards"] * (1 + given["replicas"])
        running = plane.create(folder, name, _addresses(lab, count), **given)
    server = engines.find(running.settings.engine).server()
    for node in running.nodes:
        _ip(lab, f"address replace {node.host}/{MACHINES.partition('/')[2]} dev {BRIDGE}")
    process.start(lab, [_process(running, node, server) for node in running.nodes])
    running.form()
    _announce(lab, running)
    return running


def stop(lab: Lab, name: str) -> None:
    """Its nodes, its data, and the group itself."""
    running = find(lab, name)
    for node in running.nodes:
        process.stop(lab, _name(node))
        _ip(lab, f"address delete {node.host}/{MACHINES.partition('/')[2]} dev {BRIDGE}")
    _account(lab).no_plane(name)
    shutil.rmtree(running.folder)


def find(lab: Lab, name: str) -> Plane:
    folder = _home(lab) / name
    if not (folder / plane.FILE).exists():
        there = sorted(each.name for each in _home(lab).glob("*"))
        raise LabError(f"elasticache: '{name}' is not there; there is: {', '.join(there) or 'none'}")
    return plane.load(folder)


def told(running: Plane) -> str:
    """For programs."""
    ca = str(running.ca) if running.ca else None
    return json.dumps({"replication_group_id": running.name, "primaries": running.primaries, "ca": ca})


def _refuse_other(running: Plane, wanted: tuple[plane.Settings, int, int]) -> None:
    settings, shards, replicas = wanted
    same = replace(settings, secret=running.settings.secret) == running.settings
    if not same or [len(shard) for shard in running.shards] != [1 + replicas] * shards:
        raise LabError(f"elasticache: '{running.name}' runs with other settings; stop it first")


def _home(lab: Lab) -> Path:
    return lab.state / "elasticache"


def _addresses(lab: Lab, count: int) -> list[str]:
    taken = {node.host for each in _home(lab).glob(f"*/{plane.FILE}") for node in plane.load(each.parent).nodes}
    free = (str(each) for each in _from(FIRST) if str(each) not in taken)
    found = [address for address, _number in zip(free, range(count), strict=False)]
    if len(found) < count:
        raise LabError(
            f"elasticache: {count} nodes, and {MACHINES} has {len(found)} addresses left; stop another group"
        )
    return found


def _from(first: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[Any]:
    return (each for each in ipaddress.ip_network(MACHINES).hosts() if int(each) >= int(first))


def _process(running: Plane, node: Node, server: str) -> Process:
    command = (server, str(node.configuration))
    return Process(_name(node), command, CONTROL_PLANE, ready=lambda: running.role(node) != "")


def _name(node: Node) -> str:
    return f"elasticache-{node.name}"


def _ip(lab: Lab, command: str) -> None:
    done = process.run(lab, CONTROL_PLANE, ["ip", *command.split()])
    if done.returncode:
        raise LabError(f"ip {command}: {done.stderr.strip()}")


def _account(lab: Lab) -> Account:
    return StandIn(f"http://127.0.0.1:{lab.ports['aws']}").account(account=ACCOUNT)


def _announce(lab: Lab, running: Plane) -> None:
    """Makes the group where there is none, as AWS would have it."""
    account, settings = _account(lab), running.settings
    elasticache = account.client("elasticache")
    try:
        elasticache.describe_replication_groups(ReplicationGroupId=running.name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ReplicationGroupNotFoundFault":
            raise
        replicas = len(running.shards[0]) - 1
        tls = {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "required"} if settings.tls else {}
        token = {"AuthToken": settings.token} if settings.token else {}
        elasticache.create_replication_group(
            ReplicationGroupId=running.name,
            ReplicationGroupDescription=running.name,
            Engine="redis",
            EngineVersion=settings.engine,
            CacheNodeType=TYPE,
            NumNodeGroups=len(running.shards),
            ReplicasPerNodeGroup=replicas,
            ClusterMode="enabled" if settings.clustered else "disabled",
            AutomaticFailoverEnabled=replicas > 0,
            MultiAZEnabled=replicas > 0,
            CacheParameterGroupName=_parameters(elasticache, running),
            **tls,
            **token,
        )
        figures.put(account.client("cloudwatch"), [node.name for node in running.nodes], datetime.now(UTC))
    account.plane(running.name, running.folder)


def _parameters(elasticache: Any, running: Plane) -> str:
    """A parameter group of its own."""
    name = f"{running.name}-parameters"
    values = {"notify-keyspace-events": running.settings.events, "maxmemory-policy": running.settings.policy}
    if running.settings.clustered:
        values["cluster-enabled"] = "yes"
    try:
        elasticache.create_cache_parameter_group(
            CacheParameterGroupName=name,
            CacheParameterGroupFamily=FAMILIES[running.settings.engine],
            Description=name,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "CacheParameterGroupAlreadyExists":
            raise
    changes = [{"ParameterName": each, "ParameterValue": value} for each, value in values.items()]
    elasticache.modify_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=changes)
    return name
