# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.backup."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup
short_description: Backs a Redis instance up now
version_added: 0.4.0
description:
  - Begins the Job that the instance's CronJob would begin at its time, tells what it does while it does it, and waits
    for its end. Where it writes, and what it may do, is in C(backup) of the flavour, which M(eks.redis.instance)
    deploys.
  - Refuses while another backup of the instance runs.
extends_documentation_fragment:
  - eks.redis.kubernetes
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
  wait:
    description:
      - Whether to wait for the end. Without it the result names the Job and nothing of the set.
    type: bool
    default: true
  timeout:
    description:
      - How long to wait, in seconds. Without it as long as the flavour's C(backup.timeout) lets a backup take, and five
        minutes more for its pod to come. A backup that is not waited for any more goes on.
    type: int
attributes:
  check_mode:
    support: full
    description: Asks the server whether it would take the Job, in a dry run, and writes nothing.
  diff_mode:
    support: none
    description: Nothing that is there is changed.
  idempotent:
    support: none
    description: Each run makes a set.
notes:
  - Needs the verbs C(get) of C(cronjobs), C(list), C(create), C(patch) and C(delete) of C(jobs), C(get), C(list) and
    C(watch) of C(pods), C(get) of C(pods/log) and C(list) of C(events), in the instance's namespace. Nothing of AWS.
seealso:
  - module: eks.redis.backup_info
  - module: eks.redis.instance
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Back up before a change
  eks.redis.backup:
    name: cache
    namespace: apps
  register: before

- name: Say where the way back is
  ansible.builtin.debug:
    msg: "restore set {{ before.set }}"

- name: Begin backups of several instances, and go on
  eks.redis.backup:
    name: "{{ item }}"
    namespace: apps
    wait: false
  loop: [cache, sessions]
"""

RETURN = r"""
job:
  description: Name of the Job. Null in check mode.
  returned: always, except for an error found beforehand
  type: str
  sample: cache-backup-k3x9w2ab
set:
  description: Name of the set that was made. Null where the log of the Job may not be read.
  returned: when it was waited for
  type: str
  sample: 20261129T021500Z-k3x9
bytes:
  description: Its size.
  returned: when it was waited for
  type: int
  sample: 891647132
keys:
  description: The keys in it.
  returned: when it was waited for
  type: int
  sample: 1100000
seconds:
  description: How long it took.
  returned: when it was waited for
  type: float
  sample: 9.4
skew_seconds:
  description: How far apart its shards are in time.
  returned: when it was waited for
  type: float
  sample: 0.0
shards:
  description: Its files, and what each was copied from.
  returned: when it was waited for
  type: list
  elements: dict
  contains:
    file:
      description: Its name in the set.
      type: str
    pod:
      description: The pod it was copied from.
      type: str
    role:
      description: What that pod was, V(master) or V(replica).
      type: str
    lag_bytes:
      description: How far a replica was behind its master.
      type: int
    reason:
      description: Why it was the master, although there are replicas.
      type: str
    bytes:
      description: Its size.
      type: int
    seconds:
      description: How long it took.
      type: float
deleted:
  description: Sets whose time was over, and that were deleted.
  returned: when it was waited for
  type: list
  elements: str
summary:
  description: The same for people.
  returned: always, except for an error found beforehand
  type: list
  elements: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.backup import back_up
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "wait": {"type": "bool", "default": True},
        "timeout": {"type": "int"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """One backup."""
    given = call.params
    return back_up(
        call.connect(),
        given["namespace"],
        given["name"],
        check=call.check,
        wait=given["wait"],
        timeout=given["timeout"],
    )


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
