"""Somebody who has the Roles of docs/examples/rbac and no other right, and what they asked for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cluster import Cluster, eventually

from ansible_collections.eks.redis.plugins.module_utils.engine import permissions
from ansible_collections.eks.redis.plugins.module_utils.engine.permissions import CLUSTER, INSTANCE, MONITORS, OPERATOR

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "rbac"
# the namespaces that stand for these places in the examples
PLACES = {"apps": INSTANCE, "monitoring": MONITORS, "redis-operator": OPERATOR, "": CLUSTER}
GROUP = "rbac.authorization.k8s.io"
Object = dict[str, Any]


@dataclass(frozen=True)
class Right:
    """One verb. part of a Role: where it holds, see permissions.PLACES."""

    place: str
    group: str
    resource: str
    verb: str

    def __str__(self) -> str:
        return f"{self.verb} {self.resource} ({self.place})"


def granted(job: str, *cases: str) -> set[Right]:
    """What every run of a job uses; cases: and what those do in which these of Rule.rare are so."""
    return {
        Right(rule.where, *cell)
        for rule in permissions.JOBS[job].rules
        if rule.rare in ("", *cases)
        for cell in rule.cells()
    }


def example(job: str) -> list[Object]:
    """The Roles and bindings of a job."""
    return yaml.safe_load((EXAMPLES / f"{job}.yml").read_text("utf-8"))["items"]


class Someone:
    """A new ServiceAccount that has what the example of a job grants. namespaces: by place, those that are meant.

    without: rights that are taken out of it.
    """

    def __init__(
        self, cluster: Cluster, job: str, namespaces: Mapping[str, str], without: frozenset[Right] = frozenset()
    ) -> None:
        self._cluster, self._namespaces = cluster, {**namespaces, CLUSTER: ""}
        self._home, self._name = namespaces[INSTANCE], f"u-{uuid.uuid4().hex[:8]}"
        self.user = f"system:serviceaccount:{self._home}:{self._name}"
        self._elsewhere: list[str] = []
        for name in namespaces.values():
            self._apply(
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}, f"/api/v1/namespaces/{name}"
            )
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": self._name}}
        self._account = f"/api/v1/namespaces/{self._home}/serviceaccounts/{self._name}"
        self._apply(account, self._account)
        for made in example(job):
            self._grant(made, without)
        self._since = cluster.position()

    def config(self) -> Object:
        """A kubeconfig as a mapping."""
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        token = self._cluster.call("POST", f"{self._account}/token", body)["status"]["token"]
        found = self._cluster.config()
        found["users"] = [{"name": "admin", "user": {"token": token}}]
        return found

    def asked(self) -> set[Right]:
        """All that was asked for until now."""
        return {one for event in self._events() for one in self._rights(event)}

    def refused(self) -> set[str]:
        """What of it was forbidden."""
        return {
            f"{event['verb']} {event['requestURI'].partition('?')[0]}"
            for event in self._events()
            if event["responseStatus"]["code"] == 403
        }

    def remove(self) -> None:
        """What it has beside its own namespace, which goes with all that is in it."""
        for path in self._elsewhere:
            self._cluster.delete(path)

    def _events(self) -> Iterator[Object]:
        for event in self._cluster.audit(self._since):
            if event["user"]["username"] == self.user and event["stage"] == "ResponseComplete":
                yield event

    def _rights(self, event: Object) -> Iterator[Right]:
        found = event.get("objectRef")
        if not found:
            return  # what is no resource, as the list of what an API has: everybody may ask for it
        places = {name: place for place, name in self._namespaces.items()}
        space = found.get("namespace", "")
        place = places.get(space, space)
        name = "/".join(filter(None, (found["resource"], found.get("subresource", ""))))
        # an apply of what is not there needs both
        made = event["verb"] == "patch" and event["responseStatus"]["code"] == 201
        for verb in (event["verb"], *(("create",) if made else ())):
            yield Right(place, found.get("apiGroup", ""), name, verb)

    def _grant(self, made: Object, without: frozenset[Right]) -> None:
        place = PLACES[made["metadata"].get("namespace", "")]
        space = self._namespaces.get(place)
        if space is None:
            return
        meta = {"name": self._name, **({"namespace": space} if space else {})}
        subject = {"kind": "ServiceAccount", "name": self._name, "namespace": self._home}
        rest: Object
        if "rules" in made:
            rest = {"rules": [one for rule in made["rules"] for one in _rules(place, rule, without)]}
        else:
            rest = {"roleRef": {**made["roleRef"], "name": self._name}, "subjects": [subject]}
        plural = f"{made['kind'].lower()}s"
        where = f"/namespaces/{space}" if space else ""
        path = f"/apis/{GROUP}/v1{where}/{plural}/{self._name}"
        self._apply({"apiVersion": f"{GROUP}/v1", "kind": made["kind"], "metadata": meta, **rest}, path)
        if space != self._home:
            self._elsewhere.append(path)
        if "roleRef" in made:
            role = "roles" if space else "clusterroles"
            rules = self._cluster.get(f"/apis/{GROUP}/v1{where}/{role}/{self._name}")["rules"]
            until_allowed(self._cluster, self.user, rules[0], space)

    def _apply(self, manifest: Object, path: str) -> None:
        self._cluster.apply(path, manifest)


def until_allowed(cluster: Cluster, user: str, rule: Object, namespace: str) -> None:
    """Waits until the authorizer has heard of a role that has this rule, and of its binding. namespace: "" for all."""
    name, _slash, part = rule["resources"][0].partition("/")
    attributes = {
        "group": rule["apiGroups"][0],
        "resource": name,
        "subresource": part,
        "verb": rule["verbs"][0],
        "namespace": namespace,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": attributes},
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    eventually(lambda: cluster.call("POST", path, review)["status"]["allowed"])


def _rules(place: str, rule: Object, without: frozenset[Right]) -> Iterator[Object]:
    """The rule, a resource each, without what is taken out."""
    for name in rule["resources"]:
        verbs = [verb for verb in rule["verbs"] if Right(place, rule["apiGroups"][0], name, verb) not in without]
        if verbs:
            yield {**rule, "resources": [name], "verbs": verbs}
