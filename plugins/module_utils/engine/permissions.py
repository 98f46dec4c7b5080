# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What whoever runs a playbook needs of Kubernetes, and what for. Pure.

The guide of permissions and the Roles among the examples are made of these tables; tests run the playbooks with those
Roles and no other right, and compare what was asked for with what is granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds

# where a rule holds: in the namespaces of the instance, of ServiceMonitors, of the operator, or everywhere
INSTANCE, MONITORS, OPERATOR, CLUSTER = "instance", "monitors", "operator", "cluster"
PLACES = (INSTANCE, MONITORS, OPERATOR, CLUSTER)
_SLOWER = "a change is noticed up to two seconds later"
_UNTOLD = "an error tells less of its cause"
# what the operator makes, and what it makes it of
_RESOURCES = kinds.CUSTOM_RESOURCES
_COMPANIONS = tuple(
    kind for kind in kinds.PRUNED if kind not in ("ConfigMap", "Service", "ServiceAccount", "ServiceMonitor")
)


@dataclass(frozen=True)
class Rule:
    """kinds: as in engine.kinds. part: a subresource of them, such as ``exec``. where: one of PLACES.

    lost: what is missed without it; "" where the job fails then, with a message that names the verb.
    rare: in what case alone it is used, "" for one that every run uses. apart: it lets more be read than the job shows,
    so that no example grants it.
    """

    kinds: tuple[str, ...]
    verbs: tuple[str, ...]
    why: str
    part: str = ""
    where: str = INSTANCE
    lost: str = ""
    rare: str = ""
    apart: bool = False

    def cells(self) -> Iterator[tuple[str, str, str]]:
        """What it grants, one by one: API group, resource with its subresource, verb."""
        for kind in self.kinds:
            for verb in self.verbs:
                yield (*resource(kind, self.part), verb)


@dataclass(frozen=True)
class Job:
    """Work that somebody is given the rights for. does: in words. playbooks: that do it."""

    does: str
    playbooks: tuple[str, ...]
    rules: tuple[Rule, ...]


def resource(kind: str, part: str = "") -> tuple[str, str]:
    """API group and resource as RBAC calls them: ``("", "pods/exec")``."""
    row = kinds.kind(kind)
    group, slash, _version = row.api.partition("/")
    return group if slash else "", f"{row.plural}/{part}" if part else row.plural


