# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.restore."""

from __future__ import annotations

DOCUMENTATION = r"""
module: restore
short_description: Restores a Redis instance from a backup set or from RDB files
version_added: 0.4.0
description:
  - Puts the data of a backup set, or of RDB files of any Redis, into an instance that runs. The instance may be another
    than the one that was backed up, in another mode, with another number of shards, and in another cluster.
  - All files are fetched, checked against their manifest and loaded once before anything is touched. What cannot be is
    refused with the instance as it was, such as an RDB of a newer release, keys of several databases for a cluster, or
    shards in the wrong order.
  - An instance that holds data is restored in place only with O(force). Its data is put into a set of its own first,
    and that set stays until O(state=confirmed). Writes are refused meanwhile, with an error; of what is served, all is
    old, or all is new and proven.
  - A restore that was interrupted is completed by running the same again, or undone with O(state=rolled_back).
extends_documentation_fragment:
  - eks.redis.kubernetes
  - eks.redis.aws.inside
options:
  name:
    description:
      - Name of the instance that is restored.
    type: str
    required: true
  namespace:
    description:
      - Its namespace.
    type: str
    required: true
  state:
    description:
      - V(restored) restores.
      - V(rolled_back) gives the instance back what it held before a restore, be that complete or not.
      - V(confirmed) says that the restored data is right. What restores have put aside is then deleted in its time, as
        any other set.
    type: str
    choices: [restored, rolled_back, confirmed]
    default: restored
  set:
    description:
      - Which set, by its name; V(latest) for the newest complete one, V(latest verified) for the newest that a restore
        test has loaded. The last is what is taken without O(set), O(before) and O(files), of which only one can be.
    type: str
  before:
    description:
      - The last set that holds nothing younger than this time, in UTC, such as V(2026-11-29T02:00:00Z). Instead of
        O(set).
    type: str
  files:
    description:
      - RDB files instead of a set. Each is a path where Ansible runs, which is uploaded to the bucket for the time of
        the restore, or an V(s3://) URI that the job's role may read, such as an export of ElastiCache.
      - Several are the shards of one cluster.
    type: list
    elements: str
  from_name:
    description:
      - Name of the instance whose set it is. Without it, O(name).
    type: str
  from_namespace:
    description:
      - Namespace of that instance. Without it, O(namespace).
    type: str
  bucket:
    description:
      - The bucket with the sets. Without it, the one that the instance is backed up into. It must be in the region of
        O(aws).
    type: str
  prefix:
    description:
      - Where the sets of all instances are in O(bucket), as the flavour's C(backup.prefix). V(/) for none.
    type: str
    default: redis
  force:
    description:
      - Data that the instance holds may be replaced.
    type: bool
    default: false
  safety_backup:
    description:
      - Whether data that is replaced is put into a set first.
    type: bool
    default: true
  image:
    description:
      - Image of the job. Without it that of the instance's backups, or the one of this release.
    type: str
  service_account:
    description:
      - ServiceAccount of the job, in O(namespace). Without it that of the instance's backups.
    type: str
  timeout:
    description:
      - How long to wait, in seconds. A restore that is not waited for any more goes on; running the same again follows
        it.
    type: int
    default: 3600
attributes:
  check_mode:
    support: full
    description: Names the set, what would be replaced and what is interrupted. Reads only.
  diff_mode:
    support: none
    description: Data is not shown.
  idempotent:
    support: none
    description: Each run restores.
notes:
  - Needs, in the instance's namespace, what M(eks.redis.instance_info) needs, and the verbs C(list), C(create) and
    C(patch) of C(jobs), C(get), C(create), C(patch) and C(delete) of C(configmaps), C(patch) of the operator's kinds,
    C(get) of C(serviceaccounts), C(cronjobs) and C(pods/log); at AWS the permissions of the purpose V(restore) of
    M(eks.redis.service_account_role), and C(s3:PutObject) and C(s3:DeleteObject) for files that are uploaded and for
    O(state=confirmed).
seealso:
  - module: eks.redis.backup
  - module: eks.redis.backup_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Fill a new instance from the newest set that is proven
  eks.redis.restore:
    name: cache
    namespace: apps

- name: Go back to before the accident
  eks.redis.restore:
    name: cache
    namespace: apps
    before: "2026-11-29T08:00:00Z"
    force: true

- name: That was right
  eks.redis.restore:
    name: cache
    namespace: apps
    state: confirmed

- name: That was wrong
  eks.redis.restore:
    name: cache
    namespace: apps
    state: rolled_back

- name: Move an export of ElastiCache into a cluster
  eks.redis.restore:
    name: sessions
    namespace: shop
    files:
      - s3://exports/sessions-0001.rdb
      - s3://exports/sessions-0002.rdb
"""

