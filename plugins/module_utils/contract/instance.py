# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A resolved flavour: what the topology renders. Names mirror the contract, in snake_case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.records import plain, record


@dataclass(frozen=True)
class Amounts:
    cpu: str
    memory: str


@dataclass(frozen=True)
class Resources:
    requests: Amounts
    limits: Amounts


@dataclass(frozen=True)
class Master:
    resources: Resources


@dataclass(frozen=True)
class Replica:
    count: int
    resources: Resources


@dataclass(frozen=True)
class Sentinel:
    enabled: bool
    replicas: int
    quorum: int
    resources: Resources
    down_after_milliseconds: int
    failover_timeout: int
    parallel_syncs: int


@dataclass(frozen=True)
class Config:
    replica: Replica
    sentinel: Sentinel
    num_shards: int
    replicas_per_shard: int


@dataclass(frozen=True)
class Deployment:
    mode: str
    config: Config


@dataclass(frozen=True)
class Rdb:
    enabled: bool
    save_interval: str


@dataclass(frozen=True)
class Aof:
    enabled: bool
    fsync_policy: str


@dataclass(frozen=True)
class Persistence:
    enabled: bool
    storage_class: str
    size: str
    rdb: Rdb
    aof: Aof


@dataclass(frozen=True)
class Service:
    type: str
    annotations: Mapping[str, str]
    load_balancer_class: str
    load_balancer_source_ranges: tuple[str, ...]
    reader: bool


@dataclass(frozen=True)
class RollingUpdate:
    max_unavailable: int


@dataclass(frozen=True)
class UpdateStrategy:
    type: str
    rolling_update: RollingUpdate


@dataclass(frozen=True)
class ServiceMonitor:
    enabled: bool
    interval: str
    namespace: str


@dataclass(frozen=True)
class Metrics:
    enabled: bool
    image: str
    service_monitor: ServiceMonitor


@dataclass(frozen=True)
class RestoreTest:
    enabled: bool
    schedule: str


@dataclass(frozen=True)
class Backup:
    enabled: bool
    schedule: str
    s3_bucket: str
    s3_region: str
    prefix: str
    kms_key: str
    retention: int
    keep_verified: int
    max_lag: str
    timeout: int
    restore_test: RestoreTest
    image: str
    resources: Resources
    service_account: str
    role_arn: str


@dataclass(frozen=True)
class NetworkPolicy:
    enabled: bool
    allowed_namespaces: tuple[str, ...]
    allowed_cidrs: tuple[str, ...]
    operator_namespace: str


@dataclass(frozen=True)
class Acl:
    enabled: bool
    restrict_default: bool
    users: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Keeper:
    enabled: bool
    resources: Resources


@dataclass(frozen=True)
class PodDisruptionBudget:
    enabled: bool
    min_available: int


@dataclass(frozen=True)
class SecurityContext:
    run_as_non_root: bool
    run_as_user: int
    fs_group: int


@dataclass(frozen=True)
class Flavour:
    deployment: Deployment
    master: Master
    persistence: Persistence
    anti_affinity: str
    topology_spread_constraints: tuple[Mapping[str, Any], ...]
    service: Service
    update_strategy: UpdateStrategy
    metrics: Metrics
    backup: Backup
    network_policy: NetworkPolicy
    acl: Acl
    keeper: Keeper
    pod_disruption_budget: PodDisruptionBudget
    service_account: str
    create_service_account: bool
    node_selector: Mapping[str, str]
    tolerations: tuple[Mapping[str, Any], ...]
    priority_class_name: str
    security_context: SecurityContext
    additional_config: Mapping[str, str]
    image: str
    sentinel_image: str
    image_pull_policy: str
    image_pull_secrets: tuple[str, ...]


@dataclass(frozen=True)
class ExistingSecret:
    name: str
    key: str


@dataclass(frozen=True)
class ExternalSecret:
    remote_key: str
    property: str
    store: str
    store_kind: str
    refresh_interval: str


@dataclass(frozen=True)
class SecretsStore:
    object_name: str
    property: str
    region: str
    pod_identity: bool


@dataclass(frozen=True)
class Authentication:
    enabled: bool
    auth_token: str = field(repr=False)
    existing_secret: ExistingSecret
    generate: bool
    external_secret: ExternalSecret
    secrets_store: SecretsStore


@dataclass(frozen=True)
class Issuer:
    name: str
    kind: str
    group: str


@dataclass(frozen=True)
class TransitEncryption:
    enabled: bool
    existing_secret: str
    issuer: Issuer
    names: tuple[str, ...]
    days: int
    renew_days: int


@dataclass(frozen=True)
class Discovery:
    endpoint: str
    primary: str
    reader: str
    nodes: str


@dataclass(frozen=True)
class Instance:
    """One Redis: who and where, what the root says of it, and its flavour with every field filled in."""

    name: str
    namespace: str
    labels: Mapping[str, str]
    version: str
    cluster_mode: bool
    authentication: Authentication
    transit_encryption: TransitEncryption
    discovery: Discovery
    flavour: Flavour

    def as_dict(self) -> dict[str, Any]:
        """The flavour in its canonical spelling, every default filled in; plain JSON types."""
        canonical: dict[str, Any] = plain(self.flavour)
        return canonical


def build(name: str, namespace: str, labels: Mapping[str, str], values: Mapping[str, Any]) -> Instance:
    """An Instance from values by canonical dotted path; every path of the contract must be there."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return Instance(
        name=name,
        namespace=namespace,
        labels=labels,
        version=tree["version"],
        cluster_mode=tree["clusterModeEnabled"],
        authentication=record(Authentication, tree["authentication"]),
        transit_encryption=record(TransitEncryption, tree["transitEncryption"]),
        discovery=record(Discovery, tree["discovery"]),
        flavour=record(Flavour, tree),
    )
