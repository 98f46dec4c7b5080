# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts behind the checks: claims, volumes, keys, bucket and identity, read side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.ec2 import volumes as ebs
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import api as kms
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import reads as s3
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.transformations import tls_only
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side
from ansible_collections.eks.redis.plugins.module_utils.compliance import identity
from ansible_collections.eks.redis.plugins.module_utils.compliance.checks import DRIVERS
from ansible_collections.eks.redis.plugins.module_utils.contract import arns
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.claims import claims
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

Given = Mapping[str, Any]


def facts(api: Api, aws: Aws, given: Given) -> dict[str, Any]:
    """What ``checks.checks`` takes. given: the options of module compliance_info.

    Errors: EngineError for an instance that is not there, which would pass every check.
    """
    _require_instance(api, given["namespace"], given["name"])
    reads: list[Callable[[], Any]] = [
        lambda: _storage(api, aws, given),
        lambda: _bucket(aws, given["bucket"]),
        lambda: _identity(api, aws, given),
        lambda: _wanted_key(aws, given["kms_key"]),
    ]
    storage, bucket, steps, wanted_key = side_by_side(reads)
    wanted = {"wanted_key": wanted_key, "customer_key": given["customer_key"]}
    return {**storage, "bucket": bucket, "identity": steps, **wanted}


def _require_instance(api: Api, namespace: str, name: str) -> None:
    if not any(api.map(lambda kind: api.get(kind, name, namespace), kinds.CUSTOM_RESOURCES)):
        raise EngineError(f"there is no Redis instance {namespace}/{name}; ansible-playbook eks.redis.info lists them")


def _storage(api: Api, aws: Aws, given: Given) -> dict[str, Any]:
    claimed = claims(api, given["namespace"], given["name"])
    volumes = ebs.volumes(aws, (one["handle"] for one in claimed if one["handle"] and one["driver"] in DRIVERS))
    keys = ebs.keys(aws, (one["key"] for one in volumes.values() if one and one["key"]))
    return {"claims": claimed, "volumes": volumes, "keys": keys}


def _wanted_key(aws: Aws, name: str | None) -> str | None:
    """The ARN by which volumes name it. Errors: AwsError for what is no key."""
    if not name or arns.KEY.fullmatch(name):
        return name
    if wrong := transformations.problem_with_name(name, aws.region):
        raise AwsError(f"kms_key: {wrong}")
    live = kms.key(aws, name)
    if live is None:
        raise AwsError(f"kms_key: KMS key {name} is not there in region {aws.region}; name another")
    return str(live["arn"])


def _bucket(aws: Aws, name: str | None) -> dict[str, Any] | None:
    if not name:
        return None
    live = s3.everything(aws, name)
    return {
        "name": name,
        "exists": live is not None,
        **({**live, "tls_only": tls_only(live["policy"], live["arn"])} if live else {}),
    }


def _identity(api: Api, aws: Aws, given: Given) -> list[dict[str, str]] | None:
    account = given["service_account"]
    if not account:
        return None
    asked = identity.Workload(
        given["cluster_name"],
        account["namespace"] or given["namespace"],
        account["name"],
        given["bucket"],
        account["prefix"],
    )
    return identity.steps(api, aws, asked)
