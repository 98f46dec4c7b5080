# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules share: the options of those that talk to a cluster, one way from what was asked to what is answered.

The same work is done where Ansible runs (plugins/plugin_utils/in_process.py), or as a module on another host.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Refused
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

# The options of kubernetes.core.k8s_auth_options, so that one module_defaults serves both collections; a unit test
# compares them. Their documentation is plugins/doc_fragments/kubernetes.py: fragments of other collections are not
# shown on Galaxy.
AUTH_OPTIONS: dict[str, dict[str, Any]] = {
    "kubeconfig": {"type": "raw", "no_log": True},
    "context": {"type": "str"},
    "host": {"type": "str"},
    "api_key": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "validate_certs": {"type": "bool", "aliases": ["verify_ssl"]},
    "ca_cert": {"type": "path", "aliases": ["ssl_ca_cert"]},
    "client_cert": {"type": "path", "aliases": ["cert_file"]},
    "client_key": {"type": "path", "aliases": ["key_file"], "no_log": False},
    "proxy": {"type": "str"},
    "no_proxy": {"type": "str"},
    "proxy_headers": {
        "type": "dict",
        "options": {
            "proxy_basic_auth": {"type": "str", "no_log": True},
            "basic_auth": {"type": "str", "no_log": True},
            "user_agent": {"type": "str"},
        },
    },
    "persist_config": {"type": "bool"},
    "impersonate_user": {"type": "str"},
    "impersonate_groups": {"type": "list", "elements": "str"},
}


class Call:
    """What a module was asked: its options, and whether it may write and shall show diffs.

    warnings: what the user should know, however it ends. secrets: what no result may show, also in base64. Whole
    options are marked as secret for the system log; the path of a kubeconfig and the version in a root may be read.
    """

    def __init__(self, params: Mapping[str, Any], *, check: bool, diff: bool) -> None:
        self.params, self.check, self.diff = params, check, diff
        self.warnings: list[str] = []
        self._apis: list[Api] = []
        self.secrets: set[str] = set()
        self.mask(_auth_secrets(params))

    def mask(self, secrets: Iterable[str]) -> None:
        """Adds to what no result may show."""
        for secret in secrets:
            self.secrets |= {secret, base64.b64encode(secret.encode()).decode()}

    def connect(self) -> Api:
        """The API server that the options, or the environment, name."""
        self._apis.append(Api.connect({option: self.params[option] for option in AUTH_OPTIONS}))
        return self._apis[-1]

    def close(self) -> None:
        """Ends what ``connect`` has begun."""
        for api in self._apis:
            api.close()


Work = Callable[[Call], "dict[str, Any]"]


def perform(call: Call, work: Work) -> dict[str, Any]:
    """The result of ``work``; or ``failed``, with the one clear line of its error as ``msg``."""
    try:
        outcome = work(call)
    except Refused as error:
        outcome = {"failed": True, "msg": str(error)}
    except EngineError as error:
        outcome = {"failed": True, "msg": str(error), **error.result}
    finally:
        call.close()
    return {**outcome, "warnings": [*call.warnings, *outcome.get("warnings", ())]}


def finish(module: AnsibleModule, work: Work) -> None:
    """Does the work as a module, and ends it."""
    call = Call(module.params, check=module.check_mode, diff=module._diff)
    outcome = perform(call, work)
    module.no_log_values = call.secrets
    for warning in outcome.pop("warnings"):
        module.warn(warning)
    if outcome.get("failed"):
        module.fail_json(**outcome)
    module.exit_json(**outcome)


def _auth_secrets(params: Mapping[str, Any]) -> Iterator[str]:
    headers, kubeconfig = params.get("proxy_headers") or {}, params.get("kubeconfig")
    given = [params.get("api_key"), params.get("password"), headers.get("proxy_basic_auth"), headers.get("basic_auth")]
    if isinstance(kubeconfig, dict):
        users = (entry.get("user") or {} for entry in kubeconfig.get("users") or ())
        given += [user.get(key) for user in users for key in ("token", "password", "client-key-data")]
    return (value for value in given if value)
