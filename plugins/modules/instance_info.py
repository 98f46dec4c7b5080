# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.instance_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_info
short_description: Tells how Redis instances are doing
version_added: 0.1.0
description:
  - Lists the instances that M(eks.redis.instance) made, as Kubernetes and as Redis itself see them, with everything
    that a person should know of.
  - Needs no flavour file. It sends one request for each kind of object, whatever the number of instances, and runs two
    commands in one pod of each, of which the first one asks all of its pods.
extends_documentation_fragment:
  - eks.redis.kubernetes
  - eks.redis.kubernetes.reads
options:
  name:
    description:
      - Only the instance of this name.
    type: str
  namespace:
    description:
      - Only instances of this namespace. Without it those of all namespaces are listed.
    type: str
notes:
  - Needs the verb C(list), and C(get) and C(create) of C(pods/exec) to ask Redis. Who may not run commands in pods is
    told what Kubernetes says, with a warning; zones, budgets and backups are told to those who may list nodes,
    PodDisruptionBudgets and CronJobs.
  - What C(security) says rests on more that few may read, and what may not be read is null there. Those are the lists
    of ConfigMaps, NetworkPolicies, Deployments and StorageClasses, the namespace, with TLS the Secret of the
    certificate, of which C(tls.crt) and labels alone are looked at, and the Secret C(<name>-auth) of a password, of
    which its labels alone are.
seealso:
  - module: eks.redis.instance
  - module: eks.redis.operator_info
  - plugin: eks.redis.client_snippet
    plugin_type: filter
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at all instances of the cluster
  eks.redis.instance_info:
  register: redis

- name: Stop when an instance has not proven that it works
  eks.redis.instance_info:
    name: cache
    namespace: apps
  register: cache
  failed_when: cache.instances | rejectattr('proven') | length > 0

- name: Stop when connections of an instance are not encrypted
  ansible.builtin.assert:
    that: redis.instances | rejectattr('security.in_transit.tls') | length == 0

- name: Show how a program connects to it
  ansible.builtin.debug:
    msg: "{{ one.client.flavour | eks.redis.client_snippet(root=one.client.root, name=one.name, namespace=one.namespace,
      language='python') }}"
  vars:
    one: "{{ cache.instances | first }}"

- name: List everything that may hurt later
  ansible.builtin.debug:
    msg: "{{ redis.instances | map(attribute='warnings') | flatten }}"
