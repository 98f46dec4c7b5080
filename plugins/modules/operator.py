# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.operator."""

from __future__ import annotations

DOCUMENTATION = r"""
module: operator
short_description: Applies the CRDs of the redis operator from its chart
version_added: 0.1.0
description:
  - Applies the four CustomResourceDefinitions of the Opstree redis operator with server-side apply. Helm installs CRDs
    once and never upgrades them, and an operator with older CRDs loses fields of its custom resources.
  - The rest of the chart is Helm's to install, with M(kubernetes.core.helm). In check mode this module tells what Helm
    would do, object by object, because Helm cannot tell.
  - The role P(eks.redis.operator#role) does all of it.
extends_documentation_fragment:
  - eks.redis.kubernetes
options:
  chart_ref:
    description:
      - The chart, as a directory, an C(oci://) URL, or a name in O(chart_repo_url).
    type: path
    required: true
  chart_repo_url:
    description:
      - URL of the Helm repository, for a chart given by name.
    type: str
  chart_version:
    description:
      - Version of the chart. Without it the newest.
    type: str
  release_name:
    description:
      - Name of the Helm release.
    type: str
    default: redis-operator
  release_namespace:
    description:
      - Namespace of the Helm release.
    type: str
    default: redis-operator
  release_values:
    description:
      - Values for the chart.
    type: dict
    default: {}
attributes:
  check_mode:
    support: full
    description: Names the CRDs and every object of the chart that would change. Sends reads and dry runs only.
  diff_mode:
    support: full
    description: Shows the fields of the chart. The specification of a CRD is a fingerprint.
  idempotent:
    support: full
    description: A second run sends no write.
requirements:
  - helm >= 3.8
notes:
  - The CRDs are taken over from whoever applied them before (Helm, kubectl), since a CRD belongs to exactly one
    operator.
seealso:
  - module: eks.redis.operator_info
  - module: kubernetes.core.helm
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Apply the CRDs
  eks.redis.operator:
    chart_ref: redis-operator
    chart_repo_url: https://ot-container-kit.github.io/helm-charts/
    chart_version: 0.26.1
"""

RETURN = r"""
objects:
  description: What happened, or in check mode would happen, to each object.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Its kind.
      type: str
    namespace:
      description: Its namespace, none for an object without one.
      type: str
    name:
      description: Its name.
      type: str
    change:
      description: V(created), V(changed) or V(unchanged).
      type: str
    fields:
      description: Of a changed object, the fields that change, by their paths; of a CRD only its V(spec).
      type: list
      elements: str
    effects:
      description: What that means for pods and volumes; empty for these objects.
      type: list
      elements: str
counts:
  description: How many objects are V(created), V(changed), V(deleted) and V(unchanged).
  returned: success
  type: dict
  sample: {created: 4, changed: 0, deleted: 0, unchanged: 0}
summary:
  description: The same for people, a line for each object that changes.
  returned: success
  type: list
  elements: str
  sample: ["created: CustomResourceDefinition redis.redis.redis.opstreelabs.in"]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.apply import result
from ansible_collections.eks.redis.plugins.module_utils.engine.chart import Chart, apply_crds, parse, predict, render
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={
            **AUTH_OPTIONS,
            "chart_ref": {"type": "path", "required": True},
            "chart_repo_url": {"type": "str"},
            "chart_version": {"type": "str"},
            "release_name": {"type": "str", "default": "redis-operator"},
            "release_namespace": {"type": "str", "default": "redis-operator"},
            "release_values": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    given = module.params
    chart = Chart(
        chart=given["chart_ref"],
        repository=given["chart_repo_url"],
        version=given["chart_version"],
        values=given["release_values"],
        release=given["release_name"],
        namespace=given["release_namespace"],
    )

    def work(call: Call) -> dict[str, Any]:
        api = call.connect()
        objects = parse(render(module, chart), chart.namespace)
        # asked for in every run: what the server would refuse helm is refused here, before the first write
        foreseen = predict(api, objects, chart)
        changes = apply_crds(api, objects, check=call.check)
        return result([*changes, *(foreseen if call.check else ())], with_diff=call.diff)

    finish(module, work)


if __name__ == "__main__":
    main()
