"""Playbook migrate_from_elasticache: what can be run of it without a cluster, as people run it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from caches import GROUP, TOKEN, node, replication_group, used
from conftest import Account

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.contract.source import read


class Plays:
    """Runs the playbook in a directory, as somebody who may do everything in the account."""

    def __init__(self, account: Account, directory: Path) -> None:
        self._directory = directory
        keys = {"access_key": "AWS_ACCESS_KEY_ID", "secret_key": "AWS_SECRET_ACCESS_KEY", "region": "AWS_REGION"}
        given = {name: str(account.options[option]) for option, name in keys.items()}
        endpoint = {"AWS_ENDPOINT_URL": str(account.options["endpoint_url"]), "NO_PROXY": "*", "no_proxy": "*"}
        self._environment = {**os.environ, **given, **endpoint}

    def __call__(self, *options: str, **variables: Any) -> tuple[int, str]:
        """The exit code and the output."""
        command = ("ansible-playbook", "eks.redis.migrate_from_elasticache", "-e", json.dumps(variables), *options)
        done = subprocess.run(
            command, cwd=self._directory, env=self._environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def play(account: Account, tmp_path: Path) -> Plays:
    return Plays(account, tmp_path)


def test_a_group_is_assessed_and_derived(play: Plays, account: Account, tmp_path: Path) -> None:
    replication_group(account, TransitEncryptionEnabled=True, AuthToken=TOKEN)
    used(account, node(f"{GROUP}-001"))
    code, output = play(replication_group_id=GROUP, redis_exit_days=2)
    assert code == 0 and "recommended: the way live, freeze 2.1 s" in output
    assert list(tmp_path.iterdir()) == []
    given = {"replication_group_id": GROUP, "redis_exit_days": 2, "redis_exit_stage": "derive", "redis_name": "shop"}
    assert "changed=1 " in play("--check", **given)[1]
    assert list(tmp_path.iterdir()) == []
    code, output = play(**given, redis_backup_bucket="shop-backups", redis_exit_secret="redis-token")
    assert code == 0, output
    assert f"-e redis_flavour_file={tmp_path}/shop.yml -e redis_root_file={tmp_path}/shop.root.yml" in output
    flavour, root = read(str(tmp_path / "shop.yml")), read(str(tmp_path / "shop.root.yml"))
    assert flavour.data["backup"]["s3Bucket"] == "shop-backups"
    assert root.data["authentication"]["existingSecret"]["name"] == "redis-token"
    assert resolve(flavour, root, name="shop", namespace="shop").errors == ()
    assert TOKEN not in output


def test_what_somebody_changed_stays(play: Plays, account: Account, tmp_path: Path) -> None:
    replication_group(account)
    given = {"replication_group_id": GROUP, "redis_exit_days": 1, "redis_exit_stage": "derive"}
    play(**given)
    file = tmp_path / f"{GROUP}.yml"
    derived = file.read_text()
    file.write_text("{}\n")
    assert "changed=0 " in play(**given)[1]
    assert file.read_text() == "{}\n"
    assert "changed=1 " in play(**given, redis_force=True)[1]
    assert file.read_text() == derived


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({}, "replication_group_id is needed, for example: -e replication_group_id=shop-prod -e aws_region=us-east-1"),
        ({"replication_group_id": "x", "redis_exit_stge": "derive"}, "redis_exit_stge: unknown variable; known: "),
        (
            {"replication_group_id": "x", "redis_exit_stage": "copy"},
            "redis_exit_stage: 'copy' cannot be used; allowed: assess or derive",
        ),
        (
            {"replication_group_id": "x", "redis_exit_days": 0},
            "redis_exit_days: '0' cannot be used; allowed: a number of",
        ),
        (
            {"replication_group_id": "nobody"},
            "no replication group and no serverless cache nobody in region us-east-1 of",
        ),
        (
            {"replication_group_id": "x", "aws_region": "us-esat-1"},
            "region 'us-esat-1' is no name of an AWS region; did",
        ),
    ],
)
def test_what_is_wrong_is_one_line(play: Plays, variables: dict[str, Any], problem: str) -> None:
    code, output = play(**variables)
    (failed,) = (line for line in output.splitlines() if line.startswith("fatal:"))
    assert code != 0 and f'"msg": "{problem}' in failed
