"""The stand-in for tests: in the test's own process, or the laboratory's.

    with stand_in() as aws:                          # a server of its own, on a free port of loopback
        account = aws.account(cluster={"name": "prod", "version": "1.34"})
        os.environ.update(account.environment)       # for boto3, awscli and modules
        account.client("eks").describe_cluster(name="prod")
        account.fail("eks", "CreateAddon", "Throttling", times=2)
        account.addon("aws-ebs-csi-driver", polls=3, status="CREATE_FAILED", issues=[{"code": …, "message": …}])
        assert not [call for call in account.calls() if call["mutates"]]

One account per test is enough to keep tests apart; buckets are known by one name to all accounts, as in AWS. moto's
state belongs to the process: a second server of the same process would have the same, so start one per test run.
``StandIn(url)`` does the same with one that runs elsewhere, such as the laboratory's.
"""

from __future__ import annotations

import base64
import functools
import json
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from joserfc import jwt
from joserfc.jwk import RSAKey

from lab.aws.control import REGION


class Account:
    """An account of AWS, by the keys of its administrator."""

    def __init__(self, aws: StandIn, account: str, region: str, access_key_id: str, secret_access_key: str) -> None:
        self.id = account
        self.region = region
        self.keys = {"aws_access_key_id": access_key_id, "aws_secret_access_key": secret_access_key}
        self._aws = aws
        self._since = len(aws.calls())
        # making a client takes longer than ten calls
        self.client = functools.cache(self._client)

    @property
    def environment(self) -> dict[str, str]:
        """What programs need to call the stand-in as the administrator."""
        return {
            "AWS_ENDPOINT_URL": self._aws.endpoint,
            "AWS_ACCESS_KEY_ID": self.keys["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.keys["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def _client(self, service: str, region: str = "", **options: Any) -> Any:
        """Of boto3, as the administrator; options: as boto3's, such as config."""
        return boto3.client(
            service, endpoint_url=self._aws.endpoint, region_name=region or self.region, **{**self.keys, **options}
        )

    def calls(self) -> list[dict[str, Any]]:
        """Lines of the log (``journal.Journal``): every call to this account since it was made."""
        return [call for call in self._aws.calls(self._since) if call["account"] == self.id]

    def fail(self, service: str, operation: str = "", code: str = "", **more: Any) -> None:
        """Members of ``faults.Asked``; only calls to this account are meant."""
        self._aws.fail(service, operation, code, account=self.id, **more)

    def transport(self, *, secure: bool) -> None:
        """Whether aws:SecureTransport is true for requests of this account: it is, until told otherwise."""
        self._aws.post("transport", account=self.id, secure=secure)

    def addon(self, name: str, **outcome: Any) -> None:
        """Members of ``eks_updates.Outcome``: how the add-on's creation, update and deletion go from now on."""
        self._aws.post("addons", account=self.id, region=self.region, addon=name, **outcome)

    def snapshots(self, *rdbs: bytes, **outcome: Any) -> None:
        """How snapshots go from now on (``elasticache_taken.Outcome``), and what they hold, by shard."""
        given = [base64.b64encode(each).decode() for each in rdbs]
        self._aws.post("snapshots", account=self.id, region=self.region, rdbs=given, **outcome)

    def plane(self, group: str, folder: Path) -> None:
        """The nodes of this replication group are those of a plane (lab.elasticache)."""
        self._aws.post("planes", account=self.id, region=self.region, group=group, folder=str(folder))

    def no_plane(self, group: str) -> None:
        """They are gone, and the group too."""
        self._aws.delete("planes", account=self.id, region=self.region, group=group)


class Signer:
    """Makes tokens of ServiceAccounts, as the API server of a cluster does; its public key is at ``jwks``."""

    def __init__(self, jwks: Path) -> None:
        self._jwks = jwks

    @functools.cached_property
    def _key(self) -> RSAKey:
        key = RSAKey.generate_key(2048, {"kid": "test"})
        self._jwks.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        return key

    def token(
        self,
        issuer: str,
        namespace: str,
        service_account: str,
        audience: str = "sts.amazonaws.com",
        lifetime: int = 3600,
    ) -> str:
        """lifetime: seconds; of an expired token, negative."""
        now = int(time.time())
        claims = {
            "iss": issuer,
            "sub": f"system:serviceaccount:{namespace}:{service_account}",
            "aud": [audience],
            "iat": now,
            "exp": now + lifetime,
        }
        return jwt.encode({"alg": "RS256", "kid": "test"}, claims, self._key)


class StandIn:
    """signer: whose tokens it trusts, of a server in this process."""

    def __init__(self, endpoint: str, signer: Signer | None = None) -> None:
        self.endpoint = endpoint
        self._signer = signer

    @property
    def signer(self) -> Signer:
        assert self._signer, "only a stand-in of this process trusts tokens of tests"
        return self._signer

    def account(self, cluster: dict[str, Any] | None = None, region: str = REGION, account: str = "") -> Account:
        """A new account, or the one of that number. cluster: its name, and whatever DescribeCluster is to answer."""
        wanted: dict[str, Any] = {"region": region, "account": account}
        return Account(self, **self.post("accounts", **wanted, **({"cluster": cluster} if cluster else {})))

    def calls(self, since: int = 0) -> list[dict[str, Any]]:
        return self._ask(f"lab/calls?since={since}")

    def fail(self, service: str, operation: str = "", code: str = "", **more: Any) -> None:
        """Members of ``faults.Asked``."""
        self.post("faults", service=service, operation=operation, code=code, **more)

    def heal(self, key: str) -> None:
        """Forget the faults of calls to S3 that were asked for with this key, or one that begins with it. Calls that
        wait for their answer because of them get it."""
        self.delete("faults", key=key)

    def waiting(self, key: str) -> int:
        """How many do."""
        return int(self._ask(f"lab/faults?key={urllib.parse.quote(key)}"))

    def reset(self) -> None:
        """Forget every account and every fault."""
        self._ask("moto-api/reset", b"")

    def post(self, control: str, **body: Any) -> Any:
        """See control.py."""
        return self._ask(f"lab/{control}", json.dumps(body).encode())

    def delete(self, control: str, **body: Any) -> Any:
        """See control.py."""
        return self._ask(f"lab/{control}", json.dumps(body).encode(), "DELETE")

    def _ask(self, path: str, body: bytes | None = None, method: str | None = None) -> Any:
        # without a proxy that the caller may have: the server is on this machine
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(f"{self.endpoint}/{path}", body, method=method)
        with opener.open(request) as answer:
            return json.loads(answer.read())


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """A server in this process, empty at its start; ended on leaving."""
    from lab.aws.server import make

    with tempfile.TemporaryDirectory() as folder:
        jwks = Path(folder) / "jwks.json"
        server = make("127.0.0.1", 0, Path(folder) / "calls.jsonl", jwks=str(jwks))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            aws = StandIn(f"http://127.0.0.1:{server.server_port}", Signer(jwks))
            aws.reset()
            yield aws
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
