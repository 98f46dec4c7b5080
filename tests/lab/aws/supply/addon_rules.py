"""What EKS refuses of an add-on, in its words."""

from __future__ import annotations

import yaml
from jsonschema import Draft7Validator, ValidationError

from lab.aws.shapes import Fault
from lab.aws.supply.addon_catalogue import ADDONS, Addon, default_version, schema


def known(name: str) -> Addon:
    if name not in ADDONS:
        raise Fault("InvalidParameterException", "Addon specified is not supported")
    return ADDONS[name]


def version(addon: Addon, wanted: str | None, kubernetes: str) -> str:
    chosen = wanted or default_version(addon, kubernetes)
    if chosen is None or chosen not in addon.releases or kubernetes not in addon.releases[chosen].runs_on:
        raise Fault("InvalidParameterException", "Addon version specified is not supported")
    return chosen


def configuration(addon: Addon, values: str | None) -> None:
    """JSON or YAML, by the schema of DescribeAddonConfiguration."""
    if not values:
        return
    try:
        given = yaml.safe_load(values)
    except yaml.YAMLError:
        raise Fault(
            "InvalidParameterException", "ConfigurationValue provided in request is not valid JSON or YAML"
        ) from None
    errors = [text for error in Draft7Validator(schema(addon)).iter_errors(given) for text in _texts(error)]
    if errors:
        raise Fault(
            "InvalidParameterException",
            "ConfigurationValue provided in request is not supported: "
            f"Json schema validation failed with error: [{', '.join(errors)}]",
        )


def _texts(error: ValidationError) -> list[str]:
    if error.validator != "additionalProperties":
        return [f"{error.json_path}: {error.message}"]
    return [
        f"{error.json_path}.{name}: is not defined in the schema and the schema does not allow additional properties"
        for name in sorted(set(error.instance) - set(error.schema["properties"]))
    ]
