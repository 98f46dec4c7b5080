"""A bucket as backup_bucket makes one, and jobs that work with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.config import Config
from jobs.servers import Server, until

from ansible_collections.eks.redis.plugins.module_utils import jobs
from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Manifest, parse
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import (
    VARIABLE,
    RestoreTest,
    Retention,
    Settings,
    Source,
    Store,
)
from ansible_collections.eks.redis.plugins.module_utils.jobs import store
from lab.aws.stand_in import StandIn

PREFIX, NAMESPACE, NAME = "redis", "apps", "cache"
BASE = keys.base(PREFIX, NAMESPACE, NAME)
# one try; a busy machine may stall a server for longer than a master is silent when all is well
ONCE = Source(tries=1, max_silence=60)
PATIENCE = 120.0  # seconds; no job of a test takes as long


class Bucket:
    """With versions, and encrypted by a key of its own account. lock: with object lock, so many days for each."""

    def __init__(self, aws: StandIn, *, lock: bool = False) -> None:
        self._aws, self.account = aws, aws.account()
        self.name = f"backups-{self.account.id}"
        self.s3 = self.account.client("s3")
        self.key = self.account.client("kms").create_key()["KeyMetadata"]["Arn"]
        self.s3.create_bucket(Bucket=self.name, ObjectLockEnabledForBucket=lock)
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration={"Status": "Enabled"})
        default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}}
        self.s3.put_bucket_encryption(Bucket=self.name, ServerSideEncryptionConfiguration={"Rules": [default]})

    def settings(
        self, *servers: Server, mode: str = "standalone", source: Source = ONCE, kms_key: str = "", name: str = NAME
    ) -> Settings:
        return Settings(
            namespace=NAMESPACE,
            name=name,
            mode=mode,
            version="7.0.15",
            hosts=tuple(f"{server.host}:{server.port}" for server in servers),
            store=Store(self.name, self.account.region, PREFIX, kms_key),
            retention=Retention(7, 3, 24),
            schedule="0 2 * * *",
            restore_test=RestoreTest(""),
            source=source,
        )

    def store(self, attempts: int = 1, kms_key: str = "") -> store.Store:
        """attempts: of each call; fewer than jobs make, so that no test waits for the pauses between them."""
        config = Config(retries={"mode": "standard", "total_max_attempts": attempts}, max_pool_connections=32)
        where = Store(self.name, self.account.region, PREFIX, kms_key)
        return store.Store(self.account.client("s3", config=config), where, NAMESPACE, NAME)

    def files(self) -> list[str]:
        """Keys of all that is there, without the folder of the instance."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return sorted(each["Key"].removeprefix(BASE) for page in pages for each in page.get("Contents", ()))

    def uploads(self) -> list[str]:
        """Keys of uploads that are under way."""
        return [each["Key"] for each in self.s3.list_multipart_uploads(Bucket=self.name).get("Uploads", ())]

    def hold(self, operation: str) -> None:
        """Calls get no answer until ``let_go``; botocore waits a little longer for one."""
        self.account.fail("s3", operation, delay=50, key=f"{self.name}/")

    def held(self) -> int:
        """How many do."""
        return self._aws.waiting(f"{self.name}/")

    def let_go(self) -> None:
        self._aws.heal(f"{self.name}/")

    def has_a_part(self) -> bool:
        """Whether some of an upload that is under way has arrived."""
        listed = self.s3.list_multipart_uploads(Bucket=self.name).get("Uploads", ())
        named = [{"Bucket": self.name, "Key": each["Key"], "UploadId": each["UploadId"]} for each in listed]
        return any(self.s3.list_parts(**each).get("Parts") for each in named)

    def read(self, file: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=self.name, Key=BASE + file)["Body"].read())

    def manifest(self, name: str) -> Manifest:
        return parse(self.read(f"{name}/{keys.MANIFEST}"))

    def is_empty(self) -> bool:
        return not self.files() and not self.uploads()


class Job:
    """A command of the program in a process of its own, as in its pod. Its output is read while it comes."""

    def __init__(self, bucket: Bucket, command: str, settings: Settings, password: str = "", **variables: str) -> None:
        secret = {"REDISCLI_AUTH": password} if password else {}
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "NO_PROXY") if name in os.environ}
        environment: Mapping[str, str] = {
            **kept, **bucket.account.environment, **secret, VARIABLE: settings.as_json(), **variables
        }  # fmt: skip
        self._output = tempfile.NamedTemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", jobs.__name__, command], env=environment, stdout=self._output, stderr=self._output
        )

    @property
    def text(self) -> str:
        return Path(self._output.name).read_text()

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it has said so far, all of it JSON."""
        return [json.loads(line) for line in self.text.splitlines(keepends=True) if line.endswith("\n")]

    def said(self, event: str) -> list[dict[str, Any]]:
        return [each for each in self.events if each["event"] == event]

    def until(self, event: str) -> None:
        """Waits until it says so."""
        until(lambda: self.said(event) or self.process.poll() is not None, event)
        assert self.said(event), self.text

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def peak(self) -> int:
        """Waits for its end, a good one; the most memory that it has had, in bytes."""
        most = 0  # as the kernel keeps it; the one of wait4 has what this process had when it forked
        while self.process.poll() is None:
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            most = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), most)
            time.sleep(0.1)
        self.done()
        return most

    def done(self) -> dict[str, Any]:
        """What it says of its end, which is a good one."""
        code = self.process.wait(PATIENCE)
        last = self.events[-1]
        assert (code, last["event"]) == (0, "done"), self.text
        return last

    def failed(self, expected: int = 1) -> str:
        """Why it has failed: one line, with nothing secret in it. expected: its exit code."""
        code = self.process.wait(PATIENCE)
        last = self.events[-1]
        assert (code, last["event"]) == (expected, "failed"), self.text
        reason = str(last["reason"])
        assert len(reason.splitlines()) == 1 and "Traceback" not in self.text and "fault of the program" not in reason
        return reason
