"""Playbook migrate_from_elasticache: what can be run of it without a cluster, as people run it.

The rest of it is told by the story molecule/elasticache-exit.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import loaded_ansible
import pytest
from caches import GROUP, TOKEN, node, parameter_group, replication_group, sharded, used
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
        command = ("eks.redis.migrate_from_elasticache", "-e", json.dumps(variables), *options)
        return loaded_ansible.run(*command, environment=self._environment, directory=self._directory)

    def refused(self, **variables: Any) -> str:
        """The one message that it ends with."""
        code, output = self(**variables)
        (failed,) = (line for line in output.splitlines() if line.startswith("fatal:"))
        assert code != 0
        return str(json.loads(failed.partition(" => ")[2])["msg"])


@pytest.fixture
def play(account: Account, tmp_path: Path) -> Plays:
    return Plays(account, tmp_path)


def test_a_group_is_assessed_and_derived(play: Plays, account: Account, tmp_path: Path) -> None:
    replication_group(account, TransitEncryptionEnabled=True, AuthToken=TOKEN)
    used(account, node(f"{GROUP}-001"))
    code, output = play(replication_group_id=GROUP, redis_exit_days=2)
    assert code == 0 and "recommended: the way live, freeze 0.3 s" in output
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
            {"replication_group_id": "x", "redis_exit_stage": "cut-over"},
            "redis_exit_stage: 'cut-over' cannot be used; allowed: assess, derive, prepare, copy, verify, cut_over,",
        ),
        (
            {"replication_group_id": "x", "redis_exit_way": "dead"},
            "redis_exit_way: 'dead' cannot be used; allowed: live or snapshot",
        ),
        (
            {"replication_group_id": "x", "redis_exit_budget": "1m"},
            "redis_exit_budget: '1m' cannot be used; allowed: a number of seconds, 1 to 99999",
        ),
        (
            {"replication_group_id": "x", "redis_exit_keep": 0},
            "redis_exit_keep: '0' cannot be used; allowed: a number of hours, 1 to 999",
        ),
        (
            {"replication_group_id": "x", "redis_exit_sample": -1},
            "redis_exit_sample: '-1' cannot be used; allowed: a number of keys, 0 for all",
        ),
        (
            {"replication_group_id": "x", "redis_exit_copy_back": "some"},
            "redis_exit_copy_back: 'some' cannot be used; allowed: true or false",
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
    assert play.refused(**variables).startswith(problem)


@pytest.mark.parametrize("stage", ["prepare", "copy", "verify", "cut_over", "roll_back", "clean_up"])
def test_a_stage_that_needs_the_instance_says_so_before_anything_is_asked(play: Plays, stage: str) -> None:
    problem = play.refused(replication_group_id="nobody", redis_exit_stage=stage, redis_name="shop")
    assert problem.startswith("redis_name and redis_namespace are needed, for example: ")


NAMED = {"replication_group_id": GROUP, "redis_exit_days": 1, "redis_name": "shop", "redis_namespace": "shop"}


def test_without_a_stage_it_derives_and_goes_on_once_that_was_looked_through(
    play: Plays, account: Account, tmp_path: Path
) -> None:
    replication_group(account)
    assert play(**{**NAMED, "redis_namespace": ""})[0] == 0
    assert list(tmp_path.iterdir()) == []
    code, output = play(**NAMED)
    assert code == 0 and "changed=1 " in output and "the same again without a stage" in output
    assert {file.name for file in tmp_path.iterdir()} == {"shop.yml", "shop.root.yml"}
    assert play.refused(**NAMED).startswith(
        "way live: notify-keyspace-events is '', it must hold A and E; default.redis"
    )
    # half of what was derived is not yet what somebody has looked through
    (tmp_path / "shop.root.yml").unlink()
    assert "changed=1 " in play(**NAMED)[1]


@pytest.mark.parametrize("stage", ["", "prepare", "copy"])
def test_what_is_missing_is_told_with_its_command_before_anything_is_made(
    play: Plays, account: Account, tmp_path: Path, stage: str
) -> None:
    replication_group(account, CacheParameterGroupName=parameter_group(account, "shop", notify_keyspace_events="Kx"))
    flavour = {"redis_flavour": {"persistence": {"size": "1Gi"}}}
    problem = play.refused(**NAMED, **flavour, redis_exit_stage=stage)
    assert problem == (
        "way live: notify-keyspace-events is 'Kx', it must hold A and E: aws elasticache modify-cache-parameter-group "
        "--region us-east-1 --cache-parameter-group-name shop --parameter-name-values "
        "ParameterName=notify-keyspace-events,ParameterValue=AEK"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_way_by_snapshot_needs_a_bucket_and_no_events(play: Plays, account: Account) -> None:
    sharded(account)
    given = {**NAMED, "redis_exit_way": "snapshot", "redis_flavour": {"deployment": {"mode": "cluster"}}}
    for stage in ("prepare", "cut_over"):
        problem = play.refused(**given, redis_exit_stage=stage)
        assert problem == (
            "way snapshot: a bucket in us-east-1 is needed, for example: -e redis_exit_bucket=shop-exports"
        )


def test_where_no_way_is_possible_all_that_is_against_each_is_told(play: Plays, account: Account) -> None:
    replication_group(account, Engine="valkey", EngineVersion="9.0", CacheParameterGroupName=None)
    problem = play.refused(**NAMED, redis_flavour={"persistence": {"size": "1Gi"}})
    for way in ("live", "snapshot"):
        assert f"way {way}: no Redis reads what Valkey 9.0" in problem
