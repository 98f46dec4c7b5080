"""Parameter groups of ElastiCache, which moto lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply.elasticache_catalogue import FAMILIES, MAXMEMORY, ON, PARAMETERS, Parameter
from lab.aws.supply.elasticache_nodes import page
from lab.aws.supply.registry import supply

GROUP = ("CacheParameterGroupName", "CacheParameterGroupFamily", "Description", "IsGlobal", "ARN")
DEFAULTS = [f"default.{family}{on}" for family in FAMILIES for on in ("", ON)]


@dataclass
class Group:
    name: str
    family: str
    description: str = ""
    changed: dict[str, str] = field(default_factory=dict)

    def document(self, request: AwsRequest) -> dict[str, Any]:
        return {
            "CacheParameterGroupName": self.name,
            "CacheParameterGroupFamily": self.family,
            "Description": self.description,
            "IsGlobal": False,
            "ARN": request.arn("elasticache", f"parametergroup:{self.name}"),
        }

    def parameters(self) -> list[dict[str, Any]]:
        return [self._parameter(name, known) for name, known in PARAMETERS.items()]

    def _parameter(self, name: str, known: Parameter) -> dict[str, Any]:
        value = self.changed.get(name, known.value)
        if name == "cluster-enabled" and self.name.endswith(ON):
            value = "yes"
        return {
            "ParameterName": name,
            "ParameterValue": value,
            "Description": name,
            "Source": "user" if name in self.changed else "system",
            "DataType": known.type,
            "IsModifiable": known.modifiable,
            "MinimumEngineVersion": "6.0.0",
            "ChangeType": known.change,
            **({"AllowedValues": known.allowed} if known.allowed else {}),
        }


def parameter_groups() -> dict[str, Group]:
    families = {name: name.removeprefix("default.").removesuffix(ON) for name in DEFAULTS}
    return {name: Group(name, family, f"Default parameter group for {family}") for name, family in families.items()}


def _group(request: AwsRequest) -> Group:
    name = request.params["CacheParameterGroupName"]
    found = kept(request.backend("elasticache"), parameter_groups).get(name)
    if found is None:
        raise Fault("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")
    return found


@supply("elasticache", "CreateCacheParameterGroup", always={"CacheParameterGroup": GROUP})
def create(request: AwsRequest) -> dict[str, Any]:
    params, groups = request.params, kept(request.backend("elasticache"), parameter_groups)
    name, family = params["CacheParameterGroupName"], params["CacheParameterGroupFamily"]
    if name in groups:
        raise Fault("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists")
    if family not in FAMILIES:
        raise Fault(
            "InvalidParameterValue", f"CacheParameterGroupFamily {family} is not a valid parameter group family"
        )
    groups[name] = Group(name, family, params["Description"])
    return {"CacheParameterGroup": groups[name].document(request)}


@supply("elasticache", "ModifyCacheParameterGroup", always={"CacheParameterGroupNameMessage": GROUP[:1]})
def modify(request: AwsRequest) -> dict[str, Any]:
    group = _group(request)
    if group.name in DEFAULTS:
        raise Fault("InvalidParameterValue", "The parameter group default.* cannot be modified.")
    for each in request.params["ParameterNameValues"]:
        name = each["ParameterName"]
        if name not in PARAMETERS or not PARAMETERS[name].modifiable:
            raise Fault("InvalidParameterValue", f"The parameter {name} cannot be modified")
        group.changed[name] = each["ParameterValue"]
    return {"CacheParameterGroupName": group.name}


@supply("elasticache", "DescribeCacheParameterGroups", always={"CacheParameterGroup": GROUP})
def describe_groups(request: AwsRequest) -> dict[str, Any]:
    named = "CacheParameterGroupName" in request.params
    every = kept(request.backend("elasticache"), parameter_groups).values()
    found = [_group(request)] if named else list(every)
    groups, more = page([each.document(request) for each in found], request.params)
    return {"CacheParameterGroups": groups, **more}


@supply("elasticache", "DescribeCacheParameters", always={"Parameter": ("ParameterName", "ParameterValue", "Source")})
def describe_parameters(request: AwsRequest) -> dict[str, Any]:
    source = request.params.get("Source")
    every = _group(request).parameters()
    found, more = page([each for each in every if source in (None, each["Source"])], request.params)
    types = [{"CacheNodeType": name, "Value": str(octets)} for name, octets in MAXMEMORY.items()]
    specific = {
        "ParameterName": "maxmemory",
        "Description": "The maximum memory for data and other uses",
        "Source": "system",
        "DataType": "integer",
        "AllowedValues": "0-",
        "IsModifiable": False,
        "MinimumEngineVersion": "6.0.0",
        "ChangeType": "immediate",
        "CacheNodeTypeSpecificValues": types,
    }
    with_types = source in (None, "system") and not request.params.get("Marker")
    return {"Parameters": found, "CacheNodeTypeSpecificParameters": [specific] if with_types else [], **more}
