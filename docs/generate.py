# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the documentation takes from the contract; with --check it only says whether that is current.

python docs/generate.py          (tests/env.sh sets the import path)
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.eks.redis.plugins.module_utils.aws import documents, permissions
from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import DIALECTS, Dialect
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import MANAGED
from ansible_collections.eks.redis.plugins.module_utils.contract.field import Derived, Field
from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FLAVOUR, ROOT
from ansible_collections.eks.redis.plugins.module_utils.contract.modes import BY_MODE, MODES, modes
from ansible_collections.eks.redis.plugins.module_utils.contract.schema import flavour_schema, root_schema
from ansible_collections.eks.redis.plugins.module_utils.engine import permissions as rights

DOCS = Path(__file__).resolve().parent
COLLECTION = DOCS.parent
PLAYBOOK = "prerequisites"
# guides of playbooks that call modules without a role
PLAYBOOKS = {"compliance": ["compliance_info"]}
# guides that are not called as their role is
NAMES = {"auth_secret": "secrets", "elasticache_exit": "leaving_elasticache"}
# the part of a guide that is generated, between these two lines
BEGIN, END = "<!-- generated: permissions of {} -->", "<!-- end -->"
FREE = {"sts:GetCallerIdentity"}  # needs no permission (AWS STS API Reference)
RBAC = "rbac.authorization.k8s.io"
# by place of a right: the namespace that stands for it in the examples, and what the guide says of it
PLACES = {
    rights.INSTANCE: ("apps", "In the namespace of the instance"),
    rights.MONITORS: ("monitoring", "In the namespace of `metrics.serviceMonitor.namespace`"),
    rights.OPERATOR: ("redis-operator", "In the namespace of the operator"),
    rights.CLUSTER: ("", "In the whole cluster"),
}


def generated() -> dict[Path, str]:
    """Every generated file with its text."""
    reference = {
        "root": table(("field", "allowed", "default", "meaning"), (row[:-1] for row in rows(ROOT))),
        "fields": table(("field", "allowed", "default", "meaning", "modes"), rows(FLAVOUR)),
        "by-mode": table(("field", *MODES), by_mode()),
        "dialects": table(("also written", "means"), ((code(row.spelled), meaning(row)) for row in DIALECTS)),
        "managed": table(("directive", "instead"), ((code(name), text) for name, text in sorted(MANAGED.items()))),
    }
    return {
        DOCS / "aws-permissions.md": filled("aws-permissions.md", aws_permissions()),
        DOCS / "flavour-reference.md": filled("flavour-reference.md", reference),
        DOCS / "kubernetes-permissions.md": filled("kubernetes-permissions.md", kubernetes_permissions()),
        **{DOCS / "examples" / "rbac" / f"{name}.yml": rbac(name, job.rules) for name, job in rights.JOBS.items()},
        DOCS / "flavour.schema.json": pretty(flavour_schema()),
        DOCS / "root.schema.json": pretty(root_schema()),
        **dict(guides()),
    }


def guides() -> Iterator[tuple[Path, str]]:
    """The guide of each role that calls AWS, and of playbooks without one, with the permissions of whoever runs it."""
    given = permissions_given()
    by_role = dict(modules_by_role(given["modules"]))
    for name, modules in {**by_role, **PLAYBOOKS}.items():
        name = NAMES.get(name, name)
        path = DOCS / f"{name.replace('_', '-')}.md"
        text = path.read_text(encoding="utf-8")
        begin = BEGIN.format(name)
        before, found, rest = text.partition(begin)
        if not found:
            sys.exit(f"{path.name} lacks the line {begin}")
        shown = policies(together(given["modules"], modules), given["resources"])
        yield path, f"{before}{begin}\n\n{shown}\n\n{END}{rest.partition(END)[2]}"


def filled(name: str, parts: dict[str, str]) -> str:
    """A page from its template."""
    text = (DOCS / f"{name}.in").read_text(encoding="utf-8")
    for part, generated_text in parts.items():
        text = text.replace(f"<!-- {part} -->", generated_text)
    return text


