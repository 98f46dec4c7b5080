# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.render."""

from __future__ import annotations

DOCUMENTATION = r"""
module: render
short_description: Renders the Kubernetes objects of a Redis instance, without a cluster
version_added: 0.1.0
description:
  - Checks a flavour and renders the objects that M(eks.redis.instance) would apply.
  - With O(dest) it writes one YAML file for each object, for a repository that Argo CD or Flux applies.
  - The Secret with the password is never written; a warning says how to create it.
extends_documentation_fragment:
  - eks.redis.flavour
options:
  dest:
    description:
      - Directory for the files, made when it is missing. Each instance needs a directory of its own.
      - Files of an earlier rendering that are no longer needed are removed. Other files are left alone.
      - Without it the objects are only returned.
    type: path
attributes:
  check_mode:
    support: full
    description: Says which files would change, and writes none.
  diff_mode:
    support: full
    description: Shows the files before and after.
  idempotent:
    support: full
    description: The same input gives the same bytes.
seealso:
  - module: eks.redis.instance
  - plugin: eks.redis.manifests
    plugin_type: filter
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Write the objects of an instance into a Git checkout
  eks.redis.render:
    name: cache
    namespace: apps
    flavour_file: flavours/cache.json
    root_file: flavours/root.json
    dest: clusters/production/apps/cache

- name: Look at the objects of the smallest flavour
  eks.redis.render:
    name: cache
    namespace: apps
    flavour: {}
  register: rendered
"""

RETURN = r"""
manifests:
  description: The objects in the order in which they are applied; passwords are replaced by fingerprints.
  returned: success
  type: list
  elements: dict
flavour:
  description: The flavour in its canonical spelling, with every default.
  returned: success
  type: dict
files:
  description: Names of the files in O(dest).
  returned: when O(dest) is given
  type: list
  elements: str
  sample: [10-namespace-apps.yml, 20-configmap-cache-config.yml, 90-redis-cache.yml]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.options import (
    MUTUALLY_EXCLUSIVE,
    OPTIONS,
    load,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Refused
from ansible_collections.eks.redis.plugins.module_utils.engine.diff import masked
from ansible_collections.eks.redis.plugins.module_utils.topology.directory import Directory, DirectoryError
from ansible_collections.eks.redis.plugins.module_utils.topology.files import files
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={**OPTIONS, "dest": {"type": "path"}},
        mutually_exclusive=MUTUALLY_EXCLUSIVE,
        supports_check_mode=True,
    )
    # only the password of the root is secret, not its version
    resolution, module.no_log_values = load(module.params)
    try:
        instance = resolution.accepted(module.params["strict"])
    except Refused as error:
        module.fail_json(msg=str(error))
    for warning in resolution.warnings:
        module.warn(str(warning))
    module.exit_json(**render(module, instance))


def render(module: AnsibleModule, instance: Instance) -> dict[str, Any]:
    """The module's result, after the files are written."""
    objects = manifests(instance)
    result: dict[str, Any] = {
        "changed": False,
        "manifests": [masked(each) for each in objects],
        "flavour": instance.as_dict(),
    }
    if not module.params["dest"]:
        return result
    for each in objects:
        if each["kind"] == "Secret":
            module.warn(_how_to_create(each["metadata"], next(iter(each["data"]))))
    wanted = files(instance, objects)
    try:
        directory = Directory(module.params["dest"], instance)
        changes = directory.changes(wanted)
        if not module.check_mode:
            directory.write(changes)
    except DirectoryError as error:
        module.fail_json(msg=str(error))
    result.update(changed=bool(changes), files=sorted(wanted))
    if module._diff:
        result["diff"] = [change.diff() for change in changes]
    return result


def _how_to_create(metadata: dict[str, Any], key: str) -> str:
    name, namespace = metadata["name"], metadata["namespace"]
    return (
        f"Secret {namespace}/{name} is not written to a file; create it, with the password on standard input: "
        f"kubectl -n {namespace} create secret generic {name} --from-file={key}=/dev/stdin"
    )


if __name__ == "__main__":
    main()
