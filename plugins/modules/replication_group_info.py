# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.replication_group_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: replication_group_info
short_description: Tells what a cache at ElastiCache is, and how it can move to EKS
version_added: 0.4.0
description:
  - Reads everything of a replication group, or of a serverless cache, that decides about its move to Redis on EKS, with
    its size and traffic from CloudWatch.
  - Judges what maps to a flavour and what does not, what clients will notice, which ways out are possible and why, and
    how long nobody may write. Forecasts are computed, with their inputs shown, from rates that were measured on two
    cores. AWS publishes no figures of its exports; where one had to be guessed, its step says so.
  - Changes nothing. CloudWatch charges for each metric that is read, 20 of each node.
  - The filter P(eks.redis.from_elasticache#filter) makes a flavour of the result.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.reads
options:
  replication_group_id:
    description:
      - ID of the replication group, or name of the serverless cache, in O(region).
    type: str
    required: true
  days:
    description:
      - How far back to look at size and traffic, in days, 1 to 455. Two weeks hold two peaks of a week.
    type: int
    default: 14
seealso:
  - plugin: eks.redis.from_elasticache
    plugin_type: filter
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at a cache
  eks.redis.replication_group_info:
    replication_group_id: shop-prod
    region: us-east-1
  register: assessed

- name: Tell what was found
  ansible.builtin.debug:
    msg: "{{ assessed.summary }}"

- name: Go on only where the live way is possible, and its freeze short
  ansible.builtin.assert:
    that:
      - assessed.ways.live.possible
      - assessed.ways.live.freeze_seconds is not none
      - assessed.ways.live.freeze_seconds < 10
    fail_msg: "{{ assessed.ways.live.blocked | join('\n') }}"
"""

RETURN = r"""
group:
  description: The facts.
  returned: success
  type: dict
  contains:
    id:
      description: ID of the replication group, or name of the serverless cache.
      type: str
      sample: shop-prod
    arn:
      description: Its ARN.
      type: str
      sample: arn:aws:elasticache:us-east-1:123456789012:replicationgroup:shop-prod
    region:
      description: Its region.
      type: str
      sample: us-east-1
    status:
      description: Its state as ElastiCache calls it.
      type: str
      sample: available
    serverless:
      description: Whether it is a serverless cache.
      type: bool
      sample: false
    engine:
      description: V(redis) or V(valkey).
      type: str
      sample: redis
    version:
      description: The engine's version.
      type: str
      sample: 7.1.0
    node_type:
      description: The type of its nodes, null for a serverless cache.
      type: str
      sample: cache.r6g.large
    cluster_mode:
      description: V(disabled), V(enabled) or V(compatible).
      type: str
      sample: disabled
    shards:
      description: Each shard, with C(id), C(slots), C(replicas) and C(zones). Empty for a serverless cache.
      type: list
      elements: dict
      sample: [{id: "0001", slots: "0-5460", replicas: 2, zones: [us-east-1a, us-east-1b]}]
    automatic_failover:
      description: Whether a replica takes over.
      type: bool
      sample: true
    multi_az:
      description: Whether replicas are promised to be in other zones.
      type: bool
      sample: true
    port:
      description: The port of its endpoints.
      type: int
      sample: 6379
    endpoint:
      description: Where clients connect, the primary or the configuration endpoint. Empty where there is none.
      type: str
      sample: shop-prod.abc123.ng.0001.use1.cache.amazonaws.com:6379
    nodes:
      description: The endpoint of each node; none of a serverless cache.
      type: list
      elements: str
      sample: [shop-prod-001.abc123.0001.use1.cache.amazonaws.com:6379]
    tls:
      description: V(required), V(preferred), or null without encryption in transit.
      type: str
      sample: required
    auth_token:
      description: Whether clients give a token.
      type: bool
      sample: true
    user_groups:
      description: IDs of its user groups.
      type: list
      elements: str
    users:
      description: Users of these, each with C(id), C(name), C(access) (the access string) and C(authentication).
      type: list
      elements: dict
    at_rest:
      description: Whether data at rest is encrypted.
      type: bool
      sample: true
    kms_key:
      description: The KMS key of the data at rest, null for one of AWS's own.
      type: str
    parameters:
      description: Its parameter group, with C(group), C(family), C(changed) (those that differ from the default, each
        with C(name), C(value), C(default), C(type) and C(takes_effect)) and C(values) (all). Null for a serverless
        cache.
      type: dict
    memory:
      description: Of a node, C(node_bytes), and what of it is not reserved, C(usable_bytes). Of a serverless cache its
        limit, if it has one.
      type: dict
      sample: {node_bytes: 14037181030, usable_bytes: 10527885773}
    snapshots:
      description: Automatic snapshots, C(retention_days) (0 for none) and C(window), in UTC.
      type: dict
      sample: {retention_days: 7, window: "03:00-05:00"}
    maintenance_window:
      description: The weekly window of maintenance, in UTC.
      type: str
      sample: sun:23:00-mon:01:30
    data_tiering:
      description: Whether a part of the data is on disks.
      type: bool
      sample: false
    durability:
      description: V(sync), V(async) or V(disabled), null where AWS does not say.
      type: str
    global_datastore:
      description: C(id) and C(role) in a global datastore, null outside of one.
      type: dict
    log_delivery:
      description: Logs that are delivered, each with C(type), C(destination) and C(target).
      type: list
      elements: dict
    security_groups:
      description: IDs of its security groups.
      type: list
      elements: str
    usage:
      description: What CloudWatch tells. C(days) that were asked for, C(hours) that there are values of, and C(shards),
        by their ID. Each has C(bytes), C(items), C(connections), C(engine_cpu) (percent of a core), and, a second,
        C(writes), C(reads), C(network_in), C(network_out), C(evictions) and C(json) (commands of that type), each with
        C(maximum) and C(average), of the node that has most.
      type: dict
maps:
  description: Values of a flavour and its root, each with C(document) (V(flavour) or V(root)), C(path), C(value) and
    C(origin).
  returned: success
  type: list
  elements: dict
dropped:
  description: What has no place in a flavour, each with C(what) and C(reason).
  returned: success
  type: list
  elements: dict
breaks:
  description: What clients will notice, a line each.
  returned: success
  type: list
  elements: str
ways:
  description: The ways out, C(live) and C(snapshot).
  returned: success
  type: dict
  contains:
    possible:
      description: Whether nothing stands in its way.
      type: bool
    blocked:
      description: Why it is not possible, a line each.
      type: list
      elements: str
    needed:
      description: What must be there first, a line each.
      type: list
      elements: str
    missing:
      description: What of that is known not to be there, a line each, with the commands that change it.
      type: list
      elements: str
    seconds:
      description: How long it takes, null where that cannot be computed.
      type: float
    freeze_seconds:
      description: How long nobody may write, without what clients take to connect. Null where that cannot be computed.
      type: float
    freeze_keys:
      description: Keys to be copied in that time, at most.
      type: int
    steps:
      description: Each with C(name), C(seconds), C(frozen) and C(how), from what it was computed.
      type: list
      elements: dict
recommended:
  description: The possible way with the shortest freeze, null when there is none.
  returned: success
  type: str
  sample: live
summary:
  description: The same for people.
  returned: success
  type: list
  elements: str
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import api, metrics, transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish
from ansible_collections.eks.redis.plugins.module_utils.exit import facts
from ansible_collections.eks.redis.plugins.module_utils.exit.reading import FactsError
from ansible_collections.eks.redis.plugins.module_utils.exit.report import report

_DAYS = range(1, 456)  # CloudWatch API Reference, GetMetricData: hours are kept for 455 days

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        "replication_group_id": {"type": "str", "required": True},
        "days": {"type": "int", "default": 14},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Reads the group and judges it."""
    days = call.params["days"]
    if days not in _DAYS:
        raise AwsError(f"days {days}: it must be {_DAYS.start} to {_DAYS.stop - 1}")
    aws = options.connect(call)
    found = api.find(aws, call.params["replication_group_id"])
    told = _of_group(aws, found.group) if found.group else _of_cache(aws, found.cache or {})
    known, nodes = told
    try:
        used = metrics.usage(aws, nodes, days, datetime.now(UTC))
        group = facts.group({**known, "region": aws.region, "usage": used})
    except FactsError as error:
        raise EngineError(f"ElastiCache tells what is not known here: {error}") from None
    return {"changed": False, "group": group.as_dict(), **report(group)}


def _of_group(aws: Aws, group: dict[str, Any]) -> tuple[dict[str, Any], list[metrics.Node]]:
    clusters = api.clusters(aws, group["MemberClusters"])
    one = clusters[0]
    tiered = group.get("DataTiering") == "enabled"
    read = partial(
        api.parameter_group,
        aws,
        one["CacheParameterGroup"]["CacheParameterGroupName"],
        cluster_mode=bool(group.get("ClusterEnabled")),
    )
    parameters, users = side_by_side((read, partial(api.users, aws, list(group.get("UserGroupIds") or ()))))
    nodes = side_by_side(
        partial(metrics.node, aws, shard, dimensions, tiered=tiered)
        for shard, dimensions in transformations.nodes(group)
    )
    return transformations.of_group(group, clusters, parameters, users), nodes


def _of_cache(aws: Aws, cache: dict[str, Any]) -> tuple[dict[str, Any], list[metrics.Node]]:
    users = api.users(aws, [cache["UserGroupId"]] if cache.get("UserGroupId") else [])
    return transformations.of_cache(cache, users), metrics.serverless(aws, cache["ServerlessCacheName"])


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
