"""The agent as SDKs meet it: over HTTP, with the answers of eks-auth given."""

from __future__ import annotations

import base64
import datetime
import json
import threading
import urllib.error
import urllib.request
from functools import partial

import pytest

from lab.identity.agent import AgentHandler, Refusal
from lab.identity.serving import Server

FAR = 4102444800  # 2100: parameters are made long before their tests run
EXPIRES = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
ANSWER = {
    "credentials": {
        "accessKeyId": "ASIAEXAMPLE",
        "secretAccessKey": "secret",
        "sessionToken": "session",
        "expiration": EXPIRES,
    },
    "assumedRoleUser": {"arn": "arn:aws:sts::123456789012:assumed-role/backup/eks-lab-pod-1", "assumeRoleId": "AROA:1"},
}


def jwt(**claims):
    parts = ({"alg": "RS256"}, {"exp": FAR, **claims})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "signature"])


@pytest.fixture
def ask(monkeypatch):
    """Sends a request; assume: what eks-auth does with the token."""
    monkeypatch.setenv("no_proxy", "*")
    servers = []

    def ask(token, assume=lambda token: ANSWER, host="169.254.170.23", path="/v1/credentials"):
        server = Server(("127.0.0.1", 0), partial(AgentHandler, assume))
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=[0.01]).start()
        url = f"http://127.0.0.1:{server.server_address[1]}{path}"
        request = urllib.request.Request(url, headers={"Host": host, "Authorization": token})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    yield ask
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_token_is_exchanged(ask):
    tokens = []
    token = jwt()
    status, text = ask(token, lambda token: tokens.append(token) or ANSWER)
    assert (status, tokens) == (200, [token])
    assert json.loads(text) == {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "secret",
        "Token": "session",
        "AccountId": "123456789012",
        "Expiration": "2030-01-02T01:04:05Z",
    }


@pytest.mark.parametrize("host", ["169.254.170.23", "169.254.170.23:80", "[fd00:ec2::23]", "[fd00:ec2::23]:80"])
def test_by_its_addresses(ask, host):
    assert ask(jwt(), host=host)[0] == 200


def test_by_no_other(ask):
    assert ask(jwt(), host="example.org:80") == (
        403,
        "Access Denied. Called agent through invalid address, please use either "
        "[169.254.170.23 fd00:ec2::23] address not example.org\n",
    )


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("", "Service account token cannot be empty"),
        (
            "secret",
            "Service account token cannot be parsed: token is malformed: token contains an invalid number of segments",
        ),
        (
            jwt(exp=1),
            "Service account token failed basic claim validations: token has invalid claims: token is expired",
        ),
        (
            jwt(nbf=FAR),
            "Service account token failed basic claim validations: token has invalid claims: token is not valid yet",
        ),
    ],
)
def test_a_token_that_can_be_seen_to_be_wrong_goes_no_further(ask, token, text):
    assert ask(token, lambda token: pytest.fail("asked")) == (400, f"{text}\n")


def test_what_is_no_claim_is_not_repeated(ask):
    status, text = ask("a.dG9wLXNlY3JldA.c")
    assert (status, text.partition(": token is malformed")[0]) == (400, "Service account token cannot be parsed")
    assert "secret" not in text


def test_refusals_of_the_service_are_passed_on(ask):
    def assume(token):
        raise Refusal(403, "[1]: (AccessDeniedException): no, fault: client")

    assert ask(jwt(), assume) == (403, "[1]: (AccessDeniedException): no, fault: client\n")


def test_a_service_that_fails_is_not_the_client_s_fault(ask):
    def assume(token):
        raise OSError("unreachable")

    assert ask(jwt(), assume) == (500, "unreachable\n")


def test_other_paths(ask):
    assert ask("", path="/v1/other") == (404, "404 page not found\n")
    assert ask("", path="/healthz") == (200, "ok\n")