_EXEC = Rule(("Pod",), ("get", "create"), "ask Redis in its pods; Kubernetes before 1.35 asks for get alone", "exec")
_TROUBLE = (
    Rule(("Event",), ("list",), "say why a pod is not ready", lost=_UNTOLD, rare="something does not get ready"),
    Rule(("Pod",), ("get",), "the same, its last words", "log", lost=_UNTOLD, rare="something does not get ready"),
    Rule(
        ("PersistentVolumeClaim",),
        ("get",),
        "the same, of a pod whose volume is not there",
        lost=_UNTOLD,
        rare="a pod waits for its volume",
    ),
)
_LOOK = (
    Rule((*_RESOURCES, "StatefulSet", "Pod", "PersistentVolumeClaim", "Service"), ("list",), "see what there is"),
    Rule(("PodDisruptionBudget",), ("list",), "the same", lost="no word on budgets"),
    Rule(("CronJob",), ("list",), "the same", lost="no word on backups"),
    Rule(("Node",), ("list",), "see in which zones pods are", where=CLUSTER, lost="no zones, no warning about places"),
    _EXEC,
    *_TROUBLE,
)
# until an instance is proven to work
_PROOF = (
    Rule(("StatefulSet", "Pod", "PersistentVolumeClaim", "Service"), ("list",), "see how far it is"),
    Rule(("StatefulSet", "Pod"), ("watch",), "wait", lost=_SLOWER),
    _EXEC,
    Rule(
        ("Pod",),
        ("patch",),
        "correct the label redis-role after a failover",
        rare="somebody has become master",
    ),
    Rule(
        ("Pod",),
        ("delete",),
        "restart pods in order, and those that cannot get ready",
        rare="pods have to restart",
    ),
    Rule(
        ("PersistentVolumeClaim",),
        ("patch",),
        "have volumes grow",
        lost="only the operator does, and not where a pod comes later",
        rare="volumes grow",
    ),
    Rule(_RESOURCES, ("patch",), "have the operator look again", rare="the operator is behind"),
    *_TROUBLE,
)
_OPERATORS = Rule(("Deployment",), ("list",), "find the operator, wherever it is", where=CLUSTER)
_INFO = (
    *_LOOK,
    Rule(
        ("ConfigMap", "NetworkPolicy", "Deployment"),
        ("list",),
        "tell how it is guarded",
        lost="null in its place",
    ),
    Rule(("Namespace",), ("get",), "tell what pods may do there", lost="null in its place"),
    Rule(("StorageClass",), ("list",), "tell whether volumes are encrypted", where=CLUSTER, lost="null in its place"),
    Rule(
        ("Secret",),
        ("get",),
        "tell when the certificate ends, and whose it and the password are",
        lost="null in its place",
        rare="connections are encrypted, or there is a password",
        apart=True,
    ),
)
_DEPLOY = (
    Rule(_RESOURCES, ("get", "create", "patch"), "the instance itself"),
    Rule(("ConfigMap", "Service", "Secret"), ("get", "create", "patch"), "its configuration, password and addresses"),
    Rule(_COMPANIONS, ("get", "create", "patch"), "what its flavour asks for beside it", rare="the flavour has it"),
    Rule(
        ("ServiceAccount",),
        ("get", "create", "patch"),
        "the identity of its pods and backups",
        rare="the flavour names or makes one",
    ),
    Rule(
        (*_COMPANIONS, "ConfigMap", "ServiceAccount"),
        ("list",),
        "find what an instance has left that lost its ConfigMap",
        lost="it is not found",
    ),
    Rule(
        (*_COMPANIONS, "Service", "ServiceAccount"),
        ("delete",),
        "take away what its flavour has no more",
        rare="the flavour has less than before",
    ),
    Rule(
        ("Pod",),
        ("get",),
        "give it to the keeper: nobody can grant what they do not have",
        rare="the flavour has keeper.enabled with sentinels",
    ),
    Rule(
        ("Issuer", "SecretStore"),
        ("get",),
        "know that cert-manager, or External Secrets Operator, can do its part",
        lost="a warning: it is not checked beforehand",
        rare="the root names one",
    ),
    Rule(
        ("ClusterIssuer", "ClusterSecretStore"),
        ("get",),
        "the same",
        where=CLUSTER,
        lost="a warning: it is not checked beforehand",
        rare="the root names one",
    ),
    Rule(
        ("PersistentVolumeClaim",),
        ("delete",),
        "a cluster that grows again begins with new volumes (redis_force)",
        rare="a smaller cluster has left volumes",
    ),
    *_PROOF,
    _OPERATORS,
    Rule(("Namespace",), ("get",), "know that the namespace is there", lost="a warning: it is not checked beforehand"),
    Rule(
        ("Namespace",),
        ("get",),
        "warn where a namespace that is let in is not there",
        where=CLUSTER,
        lost="a warning: it is not checked beforehand",
        rare="the flavour has networkPolicy.allowedNamespaces",
    ),
    Rule(
        ("StorageClass",),
        ("list",),
        "know that the class of its volumes is there",
        where=CLUSTER,
        lost="a warning: it is not checked beforehand",
        rare="the flavour has volumes",
    ),
    Rule(
        ("StorageClass",),
        ("get",),
        "know that volumes can grow",
        where=CLUSTER,
        lost="a warning: it is not checked beforehand",
        rare="volumes grow",
    ),
    Rule(
        ("PriorityClass",),
        ("get", "list"),
        "know that its priority is there, or which there are",
        where=CLUSTER,
        lost="a warning: it is not checked beforehand",
        rare="the flavour names one",
    ),
    Rule(
        ("Node",),
        ("list",),
        "warn where nodes are too few; keep a shard's pods in several zones",
        where=CLUSTER,
        lost="no warning; they are kept apart by node",
    ),
    Rule(
        ("ServiceMonitor",),
        ("get", "create", "patch", "delete"),
        "have Prometheus ask the instance",
        where=MONITORS,
        rare="the flavour has metrics.serviceMonitor",
    ),
    Rule(
        ("ServiceMonitor",),
        ("list",),
        "find one that is left over, wherever Prometheus is",
        where=CLUSTER,
        lost="it stays",
    ),
    Rule(
        ("Pod",),
        ("list",),
        "ask the operator why it has made nothing",
        where=OPERATOR,
        lost=_UNTOLD,
        rare="the operator does not get on",
    ),
    Rule(
        ("Lease",),
        ("get",),
        "the same, whether it works at all",
        where=OPERATOR,
        lost=_UNTOLD,
        rare="the operator does not get on",
    ),
    Rule(
        ("Pod",),
        ("get",),
        "the same, what it has logged",
        "log",
        where=OPERATOR,
        lost=_UNTOLD,
        rare="the operator does not get on",
    ),
)
_UNDEPLOY = (
    Rule(_RESOURCES, ("get", "delete"), "the instance itself"),
    Rule(_RESOURCES, ("watch",), "wait for its end", lost=_SLOWER),
    Rule(("Pod",), ("list",), "wait for the end of its pods"),
    Rule(("Pod",), ("watch",), "the same", lost=_SLOWER),
    Rule(("ConfigMap", "Secret", "PersistentVolumeClaim"), ("list",), "name what holds data, and stays"),
    Rule(
        (*_COMPANIONS, "ConfigMap", "Service", "ServiceAccount"),
        ("list",),
        "find what goes with it",
        lost="a warning, and objects of that kind stay",
    ),
    Rule(
        (*_COMPANIONS, "ConfigMap", "Service", "ServiceAccount"), ("delete",), "what goes with it", rare="it is there"
    ),
    Rule(
        ("Secret", "PersistentVolumeClaim"), ("delete",), "password and volumes too", rare="redis_delete_data is given"
    ),
    Rule(
        ("PersistentVolumeClaim",),
        ("watch",),
        "wait for their end",
        lost=_SLOWER,
        rare="redis_delete_data is given",
    ),
    Rule(
        ("Deployment",),
        ("list",),
        "know that an operator is there, without whom nothing ends",
        where=CLUSTER,
        lost="it is not known beforehand",
        rare="the operator has a hold on it",
    ),
    Rule(("ServiceMonitor",), ("list",), "find its own", where=CLUSTER, lost="a warning, and it stays"),
    Rule(("ServiceMonitor",), ("delete",), "take it away", where=MONITORS, rare="it is there"),
)
# a Job from its beginning to its end
_FOLLOW = (
    Rule(("Job",), ("get", "list", "create", "patch"), "begin it, and know whether one runs already"),
    Rule(("Job", "Pod"), ("watch",), "wait for its end", lost=_SLOWER),
    Rule(("Job",), ("delete",), "end one whose pod does not come", rare="its pod does not come"),
    Rule(("Pod",), ("get", "list"), "see how its pod does"),
    Rule(("Pod",), ("get",), "hear what its program says", "log", lost="only that it has ended is known"),
    Rule(("Event",), ("list",), "say why it has no pod", lost=_UNTOLD, rare="its pod does not come"),
)
_BACKUP = (
    Rule(("CronJob",), ("get",), "find the instance's backups"),
    Rule(
        ("Redis", "RedisReplication", "RedisCluster"),
        ("get",),
        "say why there are none",
        rare="the instance has no backups",
    ),
    *_FOLLOW,
)
_BACKUP_INFO = _BACKUP[:2]
_RESTORE = (
    *_LOOK,
    *_BACKUP_INFO,
    Rule(("ServiceAccount",), ("get",), "know that the job can be let into the bucket"),
    Rule(("ConfigMap",), ("get", "create", "patch", "delete"), "note how far it is, and look at the configuration"),
    Rule(_RESOURCES, ("patch",), "keep the operator away meanwhile"),
    *_FOLLOW,
    *_PROOF,
)
_MIGRATE = (
    *_RESTORE,
    Rule(_RESOURCES, ("get",), "know what the Service is to lead to"),
    Rule(("Secret",), ("get",), "the password of the cache", rare="the cache has one"),
    Rule(("NetworkPolicy",), ("get",), "know that the job is let in", rare="the instance has one"),
    Rule(("ConfigMap",), ("list",), "know that nothing else works on it"),
    Rule(("Service",), ("get", "create", "patch", "delete"), "the Service of applications"),
    Rule(("EndpointSlice",), ("get", "list", "create", "patch", "delete"), "where it leads to"),
    # the admission of Kubernetes asks for it beside endpointslices, and its controllers take it as a switch
    Rule(("Endpoints",), ("delete",), "what its selector has left", rare="it has led to the instance"),
    Rule(("EndpointSlice",), ("watch",), "wait for Kubernetes' own", lost=_SLOWER, rare="it leads to the instance"),
)
_SCOPED = ("ClusterRole", "ClusterRoleBinding")
_HELD = ("Deployment", "ServiceAccount")
_OPERATOR = (
    Rule(("Deployment",), ("list",), "find operators, wherever they are", where=CLUSTER),
    Rule(
        ("StatefulSet",),
        ("list",),
        "wait until it has taken over what another has made",
        where=CLUSTER,
        lost="that is not waited for",
        rare="one is installed",
    ),
    Rule(("CustomResourceDefinition",), ("get", "create", "patch"), "its definitions", where=CLUSTER),
    Rule(_SCOPED, ("get", "create", "patch"), "what its chart holds", where=CLUSTER),
    Rule(
        ("ClusterRole",),
        ("escalate", "bind"),
        "grant it what it needs, which is more than whoever installs it has",
        where=CLUSTER,
    ),
    Rule(("Namespace",), ("create",), "its namespace; Helm tries that also where it is there", where=CLUSTER),
    Rule(("Namespace",), ("get",), "know whether its namespace is there", where=OPERATOR),
    Rule(_HELD, ("get", "create"), "what its chart holds", where=OPERATOR),
    Rule(_HELD, ("patch",), "the same", where=OPERATOR, rare="its values or its chart change"),
    Rule(("Secret",), ("list", "create", "update"), "where Helm keeps the release", where=OPERATOR),
    Rule(_HELD, ("delete",), "take it away", where=OPERATOR, rare="operator_state is absent"),
    Rule(_SCOPED, ("delete",), "take it away", where=CLUSTER, rare="operator_state is absent"),
    Rule(("Secret",), ("get", "delete"), "the release", where=OPERATOR, rare="operator_state is absent"),
    Rule(
        _RESOURCES,
        ("list",),
        "know that it has nothing to look after",
        where=CLUSTER,
        rare="operator_state is absent",
    ),
    *(
        Rule(
            (kind,),
            (verb,),
            "know that it works",
            where=OPERATOR,
            lost="that is not waited for",
            rare="one is installed",
        )
        for kind, verb in (("Lease", "get"), ("Pod", "list"))
    ),
    Rule(
        ("Pod",), ("get",), "say why it does not start", "log", where=OPERATOR, lost=_UNTOLD, rare="it does not start"
    ),
    Rule(("Event",), ("list",), "say why it does not start", where=OPERATOR, lost=_UNTOLD, rare="it does not start"),
)

