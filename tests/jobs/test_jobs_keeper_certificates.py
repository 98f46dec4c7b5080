"""Certificates that pods show, with real servers that speak TLS: read anew, restarted for, never sent a password."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from jobs.servers import Server, until
from jobs.targets import GROUP

from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import COMMANDS, Keeping
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import CA_VARIABLE, USER_VARIABLE
from ansible_collections.eks.redis.plugins.module_utils.engine.authority import Pair, issue, new_authority, renewed
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.access import Access
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.certificates import Certificates
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost, Refusal
from lab.certificates import Authority
from lab.ports import LOCAL, addresses

PASSWORD = "kept-and-secret"
FILES = {"ca.crt": "ca.crt", "redis.crt": "tls.crt", "redis.key": "tls.key"}


class Secret:
    """The mounted Secret of all pods: a folder whose files are replaced."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._made = folder / "tls", folder / "made"
        self.folder.mkdir()
        self._made.mkdir()
        self.change_authority()

    def change_authority(self) -> None:
        self._authority = Authority(self._made)
        self.renew()

    def renew(self) -> None:
        self._authority.issue("redis", "redis", alternatives=("localhost",))
        for made, name in FILES.items():
            shutil.copy(self._made / made, self.folder / name)

    def put(self, authority: Pair, shown: Pair) -> None:
        """Another CA and certificate."""
        for name, content in (
            ("ca.crt", authority.certificate),
            ("tls.crt", shown.certificate),
            ("tls.key", shown.key),
        ):
            (self.folder / name).write_bytes(content)

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.crt")

    @property
    def certificate(self) -> bytes:
        text = (self.folder / "tls.crt").read_text(encoding="latin-1")
        begin, end = (f"-----{word} CERTIFICATE-----" for word in ("BEGIN", "END"))
        return ssl.PEM_cert_to_DER_cert(begin + text.partition(begin)[2].partition(end)[0] + end)

    def words(self, port: int) -> tuple[str, ...]:
        """Directives by which a Redis speaks TLS only."""
        given = {"cert-file": "tls.crt", "key-file": "tls.key", "ca-cert-file": "ca.crt"}
        files = [word for key, name in given.items() for word in (f"--tls-{key}", str(self.folder / name))]
        more = ("--tls-auth-clients", "optional", "--tls-replication", "yes")
        return ("--port", "0", "--tls-port", str(port), *files, *more)


