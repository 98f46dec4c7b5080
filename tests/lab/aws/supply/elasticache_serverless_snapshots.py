"""Snapshots of serverless caches, which moto lacks."""

from __future__ import annotations

from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply import elasticache_exports as exports
from lab.aws.supply.elasticache_serverless import serverless_caches
from lab.aws.supply.elasticache_taken import AVAILABLE, FAILED, Taken, data, outcome, require_name, tag
from lab.aws.supply.registry import supply

ALWAYS = {"ServerlessCacheSnapshot": ("ServerlessCacheSnapshotName", "ARN", "SnapshotType", "Status", "CreateTime")}


def serverless_snapshots() -> dict[str, Taken]:
    return {}


def _all(request: AwsRequest) -> dict[str, Taken]:
    return kept(request.backend("elasticache"), serverless_snapshots)


def _find(request: AwsRequest) -> Taken:
    name = request.params["ServerlessCacheSnapshotName"].lower()
    if name not in _all(request):
        raise Fault("ServerlessCacheSnapshotNotFoundFault", f"ServerlessCacheSnapshot {name} not found")
    return _all(request)[name]


def _cache(request: AwsRequest, name: str) -> dict[str, Any]:
    found = kept(request.backend("elasticache"), serverless_caches).get(name.lower())
    if found is None:
        raise Fault("ServerlessCacheNotFoundFault", f"ServerlessCache {name} not found")
    return found


@supply("elasticache", "CreateServerlessCacheSnapshot", always=ALWAYS)
def create(request: AwsRequest) -> dict[str, Any]:
    params, elasticache = request.params, request.backend("elasticache")
    name, cache = params["ServerlessCacheSnapshotName"].lower(), _cache(request, params["ServerlessCacheName"])
    require_name(name, "ServerlessCacheSnapshotName")
    if name in _all(request):
        text = f"ServerlessCacheSnapshot {name} already exists"
        raise Fault("ServerlessCacheSnapshotAlreadyExistsFault", text)
    source, chosen = cache["ServerlessCacheName"], outcome(elasticache)
    document = {
        "ServerlessCacheSnapshotName": name,
        "ARN": request.arn("elasticache", f"serverlesscachesnapshot:{name}"),
        "SnapshotType": "manual",
        "ServerlessCacheConfiguration": {
            "ServerlessCacheName": source,
            "Engine": cache["Engine"],
            "MajorEngineVersion": cache["MajorEngineVersion"],
        },
    }
    made = Taken(name, source, document, data(elasticache, source, len(chosen.rdbs) or 1), "creating", chosen.polls)
    made.then = FAILED if chosen.fails else AVAILABLE
    _all(request)[name] = made
    tag(request, document["ARN"])
    return {"ServerlessCacheSnapshot": _document(made)}


@supply("elasticache", "DescribeServerlessCacheSnapshots", always=ALWAYS)
def describe(request: AwsRequest) -> dict[str, Any]:
    params = request.params
    found = [_find(request)] if "ServerlessCacheSnapshotName" in params else list(_all(request).values())
    if "ServerlessCacheName" in params:
        wanted = _cache(request, params["ServerlessCacheName"])["ServerlessCacheName"]
        found = [each for each in found if each.source == wanted]
    for each in found:
        each.look()
    left = [each for each in found if each.name in _all(request)]
    if "ServerlessCacheSnapshotName" in params and not left:
        _find(request)
    return {"ServerlessCacheSnapshots": [_document(each) for each in left]}


@supply("elasticache", "ExportServerlessCacheSnapshot", always=ALWAYS)
def export(request: AwsRequest) -> dict[str, Any]:
    found = _find(request)
    keys = [f"{found.name}-{number:04}.rdb" for number in range(1, len(found.rdbs) + 1)]
    of = exports.require(request, request.params["S3BucketName"], keys)
    _require_available(found)
    exports.begin(request, found, of, keys)
    return {"ServerlessCacheSnapshot": _document(found)}


@supply("elasticache", "DeleteServerlessCacheSnapshot", always=ALWAYS)
def delete(request: AwsRequest) -> dict[str, Any]:
    found, known = _find(request), _all(request)
    if found.status != FAILED:
        _require_available(found)
    found.begin("deleting", outcome(request.backend("elasticache")).polls, lambda: known.pop(found.name, None))
    return {"ServerlessCacheSnapshot": _document(found)}


def _require_available(found: Taken) -> None:
    if found.status != AVAILABLE:
        text = f"ServerlessCacheSnapshot {found.name} is not in available state: {found.status}"
        raise Fault("InvalidServerlessCacheSnapshotStateFault", text)


def _document(taken: Taken) -> dict[str, Any]:
    size = str(sum(map(len, taken.rdbs)))
    return {**taken.document, "Status": taken.shown, "CreateTime": taken.created, "BytesUsedForCache": size}
