"""The webhook: ``python -m lab.identity.webhook``. The API server shows it every new pod, and it answers with a patch.

A ServiceAccount is read anew for each pod, and so is its association: who has just made one need not wait.
"""

from __future__ import annotations

import argparse
import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import botocore.session

from lab.identity import injection
from lab.identity.names import WEBHOOK, WEBHOOK_PORT
from lab.identity.serving import TEXT, Handler, Server, encrypted

MUTATE = "/mutate"
# namespace, name -> annotations, and -> whether there is an association
Annotations = Callable[[str, str], Mapping[str, str]]
Associated = Callable[[str, str], bool]


class Webhook:
    """laboratory: variables that no webhook of EKS sets: they lead the pods to the stand-in."""

    def __init__(
        self, annotations: Annotations, associated: Associated, region: str, laboratory: injection.Variables
    ) -> None:
        self._annotations = annotations
        self._associated = associated
        self._region = region
        self._laboratory = laboratory

    def review(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The response to the request of an AdmissionReview."""
        namespace, pod = request["namespace"], request["object"]
        account = pod["spec"].get("serviceAccountName", "default")
        annotations = self._annotations(namespace, account)
        # as on EKS, an association goes before an annotation
        identity = (
            injection.pod_identity() if self._associated(namespace, account) else injection.web_identity(annotations)
        )
        response = {"uid": request["uid"], "allowed": True}
        if identity is None:
            return response
        groups = [*injection.settings(self._region, annotations), self._laboratory]
        seconds = injection.expiration(pod["metadata"].get("annotations") or {}, annotations)
        patch = json.dumps(injection.patch(pod, identity, groups, seconds))
        print(f"{namespace}/{account}: a pod is given {identity.volume}", flush=True)
        return {**response, "patchType": "JSONPatch", "patch": base64.b64encode(patch.encode()).decode()}


class WebhookHandler(Handler):
    def __init__(self, webhook: Webhook, *rest: Any) -> None:
        self._webhook = webhook
        super().__init__(*rest)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.partition("?")[0] != MUTATE:  # the API server adds its time limit
            self.answer(404, TEXT, b"404 page not found\n")
            return
        try:
            review = json.loads(body)
            review["response"] = self._webhook.review(review.pop("request"))
        except Exception as error:  # whatever it is: the pod comes without identity, and the log says why
            self.log_error("%s: %s", type(error).__name__, error)
            self.answer(500, TEXT, f"{error}\n".encode())
        else:
            self.answer(200, "application/json", json.dumps(review).encode())


def annotations_from(server: str, pki: Path) -> Annotations:
    """Asks the API server as the webhook's own user."""
    context = ssl.create_default_context(cafile=str(pki / "ca.crt"))
    context.load_cert_chain(pki / f"{WEBHOOK}.crt", pki / f"{WEBHOOK}.key")

    def annotations(namespace: str, name: str) -> Mapping[str, str]:
        url = f"{server}/api/v1/namespaces/{namespace}/serviceaccounts/{name}"
        try:
            with urllib.request.urlopen(url, context=context, timeout=10) as answer:
                found: Mapping[str, str] = json.load(answer)["metadata"].get("annotations", {})
                return found
        except urllib.error.HTTPError as error:
            if error.code == 404:  # the API server itself refuses the pod
                return {}
            raise

    return annotations


def associated_at(endpoint: str, region: str, cluster: str) -> Associated:
    """Asks EKS; the access key is what the log of the stand-in calls us."""
    keys = {"aws_access_key_id": WEBHOOK, "aws_secret_access_key": "laboratory"}
    eks = botocore.session.get_session().create_client("eks", region_name=region, endpoint_url=endpoint, **keys)

    def associated(namespace: str, name: str) -> bool:
        found = eks.list_pod_identity_associations(clusterName=cluster, namespace=namespace, serviceAccount=name)
        return bool(found["associations"])

    return associated


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab.identity.webhook", description=__doc__)
    parser.add_argument("--server", required=True, help="URL of the API server")
    parser.add_argument("--pki", type=Path, required=True, help="folder of our certificate and of who signed it")
    parser.add_argument("--endpoint", required=True, help="URL of the AWS stand-in from here")
    parser.add_argument("--endpoint-of-pods", required=True, help="URL of the AWS stand-in from a pod")
    parser.add_argument("--cluster", required=True, help="name of the EKS cluster that we are part of")
    parser.add_argument("--region", required=True, help="its region")
    return parser


def main() -> None:
    given = arguments().parse_args()
    webhook = Webhook(
        annotations_from(given.server, given.pki),
        associated_at(given.endpoint, given.region, given.cluster),
        given.region,
        {"AWS_ENDPOINT_URL": given.endpoint_of_pods},
    )
    server = Server(("127.0.0.1", WEBHOOK_PORT), partial(WebhookHandler, webhook))
    encrypted(server, f"{given.pki}/{WEBHOOK}.crt", f"{given.pki}/{WEBHOOK}.key").serve_forever()


if __name__ == "__main__":
    main()
