# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.migration."""

from __future__ import annotations

DOCUMENTATION = r"""
module: migration
short_description: Moves a Redis from outside of the cluster into an instance while applications go on
version_added: 0.4.0
description:
  - Copies what a cache holds, such as one at ElastiCache, into an instance that is empty, follows every change,
    compares both, leads applications to the instance in a moment in which nobody writes, and leads them back where that
    was wrong.
  - The work is done by a Job beside the instance, which lives until O(state=absent). It asks the cache for nothing that
    ElastiCache refuses. The cache must publish events of keys (C(notify-keyspace-events) with C(A) and C(E)), and be
    Redis 6.2 or later, or Valkey.
  - Whatever may have missed a change, such as a failover of either side or a connection that breaks, makes the Job
    begin anew. Until applications are led to the instance, whatever fails leaves them at the cache, and nothing is
    lost.
  - What is interrupted is completed by running the same again.
extends_documentation_fragment:
  - eks.redis.kubernetes
options:
  name:
    description:
      - Name of the instance that is moved into. It must run, and hold nothing.
    type: str
    required: true
  namespace:
    description:
      - Its namespace.
    type: str
    required: true
  state:
    description:
      - V(copied) begins the copy, and waits until it follows the cache.
      - V(held) is for O(copies=false). Writers are held back at the cache, for O(budget) at most, so that its snapshot
        holds all that was written. Restore that, then go on with V(switched).
      - V(verified) compares what both sides hold, too, by keys, types, values and times.
      - V(switched) leads applications to the instance. Writers are held back at the cache, what is left is copied and
        compared, the Service is switched, and connections to the cache are cut off. Where that does not come to its end
        within O(budget), or where anything differs, writers go on at the cache.
      - V(rolled_back) leads applications back to the cache, or ends the copy where they have not left it.
      - V(absent) ends the exit. The Job and the notes of it are deleted, the Service stays as it is.
    type: str
    choices: [copied, held, verified, switched, rolled_back, absent]
    default: copied
  cache:
    description:
      - The Redis that is left. Needed for all of O(state) but V(rolled_back) and V(absent). While an exit is going on
        it must be the same.
    type: dict
    suboptions:
      what:
        description:
          - What messages call it.
        type: str
        default: the cache
      addresses:
        description:
          - Its nodes, each as C(HOST:PORT); an IPv6 address in brackets. Of a cluster some of its nodes, or its
            configuration endpoint; the others are found by them. Else the primary endpoint.
        type: list
        elements: str
        required: true
      tls:
        description:
          - Whether it takes connections with TLS only. Its certificate is checked.
        type: bool
        default: false
      secret:
        description:
          - Secret in O(namespace) with its password. Without it, it has none.
        type: str
      secret_key:
        description:
          - Key of the password in O(cache.secret).
        type: str
        default: password
      username:
        description:
          - User of the password. Without it, and without O(cache.username_key), that is the default user.
        type: str
      username_key:
        description:
          - Key of the user in O(cache.secret), instead of O(cache.username).
        type: str
      ca_key:
        description:
          - Key of O(cache.secret) with the certificates of who has signed that of the cache, in PEM. Without it, those
            that the image has are taken, which know who signs for ElastiCache.
        type: str
      shards:
        description:
          - How many shards it has. Each is copied by a process of its own, which takes 64 MiB of memory.
        type: int
        default: 1
  copies:
    description:
      - Whether the Job copies keys, and follows their changes. Without that, the data has to come another way, such as
        M(eks.redis.snapshot_export) and M(eks.redis.restore) between V(held) and V(switched) of O(state). While an exit
        is going on it must be the same. The way back copies in any case.
    type: bool
    default: true
  service:
    description:
      - Service by which applications find their Redis, made by M(eks.redis.client_service). While an exit is going on
        it must be the same.
      - Without it nothing is switched. Writers are held back at the cache from O(state=switched) on, and it is for you
        to point applications at the instance.
    type: str
  budget:
    description:
      - In how many seconds applications must have been led elsewhere from the moment in which nobody can write. For
        O(state=held) that is the time in which the snapshot is taken and restored.
    type: int
    default: 60
  keep:
    description:
      - For how many hours the cache takes no writes after O(state=switched). Reads it answers. An instance that is left
        by O(state=rolled_back) refuses writes until it is copied to anew, or until O(state=absent).
    type: int
    default: 48
  sample:
    description:
      - How many keys of each database are compared, by chance; V(0) for all.
    type: int
    default: 0
  copy_back:
    description:
      - For O(state=rolled_back) after a switch, copies what was written to the instance since to the cache first, as it
        came. Without it, that stays in the instance alone.
    type: bool
    default: true
  bytes:
    description:
      - How much memory the data takes in the cache, so that it can be compared with that of the instance before
        anything is created. V(0) where that is not known; the Job compares it in any case.
    type: int
    default: 0
  image:
    description:
      - Image of the Job. Without it that of the instance's backups, or the one of this release.
    type: str
  timeout:
    description:
      - How long to wait, in seconds. A copy that is not waited for any more goes on; running the same again follows it.
    type: int
    default: 3600
attributes:
  check_mode:
    support: full
    description: Checks what would be checked, and says what would be done. Sends reads and server-side dry runs only.
  diff_mode:
    support: none
    description: Data is not shown.
  idempotent:
    support: full
    description: What is reached is not done again. O(state=verified) compares again, which changes nothing.
notes:
  - Clients of a cluster use O(service) only to find the nodes when they start. They have to be restarted after a
    switch.
  - For the switch, a Service that follows a DNS name is made to lead to the addresses behind it, 30 seconds before
    anybody is held back, so that nobody has the name resolved otherwise.
  - Needs, in the instance's namespace, what M(eks.redis.instance_info) and M(eks.redis.client_service) need, and the
    verbs C(get), C(list), C(create), C(patch) and C(delete) of C(jobs), C(get), C(list), C(create), C(patch) and
    C(delete) of C(configmaps), C(get) of C(secrets), C(cronjobs), C(networkpolicies) and C(pods/log), and C(create) and
    C(get) of C(pods/exec).
seealso:
  - module: eks.redis.client_service
  - module: eks.redis.replication_group_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Copy, and follow
  eks.redis.migration: &exit
    name: shop
    namespace: shop
    service: redis
    cache:
      what: ElastiCache shop-prod
      addresses: [master.shop-prod.abc123.use1.cache.amazonaws.com:6379]
      tls: true
      secret: shop-prod-token

- name: Compare everything
  eks.redis.migration:
    <<: *exit
    state: verified

- name: Lead applications to the instance
  eks.redis.migration:
    <<: *exit
    state: switched
    budget: 20

- name: Hold writers back while a snapshot is restored
  eks.redis.migration:
    name: shop
    namespace: shop
    service: redis
    copies: false
    cache:
      addresses: [master.shop-prod.abc123.use1.cache.amazonaws.com:6379]
    state: held
    budget: 3600

- name: That was wrong
  eks.redis.migration:
    name: shop
    namespace: shop
    service: redis
    state: rolled_back

- name: That was right, the cache is not needed any more
  eks.redis.migration:
    name: shop
    namespace: shop
    state: absent
"""