"""

RETURN = r"""
instances:
  description: The instances, by namespace and name. What nobody could tell is null.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    namespace:
      description: Its namespace.
      type: str
    mode:
      description: Its mode, V(standalone), V(sentinel) or V(cluster).
      type: str
    image:
      description: The image that was asked for.
      type: str
    version:
      description: The release of Redis that all pods run. Null when they differ, which is a warning.
      type: str
      sample: 7.0.15
    desired:
      description: How many pods it has when all is well.
      type: int
    ready:
      description: How many of its pods are ready.
      type: int
    proven:
      description:
        - Whether all pods are ready and Redis itself has shown that the instance works. A single Redis is a master;
          every replica follows the master and is in step; the sentinels know them all and could fail over; a cluster
          serves all slots, and each shard has its replicas.
      type: bool
    problem:
      description: Why it is not ready or not proven, with the last event and log line of the pod at fault.
      type: str
    warnings:
      description: Everything that a person should know of, a line each.
      type: list
      elements: str
    endpoints:
      description: What clients in the cluster connect to, each with C(name), C(host) and C(port).
      type: list
      elements: dict
    master_group:
      description: The name that clients ask the sentinels for. Null without sentinels.
      type: str
      sample: myMaster
    services:
      description: Its Services, each with C(name), C(type), C(cluster_ip), C(external) and C(ports).
      type: list
      elements: dict
    pods:
      description: Its pods.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        role:
          description: What Redis says it is, V(master) or V(replica); V(sentinel) for a sentinel.
          type: str
        label:
          description: Its label C(redis-role), by which Services find the master.
          type: str
        node:
          description: The node that it runs on.
          type: str
        zone:
          description: The zone of that node.
          type: str
        ready:
          description: Whether it is ready.
          type: bool
        restarts:
          description: How often its containers have restarted.
          type: int
        error:
          description: What it said instead of an answer.
          type: str
        version:
          description: The release of Redis that runs.
          type: str
        replication:
          description: C(master) is the pod that it follows, or an address that is no pod's. C(link) is V(up), V(down)
            or V(copying). C(lag_bytes) is how far it is behind. C(replicas) is the number that follows it.
          type: dict
        watches:
          description: Of a sentinel, the C(master) that it watches and C(flags) that it gives it, the numbers of
            C(replicas) and C(sentinels) that it knows, and C(quorum), what it says of its ability to fail over.
          type: dict
        memory:
          description: As C(memory) of the instance.
          type: dict
        keys:
          description: Its keys.
          type: int
        persistence:
          description: As C(persistence) of the instance.
          type: dict
    cluster:
      description: Of mode cluster, as the pod that sees it worst does.
      type: dict
      contains:
        state:
          description: V(ok) when all pods say so.
          type: str
        slots_ok:
          description: How many of the 16384 slots are served.
          type: int
        shards:
          description: By slots, each with C(master), the number of C(slots), their C(ranges), C(replicas) and C(zones).
          type: list
          elements: dict
    memory:
      description: Of all masters, C(used) and C(maximum) in bytes, C(percentage) and the eviction C(policy).
      type: dict
    keys:
      description: The keys of all masters.
      type: int
    persistence:
      description: Of the master that is worst off, C(loading), C(aof), C(aof_write_ok), C(snapshot_ok) and
        C(last_snapshot), which is null when there was none since it started; of all masters C(changes_since_snapshot).
      type: dict
    volumes:
      description: Its volumes, each with C(name), C(pod), which is null for one that no pod uses any more, C(size),
        C(requested), C(storage_class) and C(phase).
      type: list
      elements: dict
    budgets:
      description: Its PodDisruptionBudgets, each with C(name), C(min_available), C(healthy), C(pods), and C(allowed),
        the number of pods that may leave now.
      type: list
      elements: dict
    backups:
      description: Its CronJobs, each with C(name), C(kind), which is V(backup) or V(restore-test), C(schedule),
        C(last_started), C(last_success), and C(running), the number that run now. M(eks.redis.backup_info) tells what
        is in the bucket.
      type: list
      elements: dict
    security:
      description: How it is guarded, as the cluster itself shows it; AWS is not asked.
      type: dict
      contains:
        at_rest:
          description: Its volumes by their C(storage_class), each with their number in C(volumes), C(encrypted), which
            is null where the StorageClass does not say, the KMS C(key) that it names, and its C(provisioner).
          type: list
          elements: dict
        in_transit:
          description:
            - C(tls), and with it the C(certificate), which has the name of its C(secret), who signs it in C(signer)
              (V(own) for a CA of the instance's own, V(cert-manager), or V(given) for a Secret of the user's), the
              C(issuer) of cert-manager, C(begins), C(ends), C(days_left), and C(shown), whether the keeper has seen it
              with every pod.
            - Where the Secret has the name of one that is made with an instance, its labels alone tell whose it is;
              C(signer) is null for who may not read it.
          type: dict
        keeper:
          description: The Deployment that keeps it in order, with C(name), C(desired) and C(ready). Null without one.
          type: dict
        authentication:
          description:
            - Whether there is a C(password), its C(secret), where it comes from in C(source) (V(own) for one made with
              the instance, V(given) for a Secret of the user's, V(external-secrets) or V(secrets-store)), whether the
              C(sentinels) ask for it, and whether there is an C(acl) file.
            - C(source) is null where C(signer) would be. Nothing but the labels of the Secret is looked at.
          type: dict
        users:
          description: The users that Redis knows, each with C(name), C(on), C(password), whether it may do
            C(everything), and its C(rules) without passwords.
          type: list
          elements: dict
        network:
          description:
            - The Services that are C(exposed) outside of the cluster, each with C(name), C(type), C(scheme)
              (V(internal) or V(internet-facing)), C(hosts), and C(source_ranges), which is empty for everybody; the
              domains in which the C(nodes) of a cluster have names outside.
            - The names of its C(policies), and of those of others that hold for all of its Redis pods. The
              C(namespaces) and C(networks) that NetworkPolicies let in to Redis; C(everybody), the names of those that
              let in everybody; C(others), the names of those that let in pods which are neither all of a namespace nor
              pods of the instance, of its jobs, or of the operator.
          type: dict
        pods:
          description: What the pods that run may do, C(users) by number, and C(non_root), C(read_only_root),
            C(no_capabilities), C(no_escalation), C(not_privileged) and C(seccomp), each true when it holds for all
            containers, otherwise those that are C(lacking); whether they hold a C(token) for the Kubernetes API, and
            the C(level) of Pod Security that the namespace enforces. As with Pod Security, C(non_root) asks for
            C(runAsNonRoot), whatever the user.
          type: dict
        warnings:
          description: What is open, one line each with what to do.
          type: list
          elements: str
      sample:
        at_rest:
          - storage_class: gp3-encrypted
            volumes: 3
            encrypted: true
            key: arn:aws:kms:us-east-1:111122223333:key/0ab1
            provisioner: ebs.csi.aws.com
    client:
      description: C(flavour) and C(root) as P(eks.redis.client_snippet#filter) takes them.
      type: dict
summary:
  description: The same for people, one screen for each instance.
  returned: success
  type: list
  elements: str
  sample:
    - "apps/cache: standalone, 1 of 1 ready, proven, Redis 7.0.15"
    - "  connect  redis://cache.apps.svc:6379"
    - "  security in transit: not encrypted"
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish
from ansible_collections.eks.redis.plugins.module_utils.engine.status import status
from ansible_collections.eks.redis.plugins.module_utils.engine.summary import summary

SPEC: dict[str, Any] = {
    "argument_spec": {**AUTH_OPTIONS, "name": {"type": "str"}, "namespace": {"type": "str"}},
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """The state of the instances."""
    instances = status(call.connect(), call.params["namespace"], call.params["name"])
    lines = [line for instance in instances for line in summary(instance)]
    return {"changed": False, "instances": instances, "summary": lines}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
