# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.compliance_report."""

from __future__ import annotations

DOCUMENTATION = r"""
name: compliance_report
short_description: Writes the result of compliance_info as a report
version_added: 0.3.0
description:
  - Makes a document of what M(eks.redis.compliance_info) found. It says what was checked, when and by whom, and what
    was not checked. What failed comes first.
positional: format
options:
  _input:
    description: The result of M(eks.redis.compliance_info).
    type: dict
    required: true
  format:
    description: How the report is written. V(html) is one file without references to others.
    type: str
    choices: [markdown, html]
    default: markdown
seealso:
  - module: eks.redis.compliance_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Keep the report as a page
  ansible.builtin.copy:
    content: "{{ compliance | eks.redis.compliance_report('html') }}"
    dest: compliance.html
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The text of the report.
  type: str
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.eks.redis.plugins.module_utils.compliance.report import FORMATS


def compliance_report(value: Any, format: str = "markdown") -> str:
    """The report; AnsibleFilterError for something else than the module's result."""
    if not isinstance(value, Mapping) or "checks" not in value:
        raise AnsibleFilterError("eks.redis.compliance_report: the input is not a result of eks.redis.compliance_info")
    if format not in FORMATS:
        raise AnsibleFilterError(f"eks.redis.compliance_report: format {format!r}; allowed: {', '.join(FORMATS)}")
    return FORMATS[format](value)


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"compliance_report": compliance_report}
