# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all modules that talk to a cluster share."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ansible.module_utils.basic import AnsibleModule

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


def mask(module: AnsibleModule, secrets: Iterable[str] = ()) -> None:
    """Sets what no result may show: ``secrets``, also in base64, and those of the Kubernetes options.

    Whole options are marked as secret for the system log; here the path of a kubeconfig and the version in a root
    become readable again.
    """
    values = {*secrets, *_auth_secrets(module.params)}
    module.no_log_values = values | {base64.b64encode(value.encode()).decode() for value in values}


def _auth_secrets(params: dict[str, Any]) -> Iterator[str]:
    headers, kubeconfig = params["proxy_headers"] or {}, params["kubeconfig"]
    given = [params["api_key"], params["password"], headers.get("proxy_basic_auth"), headers.get("basic_auth")]
    if isinstance(kubeconfig, dict):
        users = (entry.get("user") or {} for entry in kubeconfig.get("users") or ())
        given += [user.get(key) for user in users for key in ("token", "password", "client-key-data")]
    return (value for value in given if value)


def answer(module: AnsibleModule, work: Callable[[Api], dict[str, Any]]) -> None:
    """Ends the module with the result of ``work``, or with the one clear line of its error."""
    try:
        outcome = work(Api.connect({option: module.params[option] for option in AUTH_OPTIONS}))
    except EngineError as error:
        module.fail_json(msg=str(error), **error.result)
    for warning in outcome.pop("warnings", ()):
        module.warn(warning)
    module.exit_json(**outcome)