def aws_permissions() -> dict[str, str]:
    """The parts of the page on AWS permissions."""
    given = permissions_given()
    modules: dict[str, dict[str, list[str]]] = given["modules"]
    by_role = dict(modules_by_role(modules))
    used = {module for role in roles_of_playbook() for module in by_role.get(role, ())} | {"eks_cluster_info"}
    whole = together(modules, used)
    links = ((code(role), ", ".join(f"[{code(name)}](#{name})" for name in names)) for role, names in by_role.items())
    pages = (f"## `{name}`\n\n{policies(parts, given['resources'])}" for name, parts in sorted(modules.items()))
    return {
        "roles": "\n".join(f"| {' | '.join(cells)} |" for cells in links),
        "playbook": policies(whole, given["resources"]),
        "modules": "\n\n".join(pages),
    }


def permissions_given() -> dict[str, Any]:
    """What is kept of them: the operations of each module, and the resources of actions."""
    given: dict[str, Any] = yaml.safe_load((DOCS / "aws-permissions.yml").read_text(encoding="utf-8"))
    return given


def together(known: dict[str, dict[str, list[str]]], modules: Iterable[str]) -> dict[str, list[str]]:
    """The operations of several modules."""
    names = list(modules)
    return {part: sorted({each for name in names for each in known[name].get(part, ())}) for part in ("look", "make")}


