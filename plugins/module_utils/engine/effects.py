# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of an object means for pods and volumes. Pure.

The operator makes the pods' template of nearly all of a custom resource, its labels and annotations included: what is
not named here restarts pods (operator sheet §0.4, §1 and §4.6). A ConfigMap or a Secret alone restarts nothing.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import octets
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.fields import Path, differing

Object = dict[str, Any]

_DATA, _NODES = "storage.volumeClaimTemplate", "storage.nodeConfVolumeClaimTemplate"
# what is fixed when the StatefulSet is made; of the first the size can grow
_FIXED = (_DATA, _NODES, "storage.nodeConfVolume", "persistenceEnabled")
_SIZE = "spec.resources.requests.storage"
# under spec, and read by the operator or the StatefulSet itself: no pod sees them
_UNSEEN = (
    *_FIXED,
    "clusterSize",
    "kubernetesConfig.ignoreAnnotations",
    "kubernetesConfig.minReadySeconds",
    "kubernetesConfig.persistentVolumeClaimRetentionPolicy",
    "kubernetesConfig.service",
    "kubernetesConfig.updateStrategy",
    "pdb",
    "redisConfig.dynamicConfig",
    "storage.keepAfterDelete",
)
_UNSEEN_OF_A_ROLE = ("pdb", "replicas")
# the operator keeps these off the pods whatever kubernetesConfig.ignoreAnnotations says
_FILTERED = frozenset({"kubectl.kubernetes.io/last-applied-configuration", "banzaicloud.com/last-applied"})

# the keys of spec that hold a StatefulSet's own settings, as topology.layout.Workload.section; "" is spec itself
_SECTIONS = {"RedisCluster": ("redisLeader", "redisFollower")}
_NOUNS = {"RedisSentinel": "sentinel", "redisLeader": "leader pod", "redisFollower": "follower pod"}

# how the pods of a kind restart
_ROLLS = {
    "Redis": "restarts its only pod: Redis is away until it has loaded its data",
    "RedisReplication": "rolls {} one by one: replicas first, the master last, after a planned failover",
    "RedisSentinel": "rolls {} one by one",
    "RedisCluster": "rolls {} one by one, each as a replica after a planned failover",
}
_ROLLS_WITHOUT_REPLICAS = "rolls {} one by one: each shard is away while its pod restarts"
_LOST = {"PersistentVolumeClaim": ["its data is lost"], "Secret": ["what it holds is lost"]}


def rolls(before: Object | None, after: Object | None) -> bool:
    """Whether the change restarts pods that are there."""
    return bool(rolled_sections(before, after))


def rolled_sections(before: Object | None, after: Object | None) -> tuple[str, ...]:
    """Whose pods restart: sections as in topology.layout.Workload, those without a pod left out.

    Pods that only now come are among them: a change of size is made first, and still with the old template.
    before: our part of the live object, None when there is none. after: what we send, None for a deletion.
    """
    if before is None or after is None or after["kind"] not in kinds.CUSTOM_RESOURCES:
        return ()
    sections = _sections(after)
    seen = {section for path in differing(before, after) for section in _seen_by(path, after, sections)}
    if not any(_staying(before, after, section) for section in seen):
        return ()
    return tuple(section for section in sections if section in seen and _count(after, section))


def effects(before: Object | None, after: Object | None) -> list[str]:
    """What the change does beyond the object itself, a short clause each: ``grows 3 volumes from 1Gi to 2Gi``.

    before: our part of the live object, None when there is none. after: what we send, None for a deletion.
    """
    if after is None:
        return _goes(before or {})
    if after["kind"] not in kinds.CUSTOM_RESOURCES:
        return []
    if before is None:
        return _comes(after)
    return [*_scales(before, after), *_volumes(before, after), *_rolls(before, after), *_resumes(before, after)]


def _seen_by(path: Path, after: Object, sections: tuple[str, ...]) -> tuple[str, ...]:
    """The sections whose pods see a field."""
    top, *below = path
    if top == "metadata":
        return () if _ignored(below, after) else sections
    if top != "spec" or _under(below, _UNSEEN):
        return ()
    if below[0] in sections:
        return () if _under(below[1:], _UNSEEN_OF_A_ROLE) else (str(below[0]),)
    if below[:2] == ["kubernetesConfig", "resources"]:
        # the roles of a cluster have resources of their own, which count
        return tuple(section for section in sections if "resources" not in after["spec"].get(section, {}))
    return sections


