"""What is generated from the contract is current, and what is documented elsewhere agrees with it."""

from __future__ import annotations

import importlib.util
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import jsonschema
import pytest
import yaml

from ansible_collections.eks.redis.plugins.doc_fragments.flavour import ModuleDocFragment
from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import DIALECTS
from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FIELDS, FLAVOUR
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour
from ansible_collections.eks.redis.plugins.module_utils.contract.options import OPTIONS, RUN
from ansible_collections.eks.redis.plugins.module_utils.contract.schema import flavour_schema

DOCS = Path(__file__).parents[5] / "docs"


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_current() -> None:
    for path, text in generator().generated().items():
        assert path.read_text("utf-8") == text, f"{path.name}: run docs/generate.py"


def test_check_says_what_is_not_current(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = generator()
    guides = [path.name for path, _text in made.guides()]
    for source in (
        "aws-permissions.md.in",
        "aws-permissions.yml",
        "flavour-reference.md.in",
        "kubernetes-permissions.md.in",
        *guides,
    ):
        (tmp_path / source).write_bytes((DOCS / source).read_bytes())
    made.DOCS = tmp_path
    assert made.main(["--check"]) == 1
    assert "flavour.schema.json is not current: run docs/generate.py" in capsys.readouterr().out
    assert made.main([]) == 0
    assert made.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("guide", "actions"),
    [
        ("backup-bucket.md", ["s3:GetLifecycleConfiguration", "s3:CreateBucket"]),
        ("compliance.md", ["ec2:DescribeVolumes"]),
        ("ebs-csi.md", ["eks:DescribeAddon", "eks:CreateAddon", "iam:PassRole"]),
        ("kms-key.md", ["kms:DescribeKey", "kms:CreateKey"]),
        ("workload-identity.md", ["iam:GetRole", "iam:CreateRole", "eks:CreatePodIdentityAssociation"]),
    ],
)
def test_each_guide_shows_the_permissions_of_whoever_runs_it(guide: str, actions: list[str]) -> None:
    shown = (DOCS / guide).read_text("utf-8").partition("<!-- generated: permissions of ")[2].partition("<!-- end -->")
    assert shown[1] and all(f'"{action}"' in shown[0] for action in actions)


def test_a_guide_without_the_place_for_them_is_an_error(tmp_path: Path) -> None:
    made = generator()
    for source in (DOCS / "aws-permissions.yml", *(path for path, _text in made.guides())):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / "backup-bucket.md").write_text("# The backup bucket\n")
    made.DOCS = tmp_path
    with pytest.raises(
        SystemExit, match="backup-bucket.md lacks the line <!-- generated: permissions of backup_bucket"
    ):
        list(made.guides())


def test_reference_has_every_field_and_spelling() -> None:
    text = (DOCS / "flavour-reference.md").read_text("utf-8")
    for path in (*(field.path for field in FIELDS), *(row.spelled for row in DIALECTS)):
        assert f"| `{path}` |" in text


@pytest.mark.parametrize(("fragment", "options"), [("DOCUMENTATION", OPTIONS), ("RUN", RUN)])
def test_option_fragment_agrees_with_the_argument_spec(fragment, options) -> None:
    documented = yaml.safe_load(getattr(ModuleDocFragment, fragment))["options"]
    keys = ("type", "required", "default", "choices")
    assert {name: {key: option[key] for key in keys if key in option} for name, option in documented.items()} == {
        name: {key: option[key] for key in keys if key in option} for name, option in options.items()
    }


def test_flavour_class_has_every_field() -> None:
    def paths(kind: Any, prefix: str = "") -> list[str]:
        found = []
        for each in fields(kind):
            inner = get_type_hints(kind)[each.name]
            head, *words = each.name.split("_")
            name = prefix + head + "".join(word.capitalize() if word[0].isalpha() else word for word in words)
            found += paths(inner, f"{name}.") if is_dataclass(inner) else [name]
        return found

    assert sorted(paths(Flavour)) == sorted(field.path for field in FLAVOUR)


@pytest.mark.parametrize(
    "flavour",
    [
        {"persistance": {}},
        {"persistence": {"size": "5GB"}},
        {"replicaCount": "2"},
        {"deployment": {"config": {"persistence": {"enabled": 1}}}},
        {"tolerations": [{"keys": "a"}]},
        {"topologySpreadConstraints": [{"maxSkew": 1}]},
        {"backup": {"schedule": "0 25 * * *"}},
        {"nodeSelector": {"a b": "c"}},
        [],
    ],
)
def test_schema_refuses(flavour: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(flavour, flavour_schema(), cls=jsonschema.Draft202012Validator)
