# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking a Redis by the redis-cli of its own container."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute

# The password stays where it is: the container's environment (operator sheet §3.3). Nothing of it is in an argument.
# An empty REDISCLI_AUTH would make redis-cli send an empty AUTH, hence the test.
# Where the operator mounts certificates, there is nothing but TLS (sheet §3.6); names are not compared, pods have many.
LOG_IN = """
test -z "$REDIS_PASSWORD" || export REDISCLI_AUTH="$REDIS_PASSWORD"
tls=
test ! -e /tls/ca.crt || tls="--tls --cacert /tls/ca.crt"
"""
_SCRIPT = f'{LOG_IN}exec redis-cli $tls "$@"'


def redis_cli(api: Api, namespace: str, pod: str, container: str, *words: str, timeout: float = 30) -> str:
    """The answer to one command, such as ``PING``, without the newline at its end.

    timeout: seconds without any output.

    Raises EngineError when it could not be asked, also when Redis refuses the connection.
    """
    output = execute(api, namespace, pod, container, ["sh", "-c", _SCRIPT, "redis-cli", *words], timeout=timeout)
    if output.code != 0:
        reason = (output.stderr.strip() or output.stdout.strip() or f"exit code {output.code}").splitlines()[-1]
        raise EngineError(f"Pod {namespace}/{pod}: redis-cli {words[0]}: {reason}")
    return output.stdout.rstrip("\r\n")
