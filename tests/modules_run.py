"""Reads from a playbook's output which modules it ran: ``callbacks/module_tasks.py`` has Ansible tell them."""

from __future__ import annotations

import re
from pathlib import Path

LABEL = "MODULE TASKS:"
# for ansible-playbook, which then closes its output with the line
ENVIRONMENT = {
    "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).resolve().parent / "callbacks"),
    "ANSIBLE_CALLBACKS_ENABLED": "module_tasks",
}


def told(output: str) -> list[str]:
    """The modules, such as ``eks.redis.kms_key``; as often as they were run, a loop counting once."""
    (line,) = re.findall(f"^{LABEL}(.*)$", output, re.MULTILINE)
    return line.split()
