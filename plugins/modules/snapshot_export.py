# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.snapshot_export."""

from __future__ import annotations

DOCUMENTATION = r"""
module: snapshot_export
short_description: Exports a snapshot of a cache at ElastiCache as RDB files
version_added: 0.4.0
description:
  - Has AWS write the data of a replication group, or of a serverless cache, into a bucket, one RDB file for each shard,
    from a snapshot that is there or that it makes. M(eks.redis.restore) puts the files into an instance.
  - What is written to the cache after the snapshot is not in it. Writers have to stand still from before the snapshot
    until clients are switched.
  - All that can be known is looked at before anything is made. ElastiCache is let into the bucket by a statement of its
    policy, which is put beside those that are there and taken away when the export has ended, well or not.
  - A run that was cut off, or ran out of O(timeout), is taken up by the next one that asks for the same. AWS goes on
    meanwhile, and the statement stays for it.
  - AWS encrypts the files with S3's own keys. It exports no data that are on disks (data tiering), and makes 20 manual
    snapshots of a node in 24 hours.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.writes
options:
  replication_group_id:
    description:
      - ID of the replication group, or name of the serverless cache, in O(region).
    type: str
    required: true
  snapshot:
    description:
      - Name of a snapshot of it, manual or automatic. Without it one is made, and one that an earlier run made for
        O(bucket) is used again. To have a newer one, give another O(name), or take the earlier one away first.
    type: str
  bucket:
    description:
      - The bucket, in O(region) and of the same account.
    type: str
    required: true
  name:
    description:
      - How the names of the files begin, C(<name>-0001.rdb) and on; AWS takes no folders. A snapshot that is made is
        called so, too. Without it the name of the snapshot; of one that is made, the ID of the cache and the time.
      - The files of a serverless cache are called as its snapshot, so that this does not go together with O(snapshot).
    type: str
  state:
    description:
      - With V(absent) the files go, the snapshot if this module made it, and the statement. A snapshot of yours stays,
        and so do files that nothing says of that they are of this export. The cache is never touched.
    type: str
    choices: [present, absent]
    default: present
  timeout:
    description:
      - How many seconds to wait, in all.
    type: int
    default: 7200
seealso:
  - module: eks.redis.replication_group_info
  - module: eks.redis.restore
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Export a cache whose writers stand still
  eks.redis.snapshot_export:
    replication_group_id: shop-prod
    bucket: prod-redis-exports
    region: us-east-1
  register: exported

- name: Put it into an instance
  eks.redis.restore:
    name: shop
    namespace: shop
    bucket: prod-redis-backups
    files: "{{ exported.files }}"

- name: Take files and snapshot away
  eks.redis.snapshot_export:
    replication_group_id: shop-prod
    bucket: prod-redis-exports
    name: "{{ exported.name }}"
    region: us-east-1
    state: absent
"""

RETURN = r"""
snapshot:
  description: Name of the snapshot, in check mode also of one to be made. Null for O(state=absent).
  returned: success
  type: str
  sample: shop-prod-20261129-180000
name:
  description: How the names of the files begin. Null for O(state=absent) where nothing was left.
  returned: success
  type: str
  sample: shop-prod-20261129-180000
files:
  description: URLs of the files in order of the shards, as O(eks.redis.restore#module:files) takes them. In check mode
    those to come, as far as AWS tells how many.
  returned: success
  type: list
  elements: str
  sample: ["s3://prod-redis-exports/shop-prod-20261129-180000-0001.rdb"]
shards:
  description: Each file with C(file), C(bytes) and C(slots), which are null of files to come; slots also without
    cluster mode and of a serverless cache.
  returned: success
  type: list
  elements: dict
  sample: [{file: "s3://prod-redis-exports/shop-prod-20261129-180000-0001.rdb", bytes: 1048576, slots: "0-5460"}]
seconds:
  description: How long the steps took that this run did, C(snapshot) and C(export).
  returned: success
  type: dict
  sample: {snapshot: 95.2, export: 61.0}
summary:
  description: The same for people.
  returned: success
  type: list
  elements: str
"""

from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.export import export
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.report import report
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.retract import retract
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        "replication_group_id": {"type": "str", "required": True},
        "snapshot": {"type": "str"},
        "bucket": {"type": "str", "required": True},
        "name": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "timeout": {"type": "int", "default": 7200},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Exports, or takes an export away."""
    aws, given, warn = options.connect(call), call.params, call.warnings.append
    if given["state"] == "absent":
        return report(retract(aws, given, check=call.check, warn=warn))
    return report(export(aws, given, datetime.now(UTC), check=call.check, warn=warn))


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