JOBS: Mapping[str, Job] = {
    "deploy": Job("make, change and plan instances", ("plan", "deploy"), _DEPLOY),
    "undeploy": Job("take instances away", ("undeploy",), _UNDEPLOY),
    "info": Job("look at instances", ("info",), _INFO),
    "backup": Job("back instances up now, and see what there is", ("backup", "backup_info"), _BACKUP),
    "restore": Job("restore instances", ("restore",), _RESTORE),
    "operator": Job("install the operator, or take it away; beside deploy", ("deploy",), _OPERATOR),
    "migrate": Job("move caches here from ElastiCache; beside deploy", ("migrate_from_elasticache",), _MIGRATE),
}


def roles(rules: Iterable[Rule]) -> dict[str, list[dict[str, Any]]]:
    """By place what its Role holds, as RBAC writes it: resources of a group that need the same verbs together."""
    granted: dict[str, dict[tuple[str, str], set[str]]] = {}
    for rule in rules:
        for group, name, verb in () if rule.apart else rule.cells():
            granted.setdefault(rule.where, {}).setdefault((group, name), set()).add(verb)
    return {place: list(_rules(granted[place])) for place in PLACES if place in granted}


def _rules(granted: Mapping[tuple[str, str], set[str]]) -> Iterator[dict[str, Any]]:
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (group, name), verbs in sorted(granted.items()):
        together.setdefault((group, tuple(sorted(verbs, key=_ORDER.index))), []).append(name)
    for (group, ordered), names in together.items():
        yield {"apiGroups": [group], "resources": names, "verbs": list(ordered)}


_ORDER = ("get", "list", "watch", "create", "patch", "update", "delete", "escalate", "bind")
