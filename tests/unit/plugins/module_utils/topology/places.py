"""Where in the rendered objects something is, in each mode."""

from __future__ import annotations

from collections.abc import Mapping

from .made import REDIS, SENTINELS, SHAPES

Path = tuple["str | int", ...]
# mode -> the object, and the path in it; several where it is in several
Places = Mapping[str, tuple[Path, ...]]


def redis(*path: str | int) -> Places:
    """In the spec of the custom resource of the Redis pods."""
    return {shape: ((REDIS[shape], "spec", *path),) for shape in SHAPES}


def every(*path: str | int) -> Places:
    """In the spec of every custom resource."""
    return {**redis(*path), "sentinel": ((REDIS["sentinel"], "spec", *path), (SENTINELS, "spec", *path))}


def placed(*path: str | int) -> Places:
    """Where the spec of pods is: of a cluster it is in each role."""
    roles = tuple((REDIS["cluster"], "spec", role, *path) for role in ("redisLeader", "redisFollower"))
    return {**every(*path), "cluster": roles}


def only(shapes: tuple[str, ...], places: Places) -> Places:
    return {shape: places[shape] for shape in shapes}


def same(name: str, *path: str | int, shapes: tuple[str, ...] = tuple(SHAPES)) -> Places:
    """In an object that has the same name in all modes."""
    return dict.fromkeys(shapes, ((name, *path),))


def sized(leaf: str) -> Places:
    """The resources of the masters' pods."""
    return {
        **redis("kubernetesConfig", "resources", *leaf.split(".")),
        "cluster": (("RedisCluster cache", "spec", "redisLeader", "resources", *leaf.split(".")),),
    }


def sentinels(*path: str | int) -> Places:
    return {"sentinel": ((SENTINELS, "spec", *path),)}


def cluster(*path: str | int) -> Places:
    return {"cluster": ((REDIS["cluster"], "spec", *path),)}
