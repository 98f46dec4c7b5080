# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options in module_utils/contract/options.py."""

from __future__ import annotations

from textwrap import indent

_INSTANCE = r"""
name:
  description:
    - Name of the instance. It is also the name of its Service, so clients in the cluster connect to
      C(<name>.<namespace>.svc:6379).
    - Lower case letters, digits and C(-), starting with a letter, at most 52 characters.
  type: str
  required: true
namespace:
  description:
    - Namespace of the instance.
  type: str
  required: true
flavour:
  description:
    - The flavour, a mapping in any of its spellings. C({}) is a standalone Redis with 10Gi of storage.
    - All fields are described in C(docs/flavour-reference.md) of the collection.
  type: dict
flavour_file:
  description:
    - A JSON or YAML file with the flavour, instead of C(flavour).
  type: path
root:
  description:
    - What all flavours share, namely C(version), C(clusterModeEnabled), C(authentication) and C(discovery).
  type: dict
root_file:
  description:
    - A JSON or YAML file with the root, instead of C(root).
  type: path
labels:
  description:
    - Labels of your own for all objects of the instance, its pods and volumes included.
    - A change of them restarts a single Redis. Of an instance with replicas it is refused, because the pods find each
      other through Services that select all labels.
  type: dict
  default: {}
"""

_STRICT = r"""
strict:
  description:
    - Warnings about the flavour are errors.
  type: bool
  default: false
"""


class ModuleDocFragment:
    """The options that describe an instance; FLEET: a list of instances, each described by the same options."""

    # annotated, because the sanity test yamllint takes the value of a plain assignment for a literal
    DOCUMENTATION: str = f"options:{indent(_INSTANCE + _STRICT, '  ')}"

    FLEET: str = f"""
options:
  instances:
    description:
      - The instances, each a mapping.
      - All that is wrong with any of them is told before anything is changed, a line each.
    type: list
    elements: dict
    required: true
    suboptions:{indent(_INSTANCE, "      ")}{indent(_STRICT, "  ")}"""
