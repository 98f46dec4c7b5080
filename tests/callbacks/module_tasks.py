"""A callback of Ansible's that tells at the end which modules a playbook ran; ``modules_run.py`` reads it."""

from __future__ import annotations

from ansible.executor.task_result import CallbackTaskResult
from ansible.plugins.callback import CallbackBase
from modules_run import LABEL

DOCUMENTATION = """
name: module_tasks
type: notification
short_description: Tells which modules a playbook ran
description: The modules of all tasks that were not skipped, in order.
"""
# of Ansible's own, the play uses those alone that look at its variables: assert, debug, set_fact, include_*
_OWN = "ansible.builtin."


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
        self._display.display(" ".join((LABEL, *self._ran)))
