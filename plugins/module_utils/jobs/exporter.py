# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics of the backups of an instance, for Prometheus: the bucket is read now and then, and told when asked."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import prometheus
from ansible_collections.eks.redis.plugins.module_utils.datapath.cron import Schedule
from ansible_collections.eks.redis.plugins.module_utils.datapath.prometheus import Reading
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.datapath.summary import summary
from ansible_collections.eks.redis.plugins.module_utils.jobs import s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError, Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store

PORT = 9122
PATH = "/metrics"
_EVERY = 300.0  # seconds between two looks into the bucket


def main(settings: Settings) -> dict[str, Any]:
    """Until it is told to end."""
    store = Store(s3.client(settings.store.region), settings.store, settings.namespace, settings.name)
    with contextlib.suppress(Stopped):
        serve(settings, store, PORT)
    return {}


def serve(settings: Settings, store: Store, port: int) -> None:
    """Until it is told to end. Errors: DatapathError for a schedule that is none."""
    exporter = Exporter(settings, store)
    threading.Thread(target=exporter.watch, daemon=True).start()
    with ThreadingHTTPServer(("", port), handler(exporter.text)) as server:
        tell("serving", port=port, path=PATH)
        server.serve_forever()


class Exporter:
    """What is known of the bucket."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._schedule = Schedule(settings.schedule)
        self._seen = Reading(None, None, readable=False)

    def watch(self) -> None:
        """Reads the bucket again and again."""
        while True:
            self.read()
            threading.Event().wait(_EVERY)

    def read(self) -> None:
        """Reads the bucket; when that fails, what was known before stays."""
        try:
            now = datetime.now(UTC)
            found = summary(self._store.sets(), self._schedule, self._settings.retention.days, now)
            self._seen = Reading(found, now, readable=True)
        except JobError as error:
            tell("problem", reason=str(error))
            self._seen = Reading(self._seen.summary, self._seen.read, readable=False)

    def text(self) -> str:
        """The metrics as they are now."""
        labels = {"namespace": self._settings.namespace, "instance": self._settings.name}
        return prometheus.text(self._seen, datetime.now(UTC), labels)


def handler(text: Callable[[], str]) -> type[BaseHTTPRequestHandler]:
    """Answers PATH with the text, and anything else with 404."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds for a client that says nothing

        def do_GET(self) -> None:
            if self.path != PATH:
                self.send_error(404)
                return
            body = text().encode()
            self.send_response(200)
            self.send_header("Content-Type", prometheus.CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """A line a scrape is noise."""

    return Handler
