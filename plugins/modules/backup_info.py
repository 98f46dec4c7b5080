# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.backup_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_info
short_description: Tells which backups of a Redis instance there are
version_added: 0.4.0
description:
  - Reads the backup sets of an instance in its bucket, from where Ansible runs, and tells which are verified, how old
    they are, what was missed, and what would be lost if all were lost now.
  - Bucket and schedule are read from the instance's CronJob in the cluster. With O(bucket) no cluster is asked, so that
    the sets of an instance, or of a whole cluster, that is gone are found too.
extends_documentation_fragment:
  - eks.redis.kubernetes
  - eks.redis.kubernetes.reads
  - eks.redis.aws.inside
options:
  name:
    description:
      - Name of the instance.
    type: str
    required: true
  namespace:
    description:
      - Its namespace.
    type: str
    required: true
  bucket:
    description:
      - Name of the bucket, to do without the cluster. It must be in the region of O(aws).
    type: str
  prefix:
    description:
      - Where the sets of all instances are in O(bucket), as the flavour's C(backup.prefix). V(/) for none.
    type: str
    default: redis
notes:
  - Needs the verb C(get) of C(cronjobs) in the instance's namespace, and at AWS the permissions of the purpose
    V(restore) of M(eks.redis.service_account_role).
seealso:
  - module: eks.redis.backup
  - module: eks.redis.instance_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at the backups of an instance
  eks.redis.backup_info:
    name: cache
    namespace: apps
  register: found

- name: Stop when more than a day would be lost
  ansible.builtin.assert:
    that: found.rpo_seconds is not none and found.rpo_seconds < 86400

- name: Look for the backups of an instance that is gone
  eks.redis.backup_info:
    name: cache
    namespace: apps
    bucket: eks-redis-prod-us-east-1-123456789012
    aws: {region: us-east-1}
"""

RETURN = r"""
bucket:
  description: Name of the bucket.
  returned: success
  type: str
prefix:
  description: Where in the bucket the instance's sets are.
  returned: success
  type: str
  sample: redis/apps/cache/
sets:
  description: The sets, newest first. What is not known of one without a sound manifest is null.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name, which begins with its time.
      type: str
      sample: 20261129T021500Z-k3x9
    state:
      description:
        - V(verified) when a restore test has loaded it and found all of it, V(complete) when it is whole and not tested
          yet, or has failed its test.
        - V(damaged) when it has a manifest and something is missing, V(incomplete) when it has none. It may be in the
          making.
      type: str
    verified:
      description: Whether it is verified.
      type: bool
    replaced:
      description: Whether a restore has replaced what is in it. Such a set is restored only by its name, or by
        O(eks.redis.restore#module:state=rolled_back).
      type: bool
    reason:
      description: Why it is not verified, or not complete.
      type: str
    started:
      description: When it was begun, in UTC.
      type: str
      sample: "2026-11-29T02:15:00Z"
    age_seconds:
      description: How long ago that was.
      type: int
    bytes:
      description: Its size.
      type: int
    keys:
      description: The keys in it.
      type: int
    seconds:
      description: How long it took.
      type: float
    skew_seconds:
      description: How far apart its shards are in time.
      type: float
    mode:
      description: Mode of the instance.
      type: str
    engine:
      description: What wrote it.
      type: str
      sample: redis 7.0.15
    shards:
      description: Its files, each with C(file), C(bytes), C(keys) and C(source), which is C(pod), C(role) and
        C(lag_bytes).
      type: list
      elements: dict
    kms_key:
      description: ARN of the key that it is encrypted with, null for a key of S3's own.
      type: str
    tested:
      description: When it was last tested.
      type: str
counts:
  description: How many sets there are, in C(total) and of each state.
  returned: success
  type: dict
  sample: {total: 9, verified: 8, complete: 1, damaged: 0, incomplete: 0}
bytes:
  description: Size of all sets.
  returned: success
  type: int
newest:
  description: Name of the newest set that is complete. Null when there is none.
  returned: success
  type: str
newest_verified:
  description: Name of the newest set that is verified. Null when there is none.
  returned: success
  type: str
rpo_seconds:
  description: How much would be lost if all were lost now, the age of the data in RV(newest). Null for all of it.
  returned: success
  type: int
schedule:
  description: When backups are made. Null with O(bucket).
  returned: success
  type: str
next_run:
  description: When the next one is due, in UTC. Null with O(bucket).
  returned: success
  type: str
gaps:
  description: Times of the schedule, within the days that sets are kept, that no complete set followed.
  returned: success
  type: list
  elements: str
warnings:
  description: What a person should know of, a line each.
  returned: success
  type: list
  elements: str
summary:
  description: The same for people, on one screen.
  returned: success
  type: list
  elements: str
"""

from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import backups
from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Store as Where
from ansible_collections.eks.redis.plugins.module_utils.engine import backup, backup_report
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "bucket": {"type": "str"},
        "prefix": {"type": "str", "default": "redis"},
        "aws": {"type": "dict", "options": options.OPTIONS, "apply_defaults": True},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """The sets of one instance."""
    given = call.params
    where, plan = _where(call)
    aws = options.connect(call, {**given["aws"], "region": where.region or given["aws"]["region"]})
    sets = backups.sets(aws, where, given["namespace"], given["name"])
    try:
        told = backup_report.facts(sets, plan, datetime.now(UTC))
    except DatapathError as error:
        raise EngineError(f"the schedules of instance {given['namespace']}/{given['name']}: {error}") from None
    base = keys.base(where.prefix, given["namespace"], given["name"])
    lines = backup_report.lines(f"{given['namespace']}/{given['name']}", f"s3://{where.bucket}/{base}", told)
    return {"changed": False, "bucket": where.bucket, "prefix": base, **told, "summary": lines}


def _where(call: Call) -> tuple[Where, backup_report.Plan | None]:
    given = call.params
    if given["bucket"]:
        return Where(given["bucket"], "", given["prefix"], ""), None
    told = backup.settings_of(backup.cron_job(call.connect(), given["namespace"], given["name"]))
    return told.store, backup_report.Plan(told.schedule, told.restore_test.schedule, told.retention.days)


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
