"""The container that runs before Redis; what its scripts do to a volume is tested with a real Redis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.topology.startup import init_container, joining_init_container

from ..engine.shell import Shell
from .made import PASSWORD, SHAPES, TLS, instance, merged, shaped

RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


def container(**flavour: Any) -> dict[str, Any]:
    made = instance(flavour)
    return init_container(made, made.flavour.master.resources)


def test_without_a_volume_it_only_lends_its_security_context() -> None:
    assert container(persistence={"enabled": False}, image="redis:7.2.6", imagePullPolicy="Always") == {
        "enabled": False,
        "image": "redis:7.2.6",
        "imagePullPolicy": "Always",
        "securityContext": RESTRICTED,
    }


@pytest.mark.parametrize(
    ("aof", "message"),
    [
        (True, "the append-only file is new on this volume"),
        (False, "the append-only file is switched off"),
    ],
)
def test_with_a_volume_it_runs_the_script_of_the_setting(aof: bool, message: str) -> None:
    found = container(persistence={"aof": {"enabled": aof}})
    assert found["enabled"] is True
    assert found["command"] == ["sh", "-ec"]
    assert len(found["args"]) == 1
    assert message in found["args"][0]
    assert found["securityContext"] == RESTRICTED
    assert found["resources"]["limits"] == {"cpu": "1", "memory": "2Gi"}


def joining(shape: str, flavour: dict[str, Any] | None = None, root: dict[str, Any] | None = None) -> dict[str, Any]:
    made = shaped(shape, merged({"persistence": {"enabled": False}}, flavour or {}), root)
    return joining_init_container(made, made.flavour.master.resources)


@pytest.mark.parametrize(("shape", "seconds"), [("sentinel", "120"), ("replicated", "0")])
def test_only_where_sentinels_choose_a_master_it_waits_for_one(shape: str, seconds: str) -> None:
    found = joining(shape)
    assert found["env"] == [{"name": "PATIENCE", "value": seconds}]
    assert found["enabled"] is True
    assert found["command"] == ["sh", "-ec"]


def test_the_password_comes_from_the_secret() -> None:
    secret = {"secretKeyRef": {"name": "cache-auth", "key": "password"}}
    assert joining("sentinel", root=PASSWORD)["env"][1:] == [{"name": "REDIS_PASSWORD", "valueFrom": secret}]


def test_the_authority_comes_from_the_certificates_secret() -> None:
    secret = {"secretKeyRef": {"name": "cache-tls", "key": "ca.crt"}}
    assert joining("sentinel", root=TLS)["env"][1:] == [{"name": "TLS_CA", "valueFrom": secret}]


@pytest.mark.parametrize("aof", [True, False])
def test_the_volume_is_seen_to_before_the_master_is_looked_for(aof: bool) -> None:
    kept = joining("sentinel", {"persistence": {"enabled": True, "aof": {"enabled": aof}}})["args"][0]
    alone = container(persistence={"aof": {"enabled": aof}})["args"][0]
    assert kept.startswith(alone)
    assert kept.endswith(joining("sentinel")["args"][0])


# Files: the address of a pod by its name; what its Redis says by the address, or from a turn on as "address@turn"
PODS = {
    "hostname": "echo cache-1",
    "getent": r"""test -e "$HERE/${2%%.*}" || exit 2; read -r address < "$HERE/${2%%.*}"; echo "$address  $2 alias" """,
    "redis-cli": r"""
