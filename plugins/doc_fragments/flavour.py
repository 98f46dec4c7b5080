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
    """The options that describe an instance; FLEET: a list of instances, each described by the same options.

    RUN: what is done with them. FILTERED: what filters take.
    """

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

    RUN = r"""
options:
  state:
    description:
      - V(present) makes an instance, V(absent) takes it away. Its volumes and its password then stay, and a later
        V(present) of the same name takes them up again.
      - For V(absent) only names and namespaces matter.
    type: str
    choices: [present, absent]
    default: present
  wait:
    description:
      - Whether to wait, for V(present) until the data proves that an instance works, for V(absent) until its pods are
        gone. What is waited for is shown meanwhile, unless the task runs on another host or in the background.
    type: bool
    default: true
  timeout:
    description:
      - How long to wait for an instance, in seconds, from when its turn comes. When the time is up, the message says
        what is missing and why.
    type: int
    default: 600
  force:
    description:
      - Takes over fields that another manager (kubectl, Helm, another controller) has set. Without it such a conflict
        is an error that names the manager and the field.
    type: bool
    default: false
  delete_data:
    description:
      - With O(state=absent), deletes the volumes and the Secret with the password too. What is in Redis is then lost.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description:
      - Names exactly the objects that a run would change, also in a cluster without namespace, operator and CRDs.
        Sends reads and server-side dry runs only.
  diff_mode:
    support: full
    description: Shows the fields the collection sends. Values of Secrets are fingerprints.
  idempotent:
    support: full
    description: A second run sends no write, also while the operator edits its objects.
"""

    FILTERED = r"""
options:
  _input:
    description: The flavour.
    type: dict
    required: true
  root:
    description: What all flavours share, namely C(version), C(clusterModeEnabled), C(authentication), C(discovery).
    type: dict
    default: {}
"""
