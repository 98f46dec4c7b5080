"""Files of a rendering, and the directory they go to."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.eks.redis.plugins.module_utils.topology.directory import Directory, DirectoryError
from ansible_collections.eks.redis.plugins.module_utils.topology.files import NAME, files
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .made import PASSWORD, instance, shaped

METRICS = {"metrics": {"enabled": True, "serviceMonitor": {"enabled": True}}, "service": {"type": "NodePort"}}
MARKER = "# Rendered by eks.redis for apps/cache: change the flavour, not this file"


def rendered(flavour: dict[str, object] | None = None) -> dict[str, str]:
    made = instance(flavour, PASSWORD)
    return files(made, manifests(made))


def test_names() -> None:
    assert sorted(rendered({**METRICS, "networkPolicy": {"enabled": True}})) == [
        "10-namespace-apps.yml",
        "20-configmap-cache-config.yml",
        "30-service-cache-client.yml",
        "30-service-cache-exporter.yml",
        "40-servicemonitor-apps.cache.yml",
        "50-networkpolicy-cache-job-pods.yml",
        "50-networkpolicy-cache.yml",
        "90-redis-cache.yml",
    ]
    assert all(NAME.fullmatch(name) for name in rendered(METRICS))


@pytest.mark.parametrize(
    ("shape", "last"),
    [
        ("replicated", ["60-poddisruptionbudget-cache-pdb.yml", "90-redisreplication-cache.yml"]),
        (
            "sentinel",
            [
                "60-poddisruptionbudget-cache-pdb.yml",
                "60-poddisruptionbudget-cache-sentinel-pdb.yml",
                "90-redisreplication-cache.yml",
                "90-redissentinel-cache.yml",
            ],
        ),
        ("cluster", ["60-poddisruptionbudget-cache-pdb.yml", "90-rediscluster-cache.yml"]),
    ],
)
def test_names_in_the_other_modes(shape: str, last: list[str]) -> None:
    made = shaped(shape, {})
    assert sorted(files(made, manifests(made))) == ["10-namespace-apps.yml", "20-configmap-cache-config.yml", *last]


def test_names_of_backups() -> None:
    backup = {"enabled": True, "s3Bucket": "backups"}
    assert sorted(set(rendered({**METRICS, "backup": backup})) - set(rendered(METRICS))) == [
        "20-serviceaccount-cache-backup.yml",
        "30-service-cache-exporter-backup.yml",
        "70-cronjob-cache-backup.yml",
        "70-cronjob-cache-restore-test.yml",
        "70-deployment-cache-exporter-backup.yml",
    ]


def test_a_file_keeps_its_name_when_others_come() -> None:
    assert set(rendered()) < set(rendered(METRICS))


def test_content_is_the_object_under_a_marker() -> None:
    made = instance({**METRICS, "backup": {"enabled": True, "s3Bucket": "backups"}}, PASSWORD)
    objects = [each for each in manifests(made) if each["kind"] != "Secret"]
    for text, expected in zip(files(made, manifests(made)).values(), objects, strict=True):
        assert text.partition("\n")[0] == MARKER
        assert yaml.safe_load(text) == expected
        assert "&id" not in text


def test_long_texts_are_blocks() -> None:
    assert "  redis-additional.conf: |\n    # Rendered from" in rendered()["20-configmap-cache-config.yml"]


def write(path: Path, flavour: dict[str, object] | None = None) -> list[str]:
    directory = Directory(str(path), instance(flavour))
    changes = directory.changes(rendered(flavour))
    directory.write(changes)
    return [f"{'-' if change.after is None else '+'}{change.path.name}" for change in changes]


def test_directory_is_made_and_filled_once(tmp_path: Path) -> None:
    path = tmp_path / "clusters" / "apps"
    assert write(path) == ["+10-namespace-apps.yml", "+20-configmap-cache-config.yml", "+90-redis-cache.yml"]
    assert {each.name: each.read_text("utf-8") for each in path.iterdir()} == rendered()
    assert {each.stat().st_mode & 0o777 for each in path.iterdir()} == {0o644}
    assert write(path) == []


def test_stale_files_go_and_foreign_files_stay(tmp_path: Path) -> None:
    write(tmp_path, METRICS)
    foreign = {"kustomization.yaml": "resources: []\n", "30-service-mine.yml": "kind: Service\n", "README": MARKER}
    for name, text in foreign.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert write(tmp_path) == [
        # it lists what belongs to the instance
        "+20-configmap-cache-config.yml",
        "-30-service-cache-client.yml",
        "-30-service-cache-exporter.yml",
        "-40-servicemonitor-apps.cache.yml",
        "+90-redis-cache.yml",
    ]
    assert {each.name for each in tmp_path.iterdir()} == {*rendered(), *foreign}


def test_looking_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new"
    Directory(str(path), instance()).changes(rendered())
    assert not path.exists()


def test_a_file_edited_by_hand_is_put_right(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "90-redis-cache.yml"
    path.write_text(path.read_text("utf-8") + "# mine\n", "utf-8")
    assert write(tmp_path) == ["+90-redis-cache.yml"]


def test_another_instances_directory_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    other = tmp_path / "10-namespace-apps.yml"
    other.write_text(other.read_text("utf-8").replace("apps/cache", "apps/other"), "utf-8")
    with pytest.raises(DirectoryError) as caught:
        write(tmp_path)
    assert str(caught.value) == (
        f"dest: {other} belongs to another instance; give each instance a directory of its own"
    )


def test_somebodys_own_file_in_the_way_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "90-redis-cache.yml"
    path.write_text("kind: Redis\n", "utf-8")
    with pytest.raises(DirectoryError) as caught:
        write(tmp_path)
    assert (
        str(caught.value)
        == f"dest: {path} is in the way and was not rendered by eks.redis; move it or choose another directory"
    )
    assert path.read_text("utf-8") == "kind: Redis\n"


def test_dest_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("", "utf-8")
    with pytest.raises(DirectoryError) as caught:
        write(path)
    assert str(caught.value) == f"dest: {path}: Not a directory; give a directory"
