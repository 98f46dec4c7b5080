"""The module render, through its entry point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

from ansible_collections.eks.redis.plugins.modules import render

TOKEN = "correct-horse-battery"
ROOT = {"authentication": {"enabled": True, "authToken": TOKEN}}
WHO = {"name": "cache", "namespace": "apps"}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the module; its result, with 'warnings', and 'output': all that it printed."""
    warnings: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _self, warning: warnings.append(warning))

    def run(check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        warnings.clear()
        arguments = {**WHO, **options, "_ansible_check_mode": check, "_ansible_diff": diff}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            render.main()
        output = capsys.readouterr().out
        result: dict[str, Any] = json.loads(output)
        return {**result, "output": output, "warnings": list(warnings)}

    return run


def test_objects_without_a_directory(run: Any) -> None:
    result = run(flavour={})
    assert [each["kind"] for each in result["manifests"]] == ["Namespace", "ConfigMap", "Redis"]
    assert result["changed"] is False
    assert "files" not in result


def test_no_flavour_at_all_is_the_smallest_one(run: Any) -> None:
    assert run()["manifests"] == run(flavour={})["manifests"]


def test_password_is_never_shown_nor_written(run: Any, tmp_path: Path) -> None:
    result = run(root=ROOT, dest=str(tmp_path), diff=True)
    (secret,) = (each for each in result["manifests"] if each["kind"] == "Secret")
    assert secret["data"]["password"].startswith("sha256:")
    written = "".join(path.read_text("utf-8") for path in tmp_path.iterdir())
    assert TOKEN not in result["output"] + written
    assert "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5" not in result["output"] + written
    assert "kind: Secret" not in written
    assert result["warnings"] == [
        "Secret apps/cache-auth is not written to a file; create it, with the password on standard input: "
        "kubectl -n apps create secret generic cache-auth --from-file=password=/dev/stdin"
    ]


def test_password_in_the_wrong_place_is_not_shown_either(run: Any) -> None:
    result = run(flavour=ROOT)
    assert result["msg"] == "authentication: belongs into the root, not here"
    assert TOKEN not in result["output"]


@pytest.mark.parametrize(
    "root",
    [
        {"authentication": {"enabled": True, "authtoken": TOKEN}},
        {"authentication": {"enabled": True, "authToken": {"value": TOKEN}}},
        {"authentication": {"enabled": True, "authToken": [TOKEN]}},
        {"authentication": {"enabled": True, "secret": TOKEN}},
        {"authentication": TOKEN},
        {"authentication": {"existingSecret": TOKEN}},
        {"auth": {"enabled": True, "password": TOKEN}},
    ],
)
def test_password_that_is_written_wrongly_is_not_shown_either(run: Any, root: dict[str, Any]) -> None:
    result = run(root=root)
    assert result["failed"] is True
    assert TOKEN not in result["output"]


@pytest.mark.parametrize("rules", [f"~* >{TOKEN} +@all", f"(>{TOKEN} +get)"])
def test_password_in_rules_is_not_shown_either(run: Any, rules: str) -> None:
    user = {"name": "app", "rules": rules, "passwordSecret": {"name": "app"}}
    for users in (rules, [rules], [user]):
        result = run(flavour={"acl": {"users": users}})
        assert result["failed"] is True
        assert TOKEN not in result["output"]


def test_a_short_word_in_place_of_a_mapping_masks_nothing(run: Any) -> None:
    assert run(root={"authentication": {"existingSecret": "auth"}})["msg"] == (
        "authentication.existingSecret: <hidden> is not a mapping; allowed: a mapping with the keys key, name"
    )


def test_password_without_quotes_is_not_shown_either(run: Any) -> None:
    assert "4711471147114711" not in run(root={"authentication": {"authToken": 4711471147114711}})["output"]


def test_what_stands_beside_a_password_stays_readable(run: Any) -> None:
    beside = {"enabled": "true", "existingSecret": {"name": "redis-auth", "key": "password"}}
    assert run(root={"authentication": beside})["msg"] == (
        "authentication.enabled: 'true' is not a boolean; allowed: true or false, without quotes"
    )


def test_the_rest_of_the_root_stays_readable(run: Any) -> None:
    result = run(root={**ROOT, "version": "7.2.6"})
    assert result["manifests"][-1]["spec"]["kubernetesConfig"]["image"] == "quay.io/opstree/redis:v7.2.6"


def test_files(run: Any, tmp_path: Path) -> None:
    (tmp_path / "flavour.json").write_text('{"persistence": {"size": "5Gi"}}', "utf-8")
    (tmp_path / "root.yml").write_text("version: 7.2.6\n", "utf-8")
    options = {
        "flavour_file": str(tmp_path / "flavour.json"),
        "root_file": str(tmp_path / "root.yml"),
        "dest": str(tmp_path / "out"),
    }
    first, second = run(**options), run(**options)
    assert first["files"] == ["10-namespace-apps.yml", "20-configmap-cache-config.yml", "90-redis-cache.yml"]
    assert (first["changed"], second["changed"]) == (True, False)
    redis = yaml.safe_load((tmp_path / "out" / "90-redis-cache.yml").read_text("utf-8"))
    assert redis["spec"]["storage"]["volumeClaimTemplate"]["spec"]["resources"] == {"requests": {"storage": "5Gi"}}


def test_check_mode_predicts_and_writes_nothing(run: Any, tmp_path: Path) -> None:
    dest = tmp_path / "out"
    predicted = run(dest=str(dest), check=True, diff=True)
    assert not dest.exists()
    assert predicted["diff"] == run(dest=str(dest), diff=True)["diff"]
    assert predicted["changed"] is True
    assert run(dest=str(dest), check=True, diff=True)["diff"] == []


def test_diff_shows_what_goes_and_comes(run: Any, tmp_path: Path) -> None:
    run(flavour={"service": {"type": "NodePort"}}, dest=str(tmp_path))
    listed, gone, changed = run(flavour={"image": "redis:7.2.6"}, dest=str(tmp_path), diff=True)["diff"]
    # the list of what belongs to the instance
    assert listed["after_header"] == str(tmp_path / "20-configmap-cache-config.yml")
    assert gone["before_header"] == str(tmp_path / "30-service-cache-client.yml")
    assert gone["after"] == ""
    assert "image: quay.io/opstree/redis:v7.0.15" in changed["before"]
    assert "image: redis:7.2.6" in changed["after"]


def test_the_other_modes(run: Any, tmp_path: Path) -> None:
    sentinel = run(flavour={"deployment": {"mode": "sentinel"}}, dest=str(tmp_path))
    assert sentinel["files"][-2:] == ["90-redisreplication-cache.yml", "90-redissentinel-cache.yml"]
    cluster = run(flavour={"deployment": {"mode": "cluster"}}, root={"clusterModeEnabled": True}, dest=str(tmp_path))
    assert cluster["files"][-1] == "90-rediscluster-cache.yml"
    # what the other mode had is taken away
    assert sorted(path.name for path in tmp_path.iterdir()) == cluster["files"]


def test_errors_one_a_line(run: Any, tmp_path: Path) -> None:
    dest = tmp_path / "out"
    result = run(flavour={"image": 7, "wibble": 1}, root={"version": 7}, labels={"role": "x"}, dest=str(dest))
    assert result["failed"] is True
    assert [line.partition(": ")[0] for line in result["msg"].splitlines()] == [
        "labels.role",
        "version",
        "image",
        "wibble",
    ]
    assert not dest.exists()


def test_warnings_are_told_and_strict_refuses_them(run: Any) -> None:
    line = "antiAffinity: has no effect: there is a single Redis pod"
    told = run(flavour={"antiAffinity": "required"})
    assert told["warnings"] == [line]
    refused = run(flavour={"antiAffinity": "required"}, strict=True)
    assert (refused["failed"], refused["msg"]) == (True, line)


def test_unreadable_files_are_all_named(run: Any, tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    broken = tmp_path / "root.json"
    broken.write_text('{"version": "7.0.15"', "utf-8")
    assert run(flavour_file=str(missing), root_file=str(broken))["msg"].splitlines() == [
        f"{missing}: cannot be read: No such file or directory; give the path of a JSON or YAML file",
        'root.json: line 1, column 21: expected "," or "}", found the end of the file',
    ]


def test_dest_that_cannot_be_used(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("", "utf-8")
    assert run(dest=str(path))["msg"] == f"dest: {path}: Not a directory; give a directory"
    assert run(dest=str(path / "below"))["msg"] == f"dest: {path / 'below'}: Not a directory"


def test_flavour_and_file_exclude_each_other(run: Any) -> None:
    assert "flavour|flavour_file" in run(flavour={}, flavour_file="a.json")["msg"]
