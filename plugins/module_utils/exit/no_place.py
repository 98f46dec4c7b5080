# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cache at ElastiCache has, and a flavour has no place for: each with what takes its place, or why not. Pure."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group
from ansible_collections.eks.redis.plugins.module_utils.exit.rows import Dropped, Rows, Wanted


def no_place(group: Group, _wanted: Wanted) -> Rows:
    """A line for each."""
    for user in group.users:
        if user.name != "default":
            yield Dropped(
                f"user {user.name}",
                "not derived, for AWS does not give passwords away: set acl.enabled, and list it in acl.users with a "
                f"Secret of yours and rules such as its own ({user.access})",
            )
    if group.at_rest:
        key = f" with {group.kms_key}" if group.kms_key else ""
        yield Dropped(
            "AtRestEncryptionEnabled",
            f"the StorageClass decides{key}: eks.redis.storage_class makes encrypted ones, persistence.storageClass "
            "names one",
        )
    if group.security_groups:
        named = ", ".join(group.security_groups)
        yield Dropped(f"security groups {named}", "networkPolicy.allowedNamespaces lists who may connect")
    if group.maintenance_window:
        yield Dropped(f"maintenance window {group.maintenance_window}", "nothing is changed unless you run it")
    for log in group.log_delivery:
        yield Dropped(
            f"{log.type} to {log.target}", "Redis logs to its container's output; SLOWLOG GET has the slow log"
        )
    if group.data_tiering:
        yield Dropped("data tiering", "all data is in memory: the limit must have room for what is on disks now")
    if group.global_datastore:
        yield Dropped(f"global datastore {group.global_datastore.id}", "an instance is in one EKS cluster")
    if group.port != 6379:
        yield Dropped(f"port {group.port}", "the port is 6379")
    yield Dropped("metrics in CloudWatch", "metrics.enabled brings an exporter for Prometheus")
