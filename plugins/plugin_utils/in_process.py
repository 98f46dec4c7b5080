# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the work of a module in the process of Ansible itself, when that is where the module would run anyway.

Packing a module, starting Python and loading all of it again takes longer than a deploy that finds nothing to do, and
a module cannot say anything before it ends. Ansible forks a process for every task, so nothing of it stays.
"""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
import sys
import time
from contextlib import suppress
from types import ModuleType
from typing import Any

from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import AnsibleValidationError, UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import filter_loader, test_loader
from ansible.utils.display import Display

from ansible_collections.eks.redis.plugins import filter as filters
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, perform
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import LOGGER
from ansible_collections.eks.redis.plugins.plugin_utils.plain import plain

# before Ansible forks, so that each takes its time once and not in every task; who lacks one is told by the task
for _library in (
    "kubernetes.client.rest",
    "kubernetes.config",
    "kubernetes.stream.ws_client",
    "ansible_collections.kubernetes.core.plugins.module_utils.k8s.client",
):
    with suppress(ImportError):
        importlib.import_module(_library)
# whoever looks for a filter by its short name, such as length, loads all those of the collection first
for _filter in pkgutil.iter_modules(filters.__path__):
    importlib.import_module(f"{filters.__name__}.{_filter.name}")
# and, with the first filter or test of a task, all those of Ansible
filter_loader.get("ansible.builtin.bool")
test_loader.get("ansible.builtin.match")


class InProcess(ActionBase):
    """The action of one module. module: it, with its ``SPEC`` and ``work``."""

    _supports_async = True
    module: ModuleType

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the module."""
        super().run(tmp, task_vars)
        if not self._is_here(task_vars or {}):
            return self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val)
        for given in self._task.environment or ():
            os.environ.update(self._templar.template(given) or {})
        spec = self.module.SPEC
        validator = ModuleArgumentSpecValidator(spec["argument_spec"], spec.get("mutually_exclusive"))
        options = validator.validate(plain(self._task.args))
        if options.error_messages:
            return {"failed": True, "msg": self._complaint(options.errors[0])}
        call = Call(options.validated_parameters, check=self._task.check_mode, diff=self._task.diff)
        with _Shown():
            outcome = perform(call, self.module.work)
        return remove_values(outcome, call.secrets)

    def _is_here(self, task_vars: dict[str, Any]) -> bool:
        """Whether the module would run on this host, as this user, with this Python, and be waited for."""
        python = self._templar.template(task_vars.get("ansible_python_interpreter")) or "auto"
        return (
            self._connection.transport == "local"
            and not self._task.async_val
            and not self._connection.become
            and (python == sys.executable or python.startswith("auto"))
        )

    def _complaint(self, error: AnsibleValidationError) -> str:
        # as a module says it
        unsupported = isinstance(error, UnsupportedError)
        return f"Unsupported parameters for ({self._task.action}) module: {error}" if unsupported else str(error)


class _Shown(logging.Handler):
    """Prints what a run says, with the seconds since it began; on standard error, which no callback writes to."""

    def __enter__(self) -> _Shown:
        self._started = time.monotonic()
        LOGGER.addHandler(self)
        LOGGER.setLevel(logging.INFO)
        return self

    def __exit__(self, *_raised: object) -> None:
        LOGGER.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by the logger."""
        Display().display(f"  {time.monotonic() - self._started:4.0f} s  {record.getMessage()}", stderr=True)
