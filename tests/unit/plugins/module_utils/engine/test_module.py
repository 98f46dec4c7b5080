"""The Kubernetes options: those of kubernetes.core, documented in our own words. And what becomes of a call."""

from __future__ import annotations

import base64

import yaml
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC

from ansible_collections.eks.redis.plugins.doc_fragments.kubernetes import ModuleDocFragment
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Refused
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, perform


def shape(options: dict) -> dict:
    """Type, aliases, elements and what is below, of each option; a type that is not said is str."""
    return {
        name: (
            option.get("type", "str"),
            sorted(option.get("aliases", ())),
            option.get("elements"),
            shape(option.get("options") or option.get("suboptions") or {}),
        )
        for name, option in options.items()
    }


def test_the_options_are_those_of_kubernetes_core() -> None:
    assert shape(AUTH_OPTIONS) == shape(AUTH_ARG_SPEC)


def test_what_kubernetes_core_hides_is_hidden() -> None:
    hidden = {name for name, option in AUTH_ARG_SPEC.items() if option.get("no_log")}
    assert {name for name, option in AUTH_OPTIONS.items() if option.get("no_log")} == hidden


def test_every_option_is_documented_as_it_is() -> None:
    assert shape(yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]) == shape(AUTH_OPTIONS)


def call(**options: object) -> Call:
    return Call({**dict.fromkeys(AUTH_OPTIONS), **options}, check=False, diff=False)


def test_warnings_of_options_and_of_the_work_are_told_together() -> None:
    asked = call()
    asked.warnings.append("of the options")
    done = perform(asked, lambda _call: {"changed": True, "warnings": ["of the work"]})
    assert done == {"changed": True, "warnings": ["of the options", "of the work"]}


def test_a_refusal_tells_all_that_is_wrong() -> None:
    def work(_call: Call) -> dict:
        raise Refused(["one", "two"])

    assert perform(call(), work) == {"failed": True, "msg": "one\ntwo", "warnings": []}


def test_a_fault_half_way_tells_what_was_done() -> None:
    def work(asked: Call) -> dict:
        asked.warnings.append("be careful")
        raise EngineError("it broke", changed=True, summary=["created: ConfigMap apps/cache-config"])

    assert perform(call(), work) == {
        "failed": True,
        "msg": "it broke",
        "changed": True,
        "summary": ["created: ConfigMap apps/cache-config"],
        "warnings": ["be careful"],
    }


def test_secrets_are_those_of_the_options_and_of_the_flavour() -> None:
    user = {"user": {"token": "t0ken", "client-key-data": "k3y"}}
    asked = call(kubeconfig={"users": [user]}, password="pa55", proxy_headers={"basic_auth": "pr0xy"})
    asked.mask(["r3dis"])
    plain = {"t0ken", "k3y", "pa55", "pr0xy", "r3dis"}
    assert asked.secrets == plain | {base64.b64encode(each.encode()).decode() for each in plain}
    assert call(kubeconfig="/home/me/.kube/config").secrets == set()
