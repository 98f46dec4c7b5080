"""The sets of an instance, read from the bucket without the collection: what they claim, and whether it is so."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import boto3

from lab.aws.stand_in import StandIn

BUCKET = "eks-redis-lab-us-east-1-123456789012"
_MANIFEST = "manifest.json"


class Shelf:
    """prefix: of the instance in the bucket. aws: for faults of what is below it."""

    def __init__(self, prefix: str, endpoint: str) -> None:
        self.prefix, self.place = prefix, f"{BUCKET}/{prefix}"
        self.s3 = boto3.client("s3")
        self.aws = StandIn(endpoint)
        # a set that was made, and what its files hold, does not change but by a drill's hand
        self._sound: set[str] = set()

    def fail(self, operation: str, code: str = "", **more: Any) -> None:
        """Members of `lab.aws.faults.Asked`, for the calls to what is below the prefix."""
        self.aws.fail("s3", operation, code, **{"key": self.place, **more})

    def heal(self) -> None:
        self.aws.heal(self.place)

    def files(self) -> dict[str, list[str]]:
        """The files of each set, oldest set first."""
        found: dict[str, list[str]] = {}
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=self.prefix):
            for each in page.get("Contents", ()):
                name, _slash, file = each["Key"].removeprefix(self.prefix).partition("/")
                found.setdefault(name, []).append(file)
        return dict(sorted(found.items()))

    def claims(self) -> list[str]:
        """Sets that claim to be whole, as everybody understands that: they have a manifest."""
        return [name for name, files in self.files().items() if _MANIFEST in files]

    def read(self, name: str, file: str, **version: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=f"{self.prefix}{name}/{file}", **version)["Body"].read())

    def write(self, name: str, file: str, body: bytes) -> None:
        """Without the key of the bucket, which the administrator may not encrypt with."""
        self.s3.put_object(Bucket=BUCKET, Key=f"{self.prefix}{name}/{file}", Body=body, ServerSideEncryption="AES256")

    def copy(self, name: str, to: str) -> None:
        """Makes another set of it, of which its manifest knows: nothing but the name is another."""
        for file in self.files()[name]:
            if file != _MANIFEST:
                self.write(to, file, self.read(name, file))
        self.seal(to, {**self.manifest(name), "set": to})

    def seal(self, name: str, manifest: dict[str, Any]) -> None:
        """Writes the manifest, of files as they are by now."""
        shards = [{**one, "version_id": ""} for one in manifest["shards"]]
        self.write(name, _MANIFEST, json.dumps({**manifest, "shards": shards}).encode())

    def remove(self, name: str, file: str = "") -> None:
        """A file of a set, or all of it."""
        for each in [file] if file else self.files()[name]:
            self.s3.delete_object(Bucket=BUCKET, Key=f"{self.prefix}{name}/{each}")

    def clear(self) -> None:
        """Leaves nothing, not even what was deleted."""
        self.heal()
        self.forget_uploads()
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=self.prefix):
            for each in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                self.s3.delete_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])

    def manifest(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read(name, _MANIFEST))
        return found

    def doubts(self, name: str) -> str:
        """What a set that has a manifest lacks of what that says; nothing where all is there, byte for byte."""
        if name not in self._sound:
            wrong = [one["file"] for one in self.manifest(name)["shards"] if not self._is_there(name, one)]
            if wrong:
                return f"{name}: {', '.join(wrong)}"
            self._sound.add(name)
        return ""

    def _is_there(self, name: str, shard: dict[str, Any]) -> bool:
        if shard["file"] not in self.files()[name]:
            return False
        body = self.read(name, shard["file"])
        return (len(body), hashlib.sha256(body).hexdigest()) == (shard["bytes"], shard["sha256"])

    def has_a_part(self) -> bool:
        """Whether some of an upload that is under way has arrived."""
        listed = self.s3.list_multipart_uploads(Bucket=BUCKET, Prefix=self.prefix).get("Uploads", ())
        named = [{"Bucket": BUCKET, "Key": each["Key"], "UploadId": each["UploadId"]} for each in listed]
        return any(self.s3.list_parts(**each).get("Parts") for each in named)

    def forget_uploads(self) -> None:
        """Ends what has been left of uploads."""
        listed = self.s3.list_multipart_uploads(Bucket=BUCKET, Prefix=self.prefix).get("Uploads", ())
        for each in listed:
            self.s3.abort_multipart_upload(Bucket=BUCKET, Key=each["Key"], UploadId=each["UploadId"])
