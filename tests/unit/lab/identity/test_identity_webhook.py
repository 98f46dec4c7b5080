"""The webhook as the API server meets it: over TLS, with the answers of Kubernetes and EKS given."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import urllib.error
import urllib.request
from functools import partial

import pytest

from lab import certificates, model
from lab.identity.names import WEBHOOK
from lab.identity.serving import Server, encrypted
from lab.identity.webhook import Webhook, WebhookHandler
from lab.model import Lab

ROLE = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/backup"}
ACCOUNTS = {"annotated": ROLE, "both": ROLE}
ASSOCIATED = {("apps", "associated"), ("apps", "both")}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab("test", model.FULL, tmp_path_factory.mktemp("home"))
    certificates.create(lab)
    return lab


@pytest.fixture
def ask(lab, monkeypatch):
    """Sends a pod of a ServiceAccount; the status and the response."""
    monkeypatch.setenv("no_proxy", "*")
    webhook = Webhook(
        lambda _namespace, name: ACCOUNTS.get(name, {}),
        lambda namespace, name: (namespace, name) in ASSOCIATED,
        "us-east-1",
        {"AWS_ENDPOINT_URL": "http://stand-in"},
    )
    server = Server(("127.0.0.1", 0), partial(WebhookHandler, webhook))
    encrypted(server, f"{lab.pki}/{WEBHOOK}.crt", f"{lab.pki}/{WEBHOOK}.key")
    threading.Thread(target=server.serve_forever, args=[0.01]).start()
    trusted = ssl.create_default_context(cafile=f"{lab.pki}/ca.crt")

    def ask(account, path="/mutate?timeout=10s", **other):
        pod = {"metadata": {}, "spec": {"serviceAccountName": account, "containers": [{"name": "main"}]}}
        request = {"uid": "1", "namespace": "apps", "object": pod, **other}
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
        url = f"https://127.0.0.1:{server.server_address[1]}{path}"
        try:
            with urllib.request.urlopen(url, json.dumps(review).encode(), context=trusted) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        assert (found["apiVersion"], found["kind"]) == ("admission.k8s.io/v1", "AdmissionReview")
        return 200, found["response"]

    yield ask
    server.shutdown()
    server.server_close()


def names(response):
    """The variables that the container is given."""
    assert (response["uid"], response["allowed"], response["patchType"]) == ("1", True, "JSONPatch")
    steps = {step["path"]: step["value"] for step in json.loads(base64.b64decode(response["patch"]))}
    return {entry["name"]: entry["value"] for entry in steps["/spec/containers"][0]["env"]}


def test_a_pod_without_identity_stays_as_it_is(ask):
    assert ask("default") == (200, {"uid": "1", "allowed": True})


def test_a_pod_with_a_role(ask):
    status, response = ask("annotated")
    assert status == 200
    assert names(response)["AWS_ROLE_ARN"] == ROLE["eks.amazonaws.com/role-arn"]
    assert names(response)["AWS_ENDPOINT_URL"] == "http://stand-in"
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" not in names(response)


@pytest.mark.parametrize("account", ["associated", "both"])
def test_an_association_goes_before_a_role(ask, account):
    _status, response = ask(account)
    assert names(response)["AWS_CONTAINER_CREDENTIALS_FULL_URI"] == "http://169.254.170.23/v1/credentials"
    assert names(response)["AWS_ENDPOINT_URL"] == "http://stand-in"
    assert "AWS_ROLE_ARN" not in names(response)


def test_what_fails_is_an_error_which_the_api_server_ignores(ask):
    assert ask("annotated", object={"metadata": {}}) == (500, "'spec'\n")
    assert ask("annotated", path="/other") == (404, "404 page not found\n")
