"""What can happen to a backup, each made to happen: no set, no upload that stays open, one line that says why."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from conftest import Start
from jobs.bucket import ONCE, Bucket, Job
from jobs.groups import cluster, replicated
from jobs.meddling import Meddling
from jobs.servers import Server, until

from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Source
from ansible_collections.eks.redis.plugins.module_utils.jobs.backup import Attempt
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError, Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store

BIG = ("--rdbcompression", "no", "--enable-debug-command", "yes")


def filled(start: Start, *words: str) -> Server:
    """A server with 65 MB, more than is on its way at any time."""
    server = start("cache-0", *BIG, *words)
    server.ask("DEBUG", "POPULATE", 26_000, "key", 2500)
    return server


def dawdling(server: Server, microseconds: int = 2000) -> None:
    """From its next copy on it takes so long for each key: 26 000 of them take most of a minute."""
    server.ask("CONFIG", "SET", "rdb-key-save-delay", microseconds)


def in_the_middle(bucket: Bucket, job: Job) -> None:
    """Waits until a part of the copy of a server that dawdles has arrived: much more is still to come."""
    until(lambda: bucket.has_a_part() or job.process.poll() is not None)
    assert job.process.poll() is None, job.text


def killed(server: Server) -> None:
    server.process.kill()


def flushed(server: Server) -> None:
    server.ask("FLUSHALL")


def shed(server: Server) -> None:
    """As too slow, or by a person."""
    server.ask("CLIENT", "KILL", "TYPE", "replica")


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (killed, "it broke the copy off: it was stopped, or shed the copy as too slow (redis-cli: I/O Error"),
        (flushed, "it broke the copy off"),
        (shed, "it broke the copy off"),
    ],
)
def test_the_server_is_lost_in_the_middle(
    happens: Callable[[Server], None], reason: str, start: Start, bucket: Bucket
) -> None:
    server = filled(start)
    dawdling(server)
    job = Job(bucket, "backup", bucket.settings(server))
    in_the_middle(bucket, job)
    happens(server)
    assert reason in job.failed()
    assert bucket.is_empty()


def test_the_server_hangs_in_the_middle(start: Start, bucket: Bucket) -> None:
    server = filled(start)
    dawdling(server)
    job = Job(bucket, "backup", bucket.settings(server, source=replace(ONCE, stall=2)))
    # a busy machine may have it hang by itself, and before that
    until(lambda: bucket.has_a_part() or job.process.poll() is not None)
    server.process.send_signal(signal.SIGSTOP)
    assert "no byte came for 2 s after " in job.failed()
    assert bucket.is_empty()


def test_the_next_try_goes_well(start: Start, bucket: Bucket) -> None:
    server = filled(start)
    dawdling(server)
    job = Job(bucket, "backup", bucket.settings(server, source=replace(ONCE, tries=2)))
    in_the_middle(bucket, job)
    dawdling(server, 0)
    shed(server)
    made = job.done()
    assert "it broke the copy off" in job.said("again")[0]["reason"]
    assert bucket.files() == [f"{made['set']}/manifest.json", f"{made['set']}/shard-00000.rdb"]
    assert not bucket.uploads()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("wrong", "invalid username-password pair"),
        ("", "NOAUTH Authentication required"),
    ],
)
def test_the_password_is_wrong(given: str, reason: str, start: Start, bucket: Bucket) -> None:
    job = Job(bucket, "backup", bucket.settings(start("cache-0", password="right")), given)
    said = job.failed()
    assert reason in said and "the password of the job is not the one of the instance" in said
    assert not job.said("again") and bucket.is_empty()


@pytest.mark.parametrize(
    ("words", "rights", "reason"),
    [
        ((), "-sync", "the user may not copy it: its ACL needs +sync"),
        (("--rename-command", "SYNC", ""), "+@all", "it has no command SYNC, which was renamed"),
    ],
)
def test_the_server_does_not_let_itself_be_copied(
    words: tuple[str, ...], rights: str, reason: str, start: Start, bucket: Bucket
) -> None:
    server = start("cache-0", *words)
    server.ask("ACL", "SETUSER", "default", rights)
    job = Job(bucket, "backup", bucket.settings(server, source=replace(ONCE, tries=3)))
    assert reason in job.failed()
    # another try would not help
    assert not job.said("again") and bucket.is_empty()


def test_the_server_is_loading(start: Start, bucket: Bucket) -> None:
    server = start("cache-0", "--enable-debug-command", "yes", "--loading-process-events-interval-bytes", "1024")
    server.ask("DEBUG", "POPULATE", 20_000)
    server.ask("CONFIG", "SET", "key-load-delay", 5000)
    server.connect().send("DEBUG", "RELOAD")
    until(lambda: server.info()["loading"] == "1")
    assert "is loading its data" in Job(bucket, "backup", bucket.settings(server)).failed()
    assert bucket.is_empty()


def test_nobody_answers(start: Start, bucket: Bucket) -> None:
    server = start("cache-0")
    server.kill()
    assert Job(bucket, "backup", bucket.settings(server)).failed() == (
        f"there is no master: {server.host}:{server.port} (INFO: Connection refused)"
    )
    assert bucket.is_empty()


def test_two_masters(start: Start, bucket: Bucket) -> None:
    one, other = start("cache-0"), start("cache-1")
    assert "both call themselves master" in Job(bucket, "backup", bucket.settings(one, other)).failed()
    assert bucket.is_empty()


def test_the_master_dies_while_its_replica_is_copied(start: Start, bucket: Bucket) -> None:
    """The replica's copy may end well; whether it is the one that was meant nobody can say any more."""
    master, replica = replicated(start, 1, *BIG)
    master.ask("DEBUG", "POPULATE", 26_000, "key", 2500)
    until(lambda: replica.info()["slave_repl_offset"] == master.info()["master_repl_offset"])
    replica.ask("REPLICAOF", "NO", "ONE")
    replica.ask("DEBUG", "POPULATE", 26_000, "key", 2500)
    replica.ask("REPLICAOF", master.host, master.port)
    until(lambda: replica.info()["master_link_status"] == "up" and replica.info()["role"] == "slave")
    bucket.hold("UploadPart")
    job = Job(bucket, "backup", bucket.settings(master, replica))
    until(bucket.held)
    master.kill()
    bucket.let_go()
    assert "there is no master" in job.failed()
    assert bucket.is_empty()


