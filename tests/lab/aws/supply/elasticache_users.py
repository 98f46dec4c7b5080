"""User groups of ElastiCache, which moto lacks; the users themselves it has."""

from __future__ import annotations

from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply.elasticache_nodes import page
from lab.aws.supply.registry import supply

ALWAYS = {"UserGroup": ("UserGroupId", "Status", "Engine", "UserIds", "ARN")}


def user_groups() -> dict[str, dict[str, Any]]:
    return {}


@supply("elasticache", "CreateUserGroup", always=ALWAYS)
def create(request: AwsRequest) -> dict[str, Any]:
    elasticache, params = request.backend("elasticache"), request.params
    groups, name, users = kept(elasticache, user_groups), params["UserGroupId"], params.get("UserIds", [])
    if name in groups:
        raise Fault("UserGroupAlreadyExists", f"User group {name} already exists.")
    for user in users:
        if user not in elasticache.users:
            raise Fault("UserNotFound", f"User {user} not found.")
    if "default" not in [elasticache.users[user].name for user in users]:
        raise Fault("DefaultUserRequired", "The user group needs to contain a user with the user name default.")
    groups[name] = {
        "UserGroupId": name,
        "Status": "active",
        "Engine": params["Engine"],
        "UserIds": users,
        "MinimumEngineVersion": "6.0",
        "ReplicationGroups": [],
        "ARN": request.arn("elasticache", f"usergroup:{name}"),
    }
    return groups[name]


@supply("elasticache", "DescribeUserGroups", always=ALWAYS)
def describe(request: AwsRequest) -> dict[str, Any]:
    groups, wanted = kept(request.backend("elasticache"), user_groups), request.params.get("UserGroupId")
    if wanted and wanted not in groups:
        raise Fault("UserGroupNotFound", f"User Group {wanted} not found.")
    found, more = page([groups[wanted]] if wanted else list(groups.values()), request.params)
    return {"UserGroups": found, **more}