def modules_by_role(known: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """The modules that call AWS, by the role that uses them."""
    for role in sorted((COLLECTION / "roles").iterdir()):
        tasks = "".join(each.read_text("utf-8") for each in sorted(role.glob("tasks/*.yml")))
        if found := sorted(set(re.findall(r"eks\.redis\.(\w+):", tasks)) & set(known)):
            yield role.name, found


def roles_of_playbook() -> Iterator[str]:
    """Those that the playbook of prerequisites includes."""
    for tasks in (COLLECTION / "playbooks" / "tasks").glob(f"{PLAYBOOK}_*.yml"):
        yield from re.findall(r"name: eks\.redis\.(\w+)", tasks.read_text("utf-8"))


def policies(parts: dict[str, list[str]], resources: list[dict[str, Any]]) -> str:
    """The policies for looking and, beside it, for making."""
    look = needed(parts["look"])
    make = needed(parts.get("make", ())) - look
    shown = [("Look only", look), ("Make", make)]
    return "\n\n".join(f"{title}:\n\n{policy(actions, resources)}" for title, actions in shown if actions)


def needed(operations: Iterable[str]) -> set[str]:
    """The IAM actions of operations, ``service:Operation``."""
    return {action for each in operations for action in permissions.actions(*each.split(":"))} - FREE


def policy(actions: Iterable[str], resources: list[dict[str, Any]]) -> str:
    """A policy document, one statement for each set of resources."""
    by_resources: dict[tuple[str, ...], list[str]] = {}
    for action in sorted(actions):
        row = next(row for row in resources if any(fnmatchcase(action, pattern) for pattern in row["actions"]))
        by_resources.setdefault(tuple(row["scope"]), []).append(action)
    statements = [{"Effect": "Allow", "Action": names, "Resource": list(on)} for on, names in by_resources.items()]
    return f"```json\n{json.dumps(documents.policy(statements), indent=2)}\n```"


def kubernetes_permissions() -> dict[str, str]:
    """The parts of the page on the rights in Kubernetes."""
    links = (
        (job.does, ", ".join(map(code, job.playbooks)), f"[{code(f'{name}.yml')}](examples/rbac/{name}.yml)")
        for name, job in rights.JOBS.items()
    )
    pages = (f"## `{name}`\n\nTo {job.does}.\n\n{reasons(job.rules)}" for name, job in rights.JOBS.items())
    return {"jobs": table(("to", "playbooks", "example"), links), "rules": "\n\n".join(pages)}


def reasons(rules: Iterable[rights.Rule]) -> str:
    """What each rule is for, a table a place."""
    by_place: dict[str, list[tuple[str, ...]]] = {}
    for rule in dict.fromkeys(rules):
        names = ", ".join(
            code(".".join(filter(None, reversed(rights.resource(kind, rule.part))))) for kind in rule.kinds
        )
        case = f"; where {rule.rare}" if rule.rare else ""
        lost = rule.lost or "an error that names the verb"
        row = (
            names,
            ", ".join(rule.verbs),
            f"{rule.why}{case}",
            f"{lost}; **not in the example**" if rule.apart else lost,
        )
        by_place.setdefault(rule.where, []).append(row)
    header = ("resources", "verbs", "to", "without it")
    return "\n\n".join(
        f"{title}:\n\n{table(header, by_place[place])}" for place, (_name, title) in PLACES.items() if place in by_place
    )


def rbac(name: str, rules: Iterable[rights.Rule]) -> str:
    """The Roles of a job and who has them, as somebody applies them."""
    head = (
        "---\n# Made of what the playbooks ask for; docs/kubernetes-permissions.md says what each right is for.\n"
        "# Put your own in place of the namespaces apps, monitoring and redis-operator, and of the group eks-redis.\n"
    )
    parts = [part for place, granted in rights.roles(rules).items() for part in role(name, PLACES[place][0], granted)]
    items = (f"  - {textwrap.indent(part, '    ').lstrip()}" for part in parts)
    return f"{head}apiVersion: v1\nkind: List\nitems:\n{''.join(items)}"


def role(job: str, namespace: str, granted: Iterable[dict[str, list[str]]]) -> Iterator[str]:
    """A Role, or without namespace a ClusterRole, and its binding."""
    kind = "Role" if namespace else "ClusterRole"
    where = f", namespace: {namespace}" if namespace else ""
    metadata = f"metadata: {{name: eks-redis-{job}{where}}}"
    lines = [f"apiVersion: {RBAC}/v1", f"kind: {kind}", metadata, "rules:"]
    for rule in granted:
        shown = {key: ", ".join(one or '""' for one in values) for key, values in rule.items()}
        first, *others = (f"{key}: [{values}]" for key, values in shown.items())
        lines += [f"  - {first}", *(f"    {other}" for other in others)]
    yield "\n".join([*lines, ""])
    lines = [f"apiVersion: {RBAC}/v1", f"kind: {kind}Binding", metadata]
    lines += [f"roleRef: {{apiGroup: {RBAC}, kind: {kind}, name: eks-redis-{job}}}", "subjects:"]
    yield "\n".join([*lines, f"  - {{apiGroup: {RBAC}, kind: Group, name: eks-redis}}", ""])


def rows(fields: Iterable[Field]) -> Iterator[tuple[str, ...]]:
    """The table of the fields."""
    for field in fields:
        counted = "all" if modes(field.path) == MODES else ", ".join(modes(field.path))
        yield code(field.path), escaped(field.kind.allowed), default(field), escaped(field.doc), counted


def by_mode() -> Iterator[tuple[str, ...]]:
    """What a field does in each mode, for those that do not do the same in all."""
    for path, effects in BY_MODE.items():
        yield code(path), *(escaped(effects.get(mode, "–")) for mode in MODES)


def default(field: Field) -> str:
    """The default as it stands in a file, or how it follows from other fields."""
    if isinstance(field.default, Derived):
        return escaped(field.default.text)
    empty = {"": '""', (): "[]"}
    is_empty = isinstance(field.default, (str, tuple)) and field.default in empty
    return code(empty[field.default] if is_empty else json.dumps(field.default).strip('"'))


def meaning(row: Dialect) -> str:
    """The canonical side of a dialect."""
    return code(row.canonical) + (" + 1" if row.convert else "")


def escaped(text: str) -> str:
    """Text in a cell of a table."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|")


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`"


def table(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, ("---",) * len(header), *lines))


def pretty(schema: object) -> str:
    """JSON as it is kept in the repository."""
    return json.dumps(schema, indent=1, ensure_ascii=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write, or with --check compare."""
    stale = {path: text for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text}
    if "--check" in arguments:
        for path in stale:
            print(f"{path.name} is not current: run docs/generate.py")
        return bool(stale)
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