def test_slots_move_meanwhile(start: Start, bucket: Bucket) -> None:
    pods = cluster(start, 3)
    bucket.hold("CompleteMultipartUpload")
    job = Job(bucket, "backup", bucket.settings(*(pod.server for pod in pods), mode="cluster"))
    until(lambda: bucket.held() == 3)
    for pod in pods:
        pod.server.ask("CLUSTER", "SETSLOT", 0, "NODE", pods[2].id)
    bucket.let_go()
    assert "slots have moved, during the backup" in job.failed()
    assert bucket.is_empty()


def test_a_shard_is_lost(start: Start, bucket: Bucket) -> None:
    """What the others have stored goes, too."""
    pods = cluster(start, 3, *BIG)
    pods[1].server.ask("DEBUG", "POPULATE", 26_000, "key", 2500)
    dawdling(pods[1].server)
    job = Job(bucket, "backup", bucket.settings(*(pod.server for pod in pods), mode="cluster"))
    until(lambda: len(job.said("stored")) == 2)
    pods[1].server.process.kill()
    assert "it broke the copy off" in job.failed()
    assert bucket.is_empty()


def test_the_job_is_told_to_end_while_parts_are_on_their_way(start: Start, bucket: Bucket) -> None:
    """They are waited for: behind the end of their upload they would stay."""
    server = filled(start)
    bucket.hold("UploadPart")
    job = Job(bucket, "backup", bucket.settings(server))
    until(lambda: bucket.held() > 1)
    job.terminate()
    until(lambda: "AbortMultipartUpload" in called(bucket))
    bucket.let_go()
    assert job.failed(143).startswith("the job was told to end (SIGTERM)")
    calls = called(bucket)
    assert calls.count("AbortMultipartUpload") == 2
    assert calls[-2:] == ["UploadPart", "AbortMultipartUpload"]
    assert bucket.is_empty()


def test_the_job_is_told_to_end_when_all_is_stored(start: Start, bucket: Bucket) -> None:
    server = start("cache-0")
    bucket.hold("HeadObject")
    job = Job(bucket, "backup", bucket.settings(server))
    until(bucket.held)
    job.terminate()
    assert job.failed(143).startswith("the job was told to end (SIGTERM)")
    bucket.let_go()
    assert bucket.is_empty()


def called(bucket: Bucket) -> list[str]:
    return [call["operation"] for call in bucket.account.calls()]


def test_the_job_is_killed_and_pruning_finds_the_remains(start: Start, bucket: Bucket) -> None:
    server = filled(start)
    dawdling(server)
    job = Job(bucket, "backup", bucket.settings(server))
    in_the_middle(bucket, job)
    job.process.kill()
    job.process.wait()
    (left,) = bucket.uploads()
    settings = bucket.settings(server)
    # not those of a backup that may be at work
    assert Job(bucket, "prune", settings).done()["deleted"] == [] and bucket.uploads() == [left]
    soon = replace(settings, retention=replace(settings.retention, grace_hours=0))
    pruned = Job(bucket, "prune", soon)
    pruned.done()
    assert pruned.said("deleted")[0]["upload"] == left and bucket.is_empty()


def test_two_backups_at_once(start: Start, bucket: Bucket) -> None:
    server = start("cache-0")
    jobs = [Job(bucket, "backup", bucket.settings(server, source=Source(tries=1))) for _each in range(2)]
    names = {job.done()["set"] for job in jobs}
    assert len(names) == 2
    assert {one.name for one in bucket.store().sets() if one.complete} == names


