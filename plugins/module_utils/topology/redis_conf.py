# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The additional redis.conf. The operator includes it last, so that its single-value directives win (sheet §3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.directives import TEXTS, TLS_TUNING, is_tls
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour, Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.redis_conf import argument

# Without a volume the operator's configuration directory, an emptyDir, is the one writable place (versions §2)
_SCRATCH = "/etc/redis"
_EMPTY = '""'


def redis_conf(instance: Instance) -> str:
    """The text of the file: what the contract decides, then what the user adds."""
    flavour = instance.flavour
    lines = ["# Rendered from the flavour: change the flavour, not this file", *_managed(flavour)]
    own = (
        (name, value)
        for name, value in sorted(flavour.additional_config.items())
        # the operator says which port and files; how to speak TLS is the user's choice, where it is spoken
        if not is_tls(name) or (instance.transit_encryption.enabled and name in TLS_TUNING)
    )
    lines += [f"{name} {argument(value) if name in TEXTS else value or _EMPTY}" for name, value in own]
    return "\n".join(lines) + "\n"


def _managed(flavour: Flavour) -> Iterator[str]:
    persistence = flavour.persistence
    # Operator releases write different names; a new name would start Redis empty (sheet §0.2)
    yield 'appendfilename "appendonly.aof"'
    if "tcp-keepalive" not in flavour.additional_config:
        # operator releases disagree: 300 or 60 seconds (versions §2)
        yield "tcp-keepalive 300"
    if flavour.deployment.mode == "cluster" and "cluster-node-timeout" not in flavour.additional_config:
        # here too: 5 or 15 seconds
        yield "cluster-node-timeout 5000"
    # save lines add up: drop those of the operator and of Redis first
    yield f"save {_EMPTY}"
    if not persistence.enabled:
        yield f"dir {_SCRATCH}"
        yield "appendonly no"
        return
    if persistence.rdb.enabled:
        numbers = persistence.rdb.save_interval.split()
        yield from (f"save {seconds} {changes}" for seconds, changes in zip(numbers[::2], numbers[1::2], strict=True))
    yield f"appendonly {'yes' if persistence.aof.enabled else 'no'}"
    # without a log always the same, so that a policy that has no effect restarts nothing
    yield f"appendfsync {persistence.aof.fsync_policy if persistence.aof.enabled else 'everysec'}"