def _ignored(below: list[str | int], after: Object) -> bool:
    if below[0] == "annotations":
        ignored = after["spec"]["kubernetesConfig"].get("ignoreAnnotations", ())
        return below[-1] in _FILTERED or below[-1] in ignored
    return below[0] != "labels"


def _under(path: list[str | int], prefixes: tuple[str, ...]) -> bool:
    dotted = "".join(f"{part}." for part in path)
    return any(dotted.startswith(f"{prefix}.") for prefix in prefixes)


def _rolls(before: Object, after: Object) -> list[str]:
    rolled = rolled_sections(before, after)
    if not rolled:
        return []
    there = [section for section in _sections(after) if _count(after, section)]
    noun = _noun(after) if len(rolled) == len(there) else _noun(after, rolled[0])
    # sentinels alone get their size and their template at once: those that come are new
    number = _staying(before, after, "") if after["kind"] == "RedisSentinel" else 0
    pods = number or sum(_count(after, section) for section in rolled)
    bare = after["kind"] == "RedisCluster" and "redisFollower" not in there
    return [(_ROLLS_WITHOUT_REPLICAS if bare else _ROLLS[after["kind"]]).format(_some(pods, noun))]


def _scales(before: Object, after: Object) -> list[str]:
    told = [
        f"scales from {_count(before, section)} to {_some(_count(after, section), _noun(after, section))}"
        for section in _sections(after)
        if _count(before, section) != _count(after, section)
    ]
    shards, wanted = (_count(one, "redisLeader") for one in (before, after))
    if after["kind"] == "RedisCluster" and shards != wanted:
        told.append(f"moves slots: {_some(wanted, 'shard')} instead of {shards}")
    return told


def _volumes(before: Object, after: Object) -> list[str]:
    was, wanted = (_at(one, f"{_DATA}.{_SIZE}") for one in (before, after))
    grows = bool(was and wanted and (octets(was) or 0) < (octets(wanted) or 0))
    told = []
    if grows:
        pods = sum(_staying(before, after, section) for section in _sections(after))
        told.append(f"grows {_some(pods, 'volume')} from {was} to {wanted}")
    size = ["spec", *_DATA.split("."), *_SIZE.split(".")]
    paths = [list(path) for path in differing(before, after) if path[0] == "spec"]
    if any(_under(path[1:], _FIXED) and not (grows and path == size) for path in paths):
        told.append("volumes that are there stay as they are: they can only grow")
    return told


def _resumes(before: Object, after: Object) -> list[str]:
    """The engine holds the operator back with OnDelete while it rolls pods itself, and undoes it at the end."""
    held, wanted = (_at(one, "kubernetesConfig.updateStrategy.type") for one in (before, after))
    return ["finishes an interrupted roll"] if held == "OnDelete" != wanted else []


def _comes(after: Object) -> list[str]:
    pods = _pods(after)
    claims = (
        (_at(after, f"{claim}.{_SIZE}"), purpose) for claim, purpose in ((_DATA, ""), (_NODES, " for nodes.conf"))
    )
    volumes = " and ".join(f"{_some(pods, 'volume')} of {size}{purpose}" for size, purpose in claims if size)
    return [f"creates {_some(pods, _noun(after))}" + (f" with {volumes}" if volumes else "")]


def _goes(before: Object) -> list[str]:
    if before["kind"] in kinds.CUSTOM_RESOURCES:
        return [f"stops {_some(_pods(before), _noun(before))}"]
    return _LOST.get(before["kind"], [])


def _sections(manifest: Object) -> tuple[str, ...]:
    return _SECTIONS.get(manifest["kind"], ("",))


def _count(manifest: Object, section: str) -> int:
    """The pods of a section; a role of a cluster without a number has that of the shards (operator sheet §1.8)."""
    replicas = _at(manifest, f"{section}.replicas")
    return int(_at(manifest, "clusterSize") or 1) if replicas is None else int(replicas)


def _pods(manifest: Object) -> int:
    return sum(_count(manifest, section) for section in _sections(manifest))


def _staying(before: Object, after: Object, section: str) -> int:
    """The pods that are there before and after."""
    return min(_count(before, section), _count(after, section))


def _noun(manifest: Object, section: str = "") -> str:
    return _NOUNS.get(section or manifest["kind"], "pod")


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _at(manifest: Object, dotted: str) -> Any:
    """What stands under spec at a dotted path, None when nothing does."""
    found: Any = manifest.get("spec")
    for key in dotted.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found
