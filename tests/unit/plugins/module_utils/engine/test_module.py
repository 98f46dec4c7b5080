"""The Kubernetes options: those of kubernetes.core, documented in our own words."""

from __future__ import annotations

import yaml
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC

from ansible_collections.eks.redis.plugins.doc_fragments.kubernetes import ModuleDocFragment
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS


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