class Served(Server):
    """A server that speaks TLS. secret: whose files it was started with."""

    secret: Secret

    def connect(self, **_options: object) -> Link:
        """Whatever it shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return Link(self.name, self.host, self.port, self.password, tls=context)

    @property
    def shown(self) -> bytes:
        link = self.connect()
        try:
            return link.certificate()
        finally:
            link.close()


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    return Secret(tmp_path)


Start = Callable[..., Served]


@pytest.fixture
def serve(tmp_path: Path, secret: Secret) -> Iterator[Start]:
    """Starts servers that speak TLS; they end with the test."""
    running: list[Served] = []

    def serve(name: str, *words: str, host: str = "", port: int = 6379, **options: Any) -> Served:
        # not where those of another test are: they have the same ports
        host = host or addresses(1)[0]
        password = options.pop("password", PASSWORD)
        served = Served(
            tmp_path / name, *secret.words(port), *words, host=host, port=port, password=password, **options
        )
        running.append(served)
        return served

    yield serve
    for one in running:
        one.kill()


def keeper(secret: Secret, redis: list[Served], sentinels: list[Served] | None = None, **options: str) -> Certificates:
    """As the job makes it, but for the name of the file in pods and for how long it waits for kubelet."""
    given = Keeping(
        "apps",
        "cache",
        tuple(one.name for one in redis),
        tuple(f"{one.host}:{one.port}" for one in redis),
        tuple(one.host for one in sentinels or ()),
        GROUP if sentinels else "",
    )
    access = Access({CA_VARIABLE: secret.ca, "REDISCLI_AUTH": PASSWORD, **options})
    assert access.trust
    return Certificates(given, access, access.trust, file=str(secret.folder / "tls.crt"), arrived=0.0)


def test_a_new_certificate_is_read_without_a_restart(secret: Secret, serve: Start, capsys) -> None:
    redis = [serve(f"cache-{number}", host=host) for number, host in enumerate(addresses(2))]
    keeping = keeper(secret, redis)
    keeping.turn()
    assert capsys.readouterr().out == ""
    before = [one.info()["run_id"] for one in redis]
    secret.renew()
    assert secret.certificate not in [one.shown for one in redis]
    keeping.turn()
    assert [one.shown for one in redis] == [secret.certificate] * 2
    assert [one.info()["run_id"] for one in redis] == before
    said = capsys.readouterr().out.splitlines()
    assert sorted(said) == [f'{{"event": "certificate", "pod": "cache-{number}"}}' for number in range(2)]


def test_a_certificate_whose_time_is_over_is_replaced(secret: Secret, serve: Start, monkeypatch) -> None:
    import datetime

    from lab import certificates

    now = secret.certificate
    monkeypatch.setattr(certificates, "VALID", datetime.timedelta(minutes=-1))
    secret.renew()
    redis = serve("cache-0")
    monkeypatch.undo()
    secret.renew()
    keeper(secret, [redis]).turn()
    assert redis.shown == secret.certificate != now


def test_a_new_authority_is_known_to_who_has_seen_the_old_one(secret: Secret, serve: Start) -> None:
    redis = serve("cache-0")
    keeping = keeper(secret, [redis])
    keeping.turn()
    secret.change_authority()
    keeping.turn()
    assert redis.shown == secret.certificate


def test_who_shows_a_certificate_of_somebody_else_gets_no_password(secret: Secret, tmp_path: Path) -> None:
    """A keeper that begins after the change, or somebody in between."""
    made = Secret(tmp_path / "other") if (tmp_path / "other").mkdir() is None else secret
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.folder / "tls.crt", made.folder / "tls.key")
    listening = socket.create_server((LOCAL, 0))
    heard = []

    def listen() -> None:
        plain, _address = listening.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as inside:
                heard.append(inside.recv(4096))
        except ssl.SSLError:
            heard.append(b"")

    thread = threading.Thread(target=listen)
    thread.start()
    given = Keeping("apps", "cache", ("cache-0",), (f"{LOCAL}:{listening.getsockname()[1]}",))
    access = Access({CA_VARIABLE: secret.ca, "REDISCLI_AUTH": PASSWORD})
    assert access.trust
    with pytest.raises(
        JobError, match=r"^cache-0: its certificate is not valid here: .*(self.signed|issuer|signature)"
    ):
        Certificates(given, access, access.trust).turn()
    thread.join()
    listening.close()
    assert heard == [b""]


def test_files_that_are_not_there_yet_are_waited_for(secret: Secret, serve: Start, tmp_path: Path, capsys) -> None:
    """kubelet brings them into the pods one after the other."""
    redis = serve("cache-0")
    mounted = Secret.__new__(Secret)
    shutil.copytree(secret.folder, tmp_path / "keeper")
    mounted.folder = tmp_path / "keeper"
    keeping = keeper(mounted, [redis])
    keeping._file = str(secret.folder / "tls.crt")
    secret._authority.issue("redis", "redis", alternatives=("localhost",))
    shutil.copy(secret._made / "redis.crt", mounted.folder / "tls.crt")
    with pytest.raises(JobError, match="^cache-0 still shows another certificate than the Secret holds$"):
        keeping.turn()
    keeping._arrived = 3600.0
    keeping.turn()
    assert capsys.readouterr().out == ""
    for made, name in FILES.items():
        shutil.copy(secret._made / made, secret.folder / name)
    keeping.turn()
    assert redis.shown == mounted.certificate


def test_a_pod_that_is_away_is_told_and_holds_up_nobody(secret: Secret, serve: Start) -> None:
    first, second = (serve(f"cache-{number}", host=host) for number, host in enumerate(addresses(2)))
    keeping = keeper(secret, [first, second])
    secret.renew()
    first.stop()
    with pytest.raises(JobError, match="^cache-0: TLS: Connection refused$"):
        keeping.turn()
    assert second.shown == secret.certificate


def test_the_least_user_is_enough(secret: Secret, serve: Start) -> None:
    redis = serve("cache-0")
    rules = COMMANDS.split()
    redis.ask("ACL", "SETUSER", "keeper", "on", f">{PASSWORD}", *rules)
    keeping = keeper(secret, [redis], **{USER_VARIABLE: "keeper"})
    secret.renew()
    keeping.turn()
    assert redis.shown == secret.certificate
    redis.ask("ACL", "SETUSER", "keeper", "-config|set")
    secret.renew()
    with pytest.raises(JobError, match="^cache-0: CONFIG: NOPERM .*'config[|]set'"):
        keeping.turn()
    link = redis.connect()
    link.ask("AUTH", "keeper", PASSWORD)
    assert link.ask("ROLE")[0] == b"master"
    for words in (("GET", "key"), ("CONFIG", "GET", "requirepass"), ("INFO",), ("PUBLISH", "channel", "x")):
        with pytest.raises(Refusal, match="NOPERM"):
            link.ask(*words)


class Watched:
    """A master and its replica, with three sentinels which start again when they end, as their containers do."""

    def __init__(self, secret: Secret, serve: Start, folder: Path) -> None:
        hosts = addresses(5)
        self.redis = [serve("cache-0", host=hosts[0])]
        self.redis.append(serve("cache-1", "--replicaof", f"{hosts[0]} 6379", host=hosts[1]))
        until(lambda: self.redis[1].info()["master_link_status"] == "up")
        self.sentinels = []
        for number, host in enumerate(hosts[2:]):
            place = folder / f"cache-sentinel-{number}"
            place.mkdir()
            words = [word.removeprefix("--") for word in secret.words(26379)]
            lines = [f"{key} {value}" for key, value in zip(words[::2], words[1::2], strict=True)]
            lines += [
                f"bind {host}\nsentinel announce-ip {host}\nprotected-mode no\ndir {place}",
                f"sentinel monitor {GROUP} {hosts[0]} 6379 2",
                f"sentinel auth-pass {GROUP} {PASSWORD}",
            ]
            (place / "sentinel.conf").write_text("\n".join(lines) + "\n")
            argv = ("redis-server", str(place / "sentinel.conf"), "--sentinel")
            name = f"cache-sentinel-{number}"
            self.sentinels.append(serve(name, host=host, port=26379, password="", argv=argv))

    def starts(self) -> None:
        for one in self.sentinels:
            if one.process.poll() is not None:
                assert one.process.returncode == 0
                one.link.close()
                one.start()

    def ended(self) -> list[str]:
        return [one.name for one in self.sentinels if one.process.poll() is not None]

    def fresh(self, secret: Secret) -> int:
        return sum(one.shown == secret.certificate for one in self.sentinels)


def together(keepers: list[Certificates]) -> bool:
    """A turn of each at the same time, as two pods may have it; True."""
    with ThreadPoolExecutor(len(keepers)) as pool:
        list(pool.map(well, keepers))
    return True


def well(keeping: Certificates) -> bool:
    """Whether a turn finds nothing to wait for."""
    try:
        keeping.turn()
    except JobError as error:
        # it waits for others, another keeper has just ended one, or a busy machine stalls it
        waits = ("sentinels wait for their new certificate", "no answer")
        assert any(one in str(error) for one in waits) or error.__class__ is Lost
        return False
    return True


def test_sentinels_restart_one_by_one_and_keep_what_they_know(
    secret: Secret, serve: Start, tmp_path: Path, capsys
) -> None:
    watched = Watched(secret, serve, tmp_path)
    keepers = [keeper(secret, watched.redis, watched.sentinels) for _each in range(2)]
    known = watched.sentinels[0].link.ask("SENTINEL", "MYID")
    secret.renew()
    for number in range(3):
        until(lambda number=number: together(keepers) and watched.ended())
        assert watched.ended() == [f"cache-sentinel-{number}"]
        watched.starts()
        assert watched.fresh(secret) == number + 1
    assert watched.sentinels[0].link.ask("SENTINEL", "MYID") == known
    until(lambda: well(keepers[0]))
    assert watched.fresh(secret) == 3
    assert capsys.readouterr().out.count('"event": "restart"') >= 3


def test_no_sentinel_restarts_while_another_is_away(secret: Secret, serve: Start, tmp_path: Path) -> None:
    watched = Watched(secret, serve, tmp_path)
    keeping = keeper(secret, watched.redis, watched.sentinels)
    watched.sentinels[2].stop()
    secret.renew()
    with pytest.raises(JobError, match="^127.*: Connection refused$"):
        keeping.turn()
    assert watched.ended() == ["cache-sentinel-2"]
    watched.starts()
    # nor while a Redis is
    watched.redis[1].stop()
    with pytest.raises(JobError, match="^cache-1: TLS: Connection refused$"):
        keeping.turn()
    assert watched.ended() == []


def test_who_comes_back_with_the_old_certificate_is_not_restarted_over_and_over(
    secret: Secret, serve: Start, tmp_path: Path
) -> None:
    watched = Watched(secret, serve, tmp_path)
    keeping = keeper(secret, watched.redis, watched.sentinels)
    old = secret.certificate
    kept = {name: (secret.folder / name).read_bytes() for name in FILES.values()}
    secret.renew()
    # a process ends a moment after it was told to, and then nothing is well any more
    until(lambda: watched.ended() or (well(keeping) and watched.ended()))
    new = {name: (secret.folder / name).read_bytes() for name in FILES.values()}
    for name, content in kept.items():
        (secret.folder / name).write_bytes(content)
    watched.starts()
    for name, content in new.items():
        (secret.folder / name).write_bytes(content)
    assert watched.sentinels[0].shown == old
    with pytest.raises(JobError, match="has been restarted and still shows another certificate than the Secret holds$"):
        keeping.turn()
    assert watched.sentinels[0].process.poll() is None


def test_what_is_mounted_must_be_a_certificate(secret: Secret) -> None:
    keeping = keeper(secret, [])
    os.remove(secret.folder / "tls.crt")
    with pytest.raises(JobError, match=r"tls.crt: cannot be read: .*No such file"):
        keeping.turn()
    (secret.folder / "tls.crt").write_text("nothing")
    with pytest.raises(JobError, match=r"tls.crt: holds no certificate in PEM$"):
        keeping.turn()


# as openssl pkcs12 and openssl x509 -text write it, and as people do
BEFORE = {
    "a blank line": b"\n",
    "a bag": b"Bag Attributes\n    localKeyID: 01\nsubject=CN = redis\n\nissuer=CN = laboratory\n\n",
    "UTF-8": "# B\u00fcro, Gen\u00e8ve\n".encode(),
    "another encoding": b"# B\xfcro\r\n",
}


@pytest.mark.parametrize("text", BEFORE.values(), ids=BEFORE)
def test_text_around_certificates_is_left_out(secret: Secret, serve: Start, text: bytes) -> None:
    """As Redis itself does it."""
    for name in ("tls.crt", "ca.crt"):
        file = secret.folder / name
        file.write_bytes(text + file.read_bytes() + text)
    redis = serve("cache-0")
    keeping = keeper(secret, [redis])
    keeping.turn()
    assert redis.shown == secret.certificate
    secret.renew()
    keeping.turn()
    assert redis.shown == secret.certificate


def test_a_ca_that_was_renewed_with_its_key_is_taken_in_by_one_after_the_other(secret: Secret, serve: Start) -> None:
    """While one has the new files and the other has not, they follow each other, and a new keeper trusts both."""
    above = new_authority("apps/cache")
    later = renewed(above)
    secret.put(above, issue(above, "apps/cache", ["localhost"], 90))
    first = serve("cache-0")
    secret.put(later, issue(later, "apps/cache", ["localhost"], 90))
    assert above.certificate != later.certificate
    second = serve("cache-1", "--replicaof", f"{first.host} 6379", host=addresses(1)[0])
    assert first.shown != second.shown == secret.certificate
    until(lambda: second.info()["master_link_status"] == "up")
    keeping = keeper(secret, [first, second])
    keeping.turn()
    assert first.shown == second.shown == secret.certificate
    assert second.info()["master_link_status"] == "up"