options=
until test "$1" = -h; do options="$options $1"; shift; done
test -z "$options" || echo "$options" >> "$HERE/options"
read -r turn < "$HERE/turn"
test -e "$HERE/$2@$turn" && file=$2@$turn || file=$2
echo "$2 $REDISCLI_AUTH" >> "$HERE/calls"
test -e "$HERE/$file" || { echo "Could not connect to Redis at $2:6379" >&2; exit 1; }
cat "$HERE/$file"
""",
    "sleep": r"""read -r turn < "$HERE/turn"; echo $((turn + 1)) > "$HERE/turn" """,
}
CONF = "# as the operator writes it\nport 6379"


class Start:
    """The start of Pod cache-1; peers: what they say, by their number."""

    def __init__(self, directory: Path, peers: dict[str, str]) -> None:
        self.directory, self.conf = directory, directory / "redis.conf"
        self.conf.write_text(CONF)
        self.shell = Shell(directory, PODS)
        self.shell.write(turn="0\n", **{"cache-1": "10.0.0.1\n", "10.0.0.1": master(9)})
        for peer, said in peers.items():
            number, at, turn = peer.partition("@")
            self.shell.write(**{f"cache-{number}": f"10.0.0.{number}\n", f"10.0.0.{number}{at}{turn}": said})

    def run(self, **environment: str) -> tuple[str, str]:
        """What it prints, and what it adds to the configuration."""
        found = joining("sentinel")
        (script,) = found["args"]
        assert "/etc/redis/redis.conf" in script
        argv = [*found["command"], script.replace("/etc/redis/", f"{self.directory}/")]
        done = self.shell.run(argv, **{"PATIENCE": "5", **environment})
        assert (done.code, done.stderr) == (0, "")
        now = self.conf.read_text()
        assert now.startswith(CONF)
        return done.stdout, now.removeprefix(CONF)

    @property
    def turns(self) -> str:
        return self.shell.read("turn")[0]


def master(replicas: int) -> str:
    return f"# Replication\r\nrole:master\r\nconnected_slaves:{replicas}\r\nmaster_repl_offset:5\r\n"


REPLICA = "# Replication\r\nrole:slave\r\nmaster_host:10.9.9.9\r\nconnected_slaves:0\r\n"
NO_AUTH = "NOAUTH Authentication required.\r\n"


@pytest.mark.parametrize(
    ("peers", "followed"),
    [
        ({"0": master(0)}, "10.0.0.0"),
        ({"0": master(1), "2": REPLICA}, "10.0.0.0"),
        ({"0": REPLICA, "2": master(1)}, "10.0.0.2"),
        # the one whom most follow, at a tie the first
        ({"0": master(0), "2": master(2), "3": master(1)}, "10.0.0.2"),
        ({"0": master(1), "2": master(1)}, "10.0.0.0"),
        ({"5": master(0)}, "10.0.0.5"),
    ],
)
def test_it_starts_as_a_replica_of_the_master(tmp_path: Path, peers: dict[str, str], followed: str) -> None:
    start = Start(tmp_path, peers)
    said, added = start.run()
    assert said == f"starting as a replica of the master at {followed}\n"
    assert added == f"\nreplicaof {followed} 6379\n", "a line of its own after a file without a newline at its end"
    assert start.turns == "0"


WAITING = "the other pods are replicas without a master: waiting for the sentinels to choose one\n"
SILENT = "no other pod says that it is the master, and not all answer: asking again\n"


def test_without_peers_it_starts_at_once(tmp_path: Path) -> None:
    start = Start(tmp_path, {})
    assert start.run() == ("", "")
    assert start.turns == "0"


@pytest.mark.parametrize("peers", [{"0": NO_AUTH}, {"0": "", "2": ""}])
def test_peers_that_give_no_answer_are_asked_again_and_not_for_ever(tmp_path: Path, peers: dict[str, str]) -> None:
    start = Start(tmp_path, peers)
    assert start.run() == (5 * SILENT, "")
    assert start.turns == "5"


def test_a_peer_whose_redis_is_down_is_no_peer_in_the_end(tmp_path: Path) -> None:
    start = Start(tmp_path, {})
    start.shell.write(**{"cache-0": "10.0.0.0\n"})
    assert start.run() == (5 * SILENT, "")
    assert start.shell.read("calls") == 6 * ["10.0.0.0 "]


@pytest.mark.parametrize("patience", ["0", "5"])
def test_who_cuts_its_connections_as_it_becomes_the_master_is_followed(tmp_path: Path, patience: str) -> None:
    said, added = Start(tmp_path, {"0": "", "0@1": master(0)}).run(PATIENCE=patience)
    assert said == SILENT + "starting as a replica of the master at 10.0.0.0\n"
    assert added == "\nreplicaof 10.0.0.0 6379\n"


def test_so_it_is_after_a_long_wait_for_the_sentinels(tmp_path: Path) -> None:
    said, added = Start(tmp_path, {"0": REPLICA, "0@5": "", "0@6": master(0)}).run()
    assert said == 5 * WAITING + SILENT + "starting as a replica of the master at 10.0.0.0\n"
    assert added == "\nreplicaof 10.0.0.0 6379\n"


def test_a_master_that_answers_is_followed_whoever_else_is_silent(tmp_path: Path) -> None:
    said, added = Start(tmp_path, {"0": "", "2": master(0)}).run()
    assert (said, added) == ("starting as a replica of the master at 10.0.0.2\n", "\nreplicaof 10.0.0.2 6379\n")


def test_replicas_without_a_master_are_waited_for_and_not_for_ever(tmp_path: Path) -> None:
    start = Start(tmp_path, {"0": REPLICA, "2": REPLICA})
    assert start.run() == (5 * WAITING, "")
    assert start.turns == "5"


def test_without_sentinels_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    assert Start(tmp_path, {"0": REPLICA}).run(PATIENCE="0") == ("", "")


def test_a_master_that_is_chosen_meanwhile_is_followed(tmp_path: Path) -> None:
    start = Start(tmp_path, {"0": REPLICA, "2": REPLICA, "2@3": master(1)})
    said, added = start.run()
    assert said == 3 * WAITING + "starting as a replica of the master at 10.0.0.2\n"
    assert added == "\nreplicaof 10.0.0.2 6379\n"


def test_it_never_follows_itself(tmp_path: Path) -> None:
    start = Start(tmp_path, {"0": master(0)})
    start.run()
    assert start.shell.read("calls") == ["10.0.0.0 "]


@pytest.mark.parametrize("password", ["", "correct-horse"])
def test_it_asks_with_the_password(tmp_path: Path, password: str) -> None:
    start = Start(tmp_path, {"0": master(0)})
    start.run(REDIS_PASSWORD=password)
    assert start.shell.read("calls") == [f"10.0.0.0 {password}"]


def test_with_tls_it_asks_by_tls_and_knows_the_authority(tmp_path: Path) -> None:
    start = Start(tmp_path, {"0": master(0)})
    _said, added = start.run(TLS_CA="-----BEGIN CERTIFICATE-----")
    assert added == "\nreplicaof 10.0.0.0 6379\n"
    assert start.shell.read("options") == [f" --tls --cacert {tmp_path}/peers-ca.crt"]
    assert start.shell.read("peers-ca.crt") == ["-----BEGIN CERTIFICATE-----"]


def test_without_tls_it_asks_plainly(tmp_path: Path) -> None:
    start = Start(tmp_path, {"0": master(0)})
    start.run()
    assert start.shell.read("options") == start.shell.read("peers-ca.crt") == []


NODES = {"discovery": {"nodes": "nodes.example.com"}}


def announcing(shape: str, root: dict[str, Any], **flavour: Any) -> dict[str, Any]:
    made = shaped(shape, flavour, root)
    return init_container(made, made.flavour.master.resources)


@pytest.mark.parametrize("persistent", [True, False])
def test_a_node_of_a_cluster_announces_its_name(tmp_path: Path, persistent: bool) -> None:
    found = announcing("cluster", NODES, persistence={"enabled": persistent})
    assert found["enabled"] is True
    assert found["env"] == [{"name": "DOMAIN", "value": "nodes.example.com"}]
    shell, conf = Shell(tmp_path, {"hostname": "echo cache-leader-0"}), tmp_path / "redis.conf"
    conf.write_text(CONF)
    (script,) = found["args"]
    script = script.replace("/etc/redis/", f"{tmp_path}/").replace("/data", str(tmp_path))
    done = shell.run([*found["command"], script], DOMAIN="nodes.example.com")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")
    assert conf.read_text() == (
        f"{CONF}\ncluster-announce-hostname cache-leader-0.nodes.example.com\n"
        "cluster-preferred-endpoint-type hostname\n"
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_without_names_outside_nobody_announces_any(shape: str) -> None:
    for root in ({}, NODES) if shape != "cluster" else ({},):
        found = announcing(shape, root)
        assert "env" not in found
        assert "announce" not in found["args"][0]
