from __future__ import annotations

import json

import pytest

from lab import cli


def test_root_is_asked_for_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(cli.os, "geteuid", lambda: 1000)
    assert cli.main(["up"]) == 1
    assert capsys.readouterr().err == "lab: root is needed: namespaces, mounts and containers; run it with sudo\n"


@pytest.mark.parametrize("command", ["env", "status"])
def test_laboratory_that_is_down(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(cli.os, "geteuid", lambda: 0)
    monkeypatch.setenv("LAB_HOME", "/nonexistent")
    assert cli.main([command, "--name", "nobody"]) == 1
    assert capsys.readouterr().err == "lab: the laboratory 'nobody' is not running; start it with make lab\n"


def test_bad_name_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(cli.os, "geteuid", lambda: 0)
    assert cli.main(["down", "--name", "No"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_nodes_of_a_level_without_nodes_are_refused(monkeypatch, capsys):
    monkeypatch.setattr(cli.os, "geteuid", lambda: 0)
    assert cli.main(["up", "--level", "control-plane", "--nodes", "6"]) == 1
    text = "lab: --nodes: the level control-plane has none; leave it away or choose the level full\n"
    assert capsys.readouterr().err == text


def test_interruption_says_what_comes_next(monkeypatch, capsys):
    monkeypatch.setattr(cli.os, "geteuid", lambda: 0)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.model, "find", interrupted)
    assert cli.main(["down"]) == 130
    assert "the next start takes away what this one left" in capsys.readouterr().err


def test_exec_names_the_nodes_there_are(tmp_path, monkeypatch, capsys):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "lab.json").write_text(json.dumps({"level": "full", "size": 3}))
    monkeypatch.setattr(cli.os, "geteuid", lambda: 0)
    monkeypatch.setenv("LAB_HOME", str(tmp_path))
    monkeypatch.setattr(cli.model, "SOCKET_PATH", 4096)
    monkeypatch.delenv("LAB_NAME", raising=False)
    assert cli.main(["exec", "--place", "node-x", "true"]) == 1
    assert cli.main(["exec"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "lab: --place: 'node-x' is none of the laboratory's nodes; allowed: node-a, node-b, node-c",
        "lab: COMMAND: missing; for instance: lab exec redis-cli -h cache.apps.svc ping",
    ]


def test_commands_are_for_the_laboratory_of_the_shell(monkeypatch, capsys):
    monkeypatch.setattr(cli.os, "geteuid", lambda: 0)
    monkeypatch.setenv("LAB_HOME", "/nonexistent")
    monkeypatch.setenv("LAB_NAME", "mine")
    assert cli.main(["status"]) == 1
    assert capsys.readouterr().err == "lab: the laboratory 'mine' is not running; start it with make lab\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["start", "No"], "NAME: 'No' is no ID of a replication group; such as shop-prod"),
        (["start", "shop", "--shards", "0"], "0 shards with 1 replicas; allowed: 1 or more, with 0 to 5"),
        (["start", "shop", "--token-file", "/nonexistent"], "--token-file: /nonexistent: No such file or directory"),
        (["stop", "shop"], "elasticache: 'shop' is not there; there is: none"),
    ],
)
def test_elasticache_refuses_in_one_line(words, told, tmp_path, monkeypatch, capsys):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "lab.json").write_text(json.dumps({"level": "full", "size": 3}))
    monkeypatch.setattr(cli.os, "geteuid", lambda: 0)
    monkeypatch.setenv("LAB_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(cli.model, "SOCKET_PATH", 4096)
    monkeypatch.delenv("LAB_NAME", raising=False)
    assert cli.main(["elasticache", *words]) == 1
    assert capsys.readouterr().err == f"lab: {told}\n"
