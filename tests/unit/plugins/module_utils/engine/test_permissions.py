"""The tables of rights against what the code asks for, writes and grants."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, permissions
from ansible_collections.eks.redis.plugins.module_utils.engine.permissions import CLUSTER, INSTANCE, JOBS, Job, Rule
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests
from unit.plugins.module_utils.topology.made import PASSWORD, SHAPES, merged, shaped
from unit.plugins.module_utils.topology.traps import EVERYTHING

COLLECTION = Path(__file__).parents[5]
ENGINE = COLLECTION / "plugins" / "module_utils" / "engine"
EXAMPLES = COLLECTION / "docs" / "examples" / "rbac"
# every place that a password may come from
PASSWORDS = (
    PASSWORD,
    {"authentication": {"enabled": True, "externalSecret": {"store": "aws", "remoteKey": "apps/cache"}}},
    {"authentication": {"enabled": True, "secretsStore": {"objectName": "apps/cache"}}},
)
ISSUER = {"transitEncryption": {"enabled": True, "issuer": {"name": "corp"}}}
# what Api's methods ask of RBAC
VERBS = {"get": "get", "list": "list", "watch": "watch", "delete": "delete", "Watched": "watch"}
# files of work that no playbook does for users of instances: for prerequisites, and for what AWS is to let in
OTHERS = {"storage_class.py", "service_account.py", "claims.py", "chart.py", "operator_status.py"}
# playbooks that ask for nothing of an instance
WITHOUT = {"render", "prerequisites", "compliance"}


def cells(job: Job, where: str = "") -> set[tuple[str, str, str]]:
    """What its example grants."""
    return {cell for rule in job.rules for cell in rule.cells() if where in ("", rule.where) and not rule.apart}


def everything() -> dict[str, dict[str, object]]:
    """What is rendered of instances with all that flavour and root may have, in every mode, by kind."""
    flavour = merged(EVERYTHING, {"keeper": {"enabled": True}, "createServiceAccount": True})
    return {
        one["kind"]: one
        for shape in SHAPES
        for password in PASSWORDS
        for one in manifests(shaped(shape, flavour, merged(password, ISSUER)))
    }


def calls() -> Iterator[tuple[str, str, str]]:
    """File, kind and verb of every request whose kind stands in the code."""
    for path in sorted(ENGINE.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            named = constants.get(first.id) if isinstance(first, ast.Name) else getattr(first, "value", None)
            if called in VERBS and isinstance(named, str) and named in kinds.KINDS:
                yield path.name, named, VERBS[called]


def test_every_request_of_the_code_is_in_a_table() -> None:
    granted = {cell for job in JOBS.values() for cell in cells(job)}
    asked = [one for one in calls() if one[0] not in OTHERS]
    assert len(asked) > 40
    missing = {f"{file}: {verb} {kind}" for file, kind, verb in asked} - {
        f"{file}: {verb} {kind}" for file, kind, verb in asked if (*permissions.resource(kind), verb) in granted
    }
    assert missing == set()


def test_deploy_may_write_all_that_is_rendered_and_take_it_away_again() -> None:
    deploy, undeploy = cells(JOBS["deploy"]), cells(JOBS["undeploy"])
    rendered = everything().keys() - {"Namespace"}
    # the list of what can be had is whole: nothing is pruned that is never made
    assert {kind for kind in kinds.PRUNED if kind not in rendered} == set()
    for kind in rendered:
        name = permissions.resource(kind)
        assert {(*name, verb) for verb in ("get", "create", "patch")} <= deploy, kind
        if kind in kinds.PRUNED:
            assert {(*name, "list"), (*name, "delete")} <= undeploy, kind
            # the ConfigMap is there as long as the instance
            assert kind == "ConfigMap" or (*name, "delete") in deploy, kind


def test_whoever_deploys_has_what_the_keeper_is_granted() -> None:
    """Kubernetes lets nobody grant what they do not have."""
    own = cells(JOBS["deploy"], INSTANCE)
    for rule in everything()["Role"]["rules"]:
        wanted = {
            (group, name, verb) for group in rule["apiGroups"] for name in rule["resources"] for verb in rule["verbs"]
        }
        assert wanted
        assert wanted <= own


@pytest.mark.parametrize("name", JOBS)
def test_an_example_grants_what_its_table_says(name: str) -> None:
    made = yaml.safe_load((EXAMPLES / f"{name}.yml").read_text("utf-8"))["items"]
    held = {
        (group, resource, verb)
        for one in made
        for rule in one.get("rules", ())
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert held == cells(JOBS[name])
    assert all("*" not in cell for cell in held)
    # each Role with its binding
    assert [one["kind"] for one in made[1::2]] == [f"{one['kind']}Binding" for one in made[::2]]


def test_each_playbook_has_its_job() -> None:
    known = {path.stem for path in (COLLECTION / "playbooks").glob("*.yml")}
    assert {name for job in JOBS.values() for name in job.playbooks} == known - WITHOUT


@pytest.mark.parametrize("name", ["operator", "migrate"])
def test_a_job_whose_playbook_also_deploys_says_that_it_needs_more(name: str) -> None:
    assert cells(JOBS["deploy"], INSTANCE) - cells(JOBS[name], INSTANCE)
    assert JOBS[name].does.endswith("; beside deploy")


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_kind_without_namespace_is_granted_in_the_whole_cluster(job: Job) -> None:
    for rule in job.rules:
        for kind in rule.kinds:
            # RBAC takes a namespace for one of itself
            assert kinds.kind(kind).namespaced or rule.where == CLUSTER or kind == "Namespace", rule


def test_rules_of_one_resource_are_one() -> None:
    rules = [
        Rule(("Pod", "Secret"), ("list",), "a"),
        Rule(("Pod",), ("delete", "get"), "b"),
        Rule(("Pod",), ("get",), "c", "log"),
        Rule(("Redis",), ("get",), "d"),
        Rule(("Pod",), ("list",), "e", where=CLUSTER),
    ]
    assert permissions.roles(rules) == {
        INSTANCE: [
            {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "delete"]},
            {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]},
            {"apiGroups": ["redis.redis.opstreelabs.in"], "resources": ["redis"], "verbs": ["get"]},
        ],
        CLUSTER: [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}],
    }
