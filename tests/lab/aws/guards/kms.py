"""Keys: a policy that KMS accepts, and a state that lets a key be used."""

from __future__ import annotations

from lab.aws import keys, principals
from lab.aws.guards.registry import guard
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


@guard("kms", "CreateKey", "PutKeyPolicy")
def policy(request: AwsRequest) -> None:
    text = request.params.get("Policy")
    if text is None:
        return
    try:
        document = principals.parse(text)
    except principals.Malformed as malformed:
        raise Fault("MalformedPolicyDocumentException", str(malformed)) from None
    if any(principals.unknown(document)):
        raise Fault(
            "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."
        )


@guard("kms", "Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "CreateGrant")
def usable(request: AwsRequest) -> None:
    name = request.params.get("KeyId")
    fault = name and keys.unusable(keys.find(request, name), name)
    if fault:
        raise Fault(*fault)
