"""Which modules a playbook ran: a callback of Ansible's that tells them at the end, and who reads that.

With ``ENVIRONMENT`` ansible-playbook closes its output with one line, which ``told`` finds.
"""

from __future__ import annotations

import re
from pathlib import Path

from ansible.executor.task_result import CallbackTaskResult
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: module_tasks
type: notification
short_description: Tells which modules a playbook ran
description: The modules of all tasks that were not skipped, in order.
"""
ENVIRONMENT = {
    "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).resolve().parent),
    "ANSIBLE_CALLBACKS_ENABLED": "module_tasks",
}
_LABEL = "MODULE TASKS:"
# of Ansible's own, the play uses those alone that look at its variables: assert, debug, set_fact, include_*
_OWN = "ansible.builtin."


def told(output: str) -> list[str]:
    """The modules, such as ``eks.redis.kms_key``; as often as they were run, a loop counting once."""
    (line,) = re.findall(f"^{_LABEL}(.*)$", output, re.MULTILINE)
    return line.split()


class CallbackModule(CallbackBase):
    """Loaded by ansible-playbook."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "module_tasks"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._ran: list[str] = []

    def v2_runner_on_ok(self, result: CallbackTaskResult) -> None:
        """Of one task, after all items of its loop."""
        action = result.task.resolved_action
        if not action.startswith(_OWN):
            self._ran.append(action)

    def v2_playbook_on_stats(self, stats: object) -> None:
        """At the end."""
        self._display.display(" ".join((_LABEL, *self._ran)))