RETURN = r"""
exit:
  description: The id of the exit, the same from the first copy to O(state=absent). Null where none is going on.
  returned: success
  type: str
  sample: k3x9w2ab
state:
  description: How far it is, V(copying), V(copied), V(held), V(verified), V(freezing), V(switched), V(given_up) or
    V(left); on the way back anew from V(copying) to V(switched). Null where none is going on.
  returned: success
  type: str
  sample: switched
job:
  description: Name of the Job that works on it. Null where none does.
  returned: success
  type: str
keys:
  description: Keys that were copied.
  returned: for V(copied) and V(verified) of O(state), not in check mode
  type: int
  sample: 1200000
of:
  description: Keys that the cache had when the copy began.
  returned: for V(copied) and V(verified) of O(state), not in check mode
  type: int
  sample: 1200000
rate:
  description: Keys that are copied in a second.
  returned: for V(copied) and V(verified) of O(state), not in check mode
  type: int
  sample: 48000
dirty:
  description: Keys that had changed in the last round.
  returned: for V(copied) and V(verified) of O(state), not in check mode
  type: int
  sample: 40
rounds:
  description: How often changed keys were copied.
  returned: for V(copied) and V(verified) of O(state), not in check mode
  type: int
  sample: 5
restarts:
  description: How often the copy began anew.
  returned: for V(copied) and V(verified) of O(state), not in check mode
  type: int
  sample: 0
freeze_forecast:
  description: For how many seconds nobody could write, if it were switched now. Null where it cannot be said.
  returned: for V(copied) and V(verified) of O(state), not in check mode
  type: float
  sample: 0.2
compared:
  description: Keys that were compared by value.
  returned: for O(state=verified), not in check mode
  type: int
  sample: 1200000
counts:
  description: Keys that each side has, C(source) and C(target), by number of the database.
  returned: for O(state=verified), not in check mode
  type: dict
  sample: {source: {"0": 1200000}, target: {"0": 1200000}}
compare_seconds:
  description: How long it took.
  returned: for O(state=verified), not in check mode
  type: float
  sample: 26.1
differing:
  description: The first ten keys that differ, in words.
  returned: where O(state=verified) or O(state=switched) fail because some do
  type: list
  elements: str
freeze_seconds:
  description: For how long nobody could write, from the first primary that held writers back until applications were
    cut off to connect anew. Null where a run completed what another one had begun.
  returned: for V(switched) and, after a switch, V(rolled_back) of O(state), not in check mode
  type: float
  sample: 0.41
seconds:
  description: Of that, each step.
  returned: for V(switched) and, after a switch, V(rolled_back) of O(state), not in check mode
  type: dict
  sample: {close: 0.01, fence: 0.02, copy: 0.03, compare: 0.02, count: 0.01, prove: 0.02, switch: 0.02, cut: 0.01}
killed:
  description: Connections that were cut off. 0 where it had been switched before.
  returned: for V(switched) and, after a switch, V(rolled_back) of O(state), not in check mode
  type: int
  sample: 130
held:
  description: Since when nobody can write at the cache. A snapshot that was begun later holds all that was written.
  returned: for O(state=held), not in check mode
  type: str
  sample: "2026-11-29T08:15:00Z"
switched:
  description: When applications came to the instance.
  returned: for V(switched) and, after a switch, V(rolled_back) of O(state), not in check mode
  type: str
  sample: "2026-11-29T09:15:00Z"
closed_until:
  description: Until when the cache takes no writes. Null after a roll back.
  returned: for V(held), V(switched) and, after a switch, V(rolled_back) of O(state), not in check mode
  type: str
  sample: "2026-12-01T09:15:00Z"
summary:
  description: The same for people.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.migration import STATES, bring
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish

_CACHE: dict[str, dict[str, Any]] = {
    "what": {"type": "str", "default": "the cache"},
    "addresses": {"type": "list", "elements": "str", "required": True},
    "tls": {"type": "bool", "default": False},
    "secret": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "default": "password", "no_log": False},
    "username": {"type": "str"},
    "username_key": {"type": "str", "no_log": False},
    "ca_key": {"type": "str", "no_log": False},
    "shards": {"type": "int", "default": 1},
}

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "state": {"type": "str", "choices": list(STATES[True]), "default": "copied"},
        "cache": {"type": "dict", "options": _CACHE},
        "copies": {"type": "bool", "default": True},
        "service": {"type": "str"},
        "budget": {"type": "int", "default": 60},
        "keep": {"type": "int", "default": 48},
        "sample": {"type": "int", "default": 0},
        "copy_back": {"type": "bool", "default": True},
        "bytes": {"type": "int", "default": 0},
        "image": {"type": "str"},
        "timeout": {"type": "int", "default": 3600},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """The exit, as far as is asked for."""
    return bring(call.connect(), call.params, check=call.check)


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
