"""EKS Pod Identity associations of the stand-in."""

from __future__ import annotations

import pytest

APP = {"clusterName": "prod", "namespace": "cache", "serviceAccount": "backup"}


@pytest.fixture
def eks(account):
    return account.client("eks")


def test_an_association_is_created_changed_and_deleted(eks, role):
    first, second = role("first"), role("second")
    made = eks.create_pod_identity_association(**APP, roleArn=first, tags={"a": "b"})["association"]
    assert (made["roleArn"], made["tags"], made["disableSessionTags"]) == (first, {"a": "b"}, False)
    named = {"clusterName": "prod", "associationId": made["associationId"]}
    eks.update_pod_identity_association(**named, roleArn=second)
    assert eks.describe_pod_identity_association(**named)["association"]["roleArn"] == second
    eks.delete_pod_identity_association(**named)
    assert eks.list_pod_identity_associations(clusterName="prod")["associations"] == []


def test_lists_are_filtered(eks, role):
    arn = role()
    eks.create_pod_identity_association(**APP, roleArn=arn)
    eks.create_pod_identity_association(**{**APP, "namespace": "other"}, roleArn=arn)
    [found] = eks.list_pod_identity_associations(clusterName="prod", namespace="other")["associations"]
    assert found["namespace"] == "other"


def test_what_eks_refuses(eks, role, refused):
    made = eks.create_pod_identity_association(**APP, roleArn=role())["association"]
    assert refused(eks.create_pod_identity_association, **APP, roleArn=made["roleArn"]) == (
        "ResourceInUseException",
        f"Association already exists: {made['associationId']}",
    )
    nobody = made["roleArn"].replace("redis", "nobody")
    assert refused(eks.create_pod_identity_association, **{**APP, "namespace": "other"}, roleArn=nobody) == (
        "InvalidParameterException",
        f"Role provided in the request does not exist: {nobody}",
    )
    assert refused(eks.describe_pod_identity_association, clusterName="prod", associationId="a-0") == (
        "ResourceNotFoundException",
        "Association not found: a-0",
    )
