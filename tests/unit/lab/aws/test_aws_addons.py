"""EKS add-ons of the stand-in."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import WaiterError

EBS = {"clusterName": "prod", "addonName": "aws-ebs-csi-driver"}


@pytest.fixture
def eks(account):
    return account.client("eks")


def waited(eks, name):
    waiter = eks.get_waiter(name)
    waiter.config.delay = 0
    waiter.wait(**EBS)


def test_an_add_on_is_created_updated_and_deleted(eks):
    made = eks.create_addon(**EBS, addonVersion="v1.48.0-eksbuild.1", tags={"team": "data"})["addon"]
    assert (made["status"], made["addonVersion"], made["tags"]) == ("CREATING", "v1.48.0-eksbuild.1", {"team": "data"})
    waited(eks, "addon_active")
    values = json.dumps({"controller": {"extraVolumeTags": {"a": "b"}}})
    update = eks.update_addon(**EBS, addonVersion="v1.50.1-eksbuild.1", configurationValues=values)["update"]
    assert (update["type"], update["status"]) == ("AddonUpdate", "InProgress")
    assert {"type": "AddonVersion", "value": "v1.50.1-eksbuild.1"} in update["params"]
    assert eks.describe_addon(**EBS)["addon"]["status"] == "UPDATING"
    waited(eks, "addon_active")
    assert eks.describe_update(name="prod", updateId=update["id"], addonName=EBS["addonName"])["update"]["status"] == (
        "Successful"
    )
    addon = eks.describe_addon(**EBS)["addon"]
    assert (addon["addonVersion"], addon["configurationValues"]) == ("v1.50.1-eksbuild.1", values)
    assert eks.list_addons(clusterName="prod")["addons"] == ["aws-ebs-csi-driver"]
    assert eks.delete_addon(**EBS)["addon"]["status"] == "DELETING"
    waited(eks, "addon_deleted")
    assert eks.list_addons(clusterName="prod")["addons"] == []


def test_without_a_version_it_is_the_default_of_the_kubernetes_version(eks):
    assert eks.create_addon(**EBS)["addon"]["addonVersion"] == "v1.50.1-eksbuild.1"


def test_an_operation_takes_as_many_looks_as_asked(account, eks):
    account.addon("aws-ebs-csi-driver", polls=2)
    eks.create_addon(**EBS)
    assert [eks.describe_addon(**EBS)["addon"]["status"] for _look in range(3)] == ["CREATING", "CREATING", "ACTIVE"]


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DEGRADED"])
def test_an_operation_ends_badly_when_asked(account, eks, status):
    issue = {"code": "InsufficientNumberOfReplicas", "message": "0 of 2 are ready", "resourceIds": ["ebs-csi"]}
    account.addon("aws-ebs-csi-driver", polls=0, status=status, issues=[issue])
    eks.create_addon(**EBS)
    addon = eks.describe_addon(**EBS)["addon"]
    assert (addon["status"], addon["health"]["issues"]) == (status, [issue])


def test_the_waiter_of_botocore_sees_the_failure(account, eks):
    account.addon("aws-ebs-csi-driver", status="CREATE_FAILED")
    eks.create_addon(**EBS)
    with pytest.raises(WaiterError, match="terminal failure"):
        waited(eks, "addon_active")


def test_a_failed_update_tells_why(account, eks):
    eks.create_addon(**EBS)
    waited(eks, "addon_active")
    issue = {"code": "ConfigurationConflict", "message": "owned by helm", "resourceIds": []}
    account.addon("aws-ebs-csi-driver", polls=0, status="UPDATE_FAILED", issues=[issue])
    update = eks.update_addon(**EBS, resolveConflicts="NONE")["update"]["id"]
    ended = eks.describe_update(name="prod", updateId=update, addonName=EBS["addonName"])["update"]
    assert (ended["status"], ended["errors"][0]["errorCode"]) == ("Failed", "ConfigurationConflict")


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"addonName": "coffee"}, "InvalidParameterException", "Addon specified is not supported"),
        (
            {"addonVersion": "v9.9.9-eksbuild.1"},
            "InvalidParameterException",
            "Addon version specified is not supported",
        ),
        # runs on 1.31 at most
        (
            {"addonVersion": "v1.31.0-eksbuild.1"},
            "InvalidParameterException",
            "Addon version specified is not supported",
        ),
        ({"clusterName": "none"}, "ResourceNotFoundException", "No cluster found for name: none."),
        (
            {"configurationValues": '{"node": {"colour": "red"}}'},
            "InvalidParameterException",
            "ConfigurationValue provided in request is not supported: Json schema validation failed with error: "
            "[$.node.colour: is not defined in the schema and the schema does not allow additional properties]",
        ),
        (
            {"configurationValues": '{"controller": {"replicaCount": "two"}}'},
            "InvalidParameterException",
            "ConfigurationValue provided in request is not supported: Json schema validation failed with error: "
            "[$.controller.replicaCount: 'two' is not of type 'integer']",
        ),
        (
            {"configurationValues": "{"},
            "InvalidParameterException",
            "ConfigurationValue provided in request is not valid JSON or YAML",
        ),
        (
            {"resolveConflicts": "FORCE"},
            "InvalidParameterException",
            "CreateAddon: CreateAddonRequest.resolveConflicts is 'FORCE', not one of OVERWRITE, NONE, PRESERVE",
        ),
    ],
)
def test_what_eks_refuses(eks, refused, params, code, message):
    assert refused(eks.create_addon, **{**EBS, **params}) == (code, message)


def test_one_of_a_name_and_one_operation_at_a_time(eks, refused):
    eks.create_addon(**EBS)
    assert refused(eks.create_addon, **EBS) == ("ResourceInUseException", "Addon already exists.")
    assert refused(eks.update_addon, **EBS) == (
        "ResourceInUseException",
        "Addon aws-ebs-csi-driver cannot be modified as it is currently in CREATING state",
    )


@pytest.mark.parametrize("operation", ["describe_addon", "update_addon", "delete_addon"])
def test_an_add_on_that_is_not_there(eks, refused, operation):
    assert refused(getattr(eks, operation), **EBS) == (
        "ResourceNotFoundException",
        "No addon: aws-ebs-csi-driver found in cluster: prod",
    )


def test_its_roles_are_pod_identity_associations(eks, role):
    roles = [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role()}]
    made = eks.create_addon(**EBS, podIdentityAssociations=roles)["addon"]
    [summary] = eks.list_pod_identity_associations(clusterName="prod")["associations"]
    assert made["podIdentityAssociations"] == [summary["associationArn"]]
    assert (summary["namespace"], summary["ownerArn"]) == ("kube-system", made["addonArn"])
    waited(eks, "addon_active")
    eks.update_addon(**EBS, podIdentityAssociations=[])
    assert "podIdentityAssociations" not in eks.describe_addon(**EBS)["addon"]


def test_an_add_on_has_tags(eks):
    arn = eks.create_addon(**EBS, tags={"a": "1", "b": "2"})["addon"]["addonArn"]
    eks.tag_resource(resourceArn=arn, tags={"a": "3"})
    eks.untag_resource(resourceArn=arn, tagKeys=["b"])
    assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "3"}


def test_no_other_account_or_region_has_it(aws, account, eks):
    eks.create_addon(**EBS)
    assert aws.account(cluster={"name": "prod"}).client("eks").list_addons(clusterName="prod")["addons"] == []
    assert account.client("eks", "eu-west-1").list_clusters()["clusters"] == []


def test_versions_tell_where_they_run_and_which_is_the_default(eks):
    [addon] = eks.describe_addon_versions(addonName="aws-ebs-csi-driver", kubernetesVersion="1.34")["addons"]
    versions = {
        version["addonVersion"]: version["compatibilities"][0]["defaultVersion"] for version in addon["addonVersions"]
    }
    assert versions == {"v1.53.0-eksbuild.1": False, "v1.50.1-eksbuild.1": True, "v1.48.0-eksbuild.1": False}
    assert eks.describe_addon_versions(addonName="aws-ebs-csi-driver", kubernetesVersion="1.10")["addons"] == []


def test_lists_come_in_pages(eks):
    pages = list(eks.get_paginator("describe_addon_versions").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["addons"]) for page in pages] == [3, 1]


def test_the_configuration_is_a_schema(eks):
    answer = eks.describe_addon_configuration(addonName="aws-ebs-csi-driver", addonVersion="v1.50.1-eksbuild.1")
    assert "tolerateAllTaints" in json.loads(answer["configurationSchema"])["properties"]["node"]["properties"]
    assert answer["podIdentityConfiguration"][0]["serviceAccount"] == "ebs-csi-controller-sa"