RETURN = r"""
restore:
  description: The restore's id. It stands on the Job, and beside what was put aside.
  returned: for O(state=restored) and O(state=rolled_back)
  type: str
  sample: k3x9w2ab
source:
  description: What was restored, in words.
  returned: for O(state=restored) and O(state=rolled_back)
  type: str
job:
  description: Name of the Job. Null in check mode.
  returned: for O(state=restored) and O(state=rolled_back)
  type: str
keys:
  description: The keys that the instance then held, by number of the database. Null in check mode.
  returned: for O(state=restored) and O(state=rolled_back)
  type: dict
  sample: {"0": 1100000}
bytes:
  description: Size of all files. Null in check mode.
  returned: for O(state=restored) and O(state=rolled_back)
  type: int
seconds:
  description: How long each part took, C(fetch), C(load) and C(exchange). Null in check mode.
  returned: for O(state=restored) and O(state=rolled_back)
  type: dict
  sample: {"exchange": 8.1, "fetch": 2.0, "load": 2.8}
files:
  description: The files, each with its C(keys) by number of the database, those that had C(expired), and the C(seconds)
    that it took to load.
  returned: for O(state=restored) and O(state=rolled_back)
  type: list
  elements: dict
safety_set:
  description: The set with what the instance held before. Null where it held nothing, or where that was not wanted.
  returned: for O(state=restored) and O(state=rolled_back)
  type: str
  sample: 20261129T091500Z-p0q1
released:
  description: Sets that are sets as any other from now on.
  returned: for O(state=confirmed)
  type: list
  elements: str
summary:
  description: The same for people.
  returned: always, except for an error found beforehand
  type: list
  elements: str
"""

from datetime import datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.origins import Origins
from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.selection import LATEST_VERIFIED
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Store
from ansible_collections.eks.redis.plugins.module_utils.engine import restore, restore_target
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["restored", "rolled_back", "confirmed"], "default": "restored"},
        "set": {"type": "str"},
        "before": {"type": "str"},
        "files": {"type": "list", "elements": "str"},
        "from_name": {"type": "str"},
        "from_namespace": {"type": "str"},
        "bucket": {"type": "str"},
        "prefix": {"type": "str", "default": "redis"},
        "force": {"type": "bool", "default": False},
        "safety_backup": {"type": "bool", "default": True},
        "image": {"type": "str"},
        "service_account": {"type": "str"},
        "timeout": {"type": "int", "default": 3600},
        "aws": {"type": "dict", "options": options.OPTIONS, "apply_defaults": True},
    },
    "mutually_exclusive": [("set", "before", "files")],
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """A restore, its end, or its undoing."""
    given = call.params
    api = call.connect()
    found = restore_target.find(api, given["namespace"], given["name"], _named(given))
    own = _origins(call, found.settings.store)
    run = restore.Restoration(api, found, own, check=call.check, timeout=given["timeout"])
    if given["state"] == "confirmed":
        return run.confirm()
    where = _where(given, found.settings.store)
    wanted, find = _asked(call, own, where)
    asked = restore.Asked(wanted, given["force"], given["safety_backup"])
    return run.roll_back(asked) if given["state"] == "rolled_back" else run.restore(asked, find)


def _asked(call: Call, own: Origins, where: Store) -> tuple[str, restore.Find]:
    """What for, and how that is found. own: of the instance that is restored."""
    given = call.params
    if given["files"]:
        files = given["files"]
        return ", ".join(files), lambda restore: own.of_files(given["namespace"], given["name"], restore, files)
    which: str | datetime = given["set"] or LATEST_VERIFIED
    if given["before"]:
        try:
            which = times.parse(given["before"])
        except DatapathError as error:
            raise EngineError(f"before: {error}") from None
    namespace, name = given["from_namespace"] or given["namespace"], given["from_name"] or given["name"]
    wanted = f"set {which} of {namespace}/{name} in {where.bucket}"
    return wanted, lambda _restore: _origins(call, where).of_set(namespace, name, which)


def _named(given: dict[str, Any]) -> dict[str, str]:
    """The options that stand for what an instance without backups does not say."""
    found = {key: given[key] or "" for key in ("bucket", "image", "service_account")}
    return {**found, "prefix": given["prefix"], "region": given["aws"]["region"] or ""} if found["bucket"] else found


def _where(given: dict[str, Any], own: Store) -> Store:
    """Where the sets are that are restored from."""
    return Store(given["bucket"], given["aws"]["region"] or "", given["prefix"], "") if given["bucket"] else own


def _origins(call: Call, where: Store) -> Origins:
    given = call.params["aws"]
    return Origins(options.connect(call, {**given, "region": where.region or given["region"]}), where)


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