def attempt(bucket: Bucket, server: Server, store: Store | None = None, kms_key: str = "") -> str:
    """In this process; why it has failed, in one line."""
    with pytest.raises(JobError) as error:
        Attempt(bucket.settings(server, kms_key=kms_key), store or bucket.store(kms_key=kms_key)).run()
    (line,) = str(error.value).splitlines()
    return line


STEPS = ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "HeadObject", "PutObject"]
CODES = {
    "InternalError": (500, "S3 failed each time it was tried"),
    "SlowDown": (503, "S3 throttled this call each time it was tried"),
    "AccessDenied": (403, "check the policies of the job's role, of the bucket and of the key"),
    "ExpiredToken": (400, "the credentials of the job have expired while it ran"),
    "RequestTimeTooSkewed": (403, "the clock of the node is wrong"),
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("step", STEPS)
def test_s3_refuses(step: str, code: str, start: Start, bucket: Bucket) -> None:
    status, advice = CODES[code]
    bucket.account.fail("s3", step, code, status=status, message="No")
    line = attempt(bucket, start("cache-0"))
    assert f"s3:{step} {bucket.name}/redis/apps/cache/" in line
    # an answer to HEAD has no body: what is left of the code is its number
    assert advice in line or step == "HeadObject"
    if step == "PutObject" and status >= 500:
        # it may have arrived: pruning will say
        assert [one.state for one in bucket.store().sets()] == ["incomplete"]
    else:
        assert bucket.is_empty()
    assert not bucket.uploads()


def test_a_bad_moment_of_s3_is_borne(start: Start, bucket: Bucket) -> None:
    for step in STEPS:
        bucket.account.fail("s3", step, "SlowDown", status=503, times=1)
    server = filled(start)
    made = Attempt(bucket.settings(server), bucket.store(attempts=5)).run()
    assert [one.name for one in bucket.store().sets() if one.complete] == [made.set]


def test_the_bucket_is_gone(start: Start, bucket: Bucket) -> None:
    bucket.s3.delete_bucket(Bucket=bucket.name)
    assert "there is no such bucket; check the flavour's backup.s3Bucket" in attempt(bucket, start("cache-0"))


def test_the_key_is_disabled(start: Start, bucket: Bucket) -> None:
    bucket.account.client("kms").disable_key(KeyId=bucket.key)
    assert f"KMS.DisabledException: {bucket.key} is disabled" in attempt(bucket, start("cache-0"))
    assert bucket.is_empty()


def told_to_end(_call: dict[str, Any]) -> dict[str, Any]:
    raise Stopped


@pytest.mark.parametrize(("moment", "state"), [("before", "incomplete"), ("after", "complete")])
def test_the_job_is_told_to_end_while_it_writes_the_manifest(
    moment: str, state: str, start: Start, bucket: Bucket
) -> None:
    """Nobody knows whether it has arrived, so nothing is taken back: the set is whole, or none and pruned one day."""
    store, settings = bucket.store(), bucket.settings(start("cache-0"))
    store.client = Meddling(store.client, "put_object", **{moment: told_to_end})
    with pytest.raises(Stopped):
        Attempt(settings, store).run()
    assert [one.state for one in bucket.store().sets()] == [state]
    assert not bucket.uploads()
    soon = replace(settings, retention=replace(settings.retention, grace_hours=0))
    Job(bucket, "prune", soon).done()
    assert bucket.is_empty() == (state == "incomplete")


def torn(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "Body": bytes(given["Body"])[:-1]}


def one_part_less(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "MultipartUpload": {"Parts": given["MultipartUpload"]["Parts"][:-1]}}


def shorter(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "ContentLength": answer["ContentLength"] - 1}


def other_sum(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "ChecksumCRC32": "q83vqw==-13"}


def other_key(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "ServerSideEncryption": "AES256", "SSEKMSKeyId": ""}


@pytest.mark.parametrize(
    ("operation", "meddle", "reason"),
    [
        ("upload_part", {"before": torn}, "BadDigest: The CRC32 you specified did not match"),
        ("complete_multipart_upload", {"before": one_part_less}, "shard-00000.rdb: S3 has stored "),
        ("head_object", {"after": shorter}, "shard-00000.rdb: S3 has stored "),
        ("head_object", {"after": other_sum}, "shard-00000.rdb: S3 has stored "),
        ("head_object", {"after": other_key}, "S3 encrypts with AES256 instead of arn:aws:kms:"),
    ],
)
def test_what_is_stored_is_not_what_was_sent(
    operation: str, meddle: dict[str, Any], reason: str, start: Start, bucket: Bucket
) -> None:
    store = bucket.store(kms_key=bucket.key)
    store.client = Meddling(store.client, operation, **meddle)
    assert reason in attempt(bucket, filled(start), store)
    assert bucket.is_empty()
