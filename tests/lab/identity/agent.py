"""The Pod Identity agent of a node: ``python -m lab.identity.agent``. It exchanges a pod's token for credentials.

Texts and status codes of refusals are those of github.com/aws/eks-pod-identity-agent. Unlike that one it keeps
nothing: an association that is gone is gone at once.
"""

from __future__ import annotations

import argparse
import base64
import functools
import json
import time
from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from lab.identity.names import AGENT_ADDRESS, AGENT_ADDRESS_IPV6, AGENT_PORT, CREDENTIALS
from lab.identity.serving import TEXT, Handler, Server

# a token -> what eks-auth's AssumeRoleForPodIdentity answers
Assume = Callable[[str], dict[str, Any]]


class Refusal(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def credentials(host: str, token: str, assume: Assume, now: float) -> dict[str, str]:
    """What SDKs expect. host: whom the request was sent to. now: seconds since the epoch."""
    name = urlsplit(f"//{host}").hostname
    if name not in (AGENT_ADDRESS, AGENT_ADDRESS_IPV6):
        addresses = f"[{AGENT_ADDRESS} {AGENT_ADDRESS_IPV6}]"
        text = f"Called agent through invalid address, please use either {addresses} address not {name}"
        raise Refusal(403, f"Access Denied. {text}")
    _check(token, now)
    found = assume(token)
    given = found["credentials"]
    return {
        "AccessKeyId": given["accessKeyId"],
        "SecretAccessKey": given["secretAccessKey"],
        "Token": given["sessionToken"],
        "AccountId": found["assumedRoleUser"]["arn"].split(":")[4],
        "Expiration": given["expiration"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _check(token: str, now: float) -> None:
    """What can be seen without the keys of the issuer."""
    if not token:
        raise Refusal(400, "Service account token cannot be empty")
    parts = token.split(".")
    try:
        if len(parts) != 3:
            raise ValueError("token contains an invalid number of segments")
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
        expires, begins = float(claims.get("exp", now + 1)), float(claims.get("nbf", now))
    except (ValueError, AttributeError) as error:
        raise Refusal(400, f"Service account token cannot be parsed: token is malformed: {error}") from None
    for wrong, text in ((now >= expires, "token is expired"), (now < begins, "token is not valid yet")):
        if wrong:
            claim = f"token has invalid claims: {text}"
            raise Refusal(400, f"Service account token failed basic claim validations: {claim}")


@functools.cache
def _eks_auth() -> Any:
    """Made at the first request: until then the agent is small and quick to start."""
    import botocore.session

    return botocore.session.get_session().create_client("eks-auth")


def assume_in(cluster: str) -> Assume:
    """Asks eks-auth, with settings and keys from the usual variables."""

    def assume(token: str) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        try:
            found: dict[str, Any] = _eks_auth().assume_role_for_pod_identity(clusterName=cluster, token=token)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            request = error.response["ResponseMetadata"].get("RequestId", "")
            code, text = error.response["Error"]["Code"], error.response["Error"]["Message"]
            fault = "client" if status < 500 else "server"
            raise Refusal(status, f"[{request}]: ({code}): {text}, fault: {fault}") from None
        return found

    return assume


class AgentHandler(Handler):
    def __init__(self, assume: Assume, *rest: Any) -> None:
        self._assume = assume
        super().__init__(*rest)

    def do_GET(self) -> None:
        if self.path != CREDENTIALS:
            super().do_GET()
            return
        host, token = self.headers.get("Host", ""), self.headers.get("Authorization", "")
        try:
            found = credentials(host, token, self._assume, time.time())
        except Exception as error:  # every failure is an answer, and what it says holds no token
            self.log_error("%s", error)
            self.answer(getattr(error, "status", 500), TEXT, f"{error}\n".encode())
        else:
            self.answer(200, "application/json", json.dumps(found).encode())


def main() -> None:
    parser = argparse.ArgumentParser(prog="lab.identity.agent", description=__doc__)
    parser.add_argument("--cluster", required=True, help="name of the EKS cluster that the node is part of")
    given = parser.parse_args()
    Server((AGENT_ADDRESS, AGENT_PORT), partial(AgentHandler, assume_in(given.cluster))).serve_forever()


if __name__ == "__main__":
    main()
