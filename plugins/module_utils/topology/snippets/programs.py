# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that connect to an instance, one for each language, as an application would have them.

Each language has one text for all instances. A line begins with the words that it needs (see access.py), so that what
differs between modes, and with TLS or a password, stands where it matters.
"""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets import go, java, node, python
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.access import access
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.weave import weave

_TEXTS = {"python": python.TEXT, "node": node.TEXT, "java": java.TEXT, "go": go.TEXT}
LANGUAGES = tuple(_TEXTS)


def snippets(instance: Instance) -> dict[str, str]:
    """The program of every language, by language. None of them holds a secret."""
    found = access(instance, layout(instance))
    return {language: weave(text, found.words, found.values) for language, text in _TEXTS.items()}
