# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a job is to a Redis, and whether both speak TLS: the one place where that is put together.

The chain of a certificate is checked, always. Whether it is for the address that was asked is not, of an instance: its
pods are asked by their names and their addresses, and a certificate need not have either (operator sheet §3.6).
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import settings
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Login:
    """user: "" for the default one. ca: file with the certificates of who signs its own, "" for those of the system.
    named: whether its certificate must be for the address at which it is asked."""

    password: str = field(default="", repr=False)
    user: str = ""
    tls: bool = False
    ca: str = ""
    named: bool = True

    @property
    def options(self) -> dict[str, Any]:
        """As Link takes it. Raises JobError where there are no certificates in the file."""
        return {"password": self.password, "user": self.user, "tls": self._context()}

    def link(self, what: str, host: str, port: int, **options: Any) -> Link:
        """A connection of its own. options: see Link."""
        return Link(what, host, port, **self.options, **options)

    def redis_cli(self) -> list[str]:
        """Words for redis-cli, which takes the password from its environment."""
        tls = ["--tls", *(["--cacert", self.ca] if self.ca else [])] if self.tls else []
        return [*tls, *(["--user", self.user] if self.user else [])]

    def _context(self) -> ssl.SSLContext | None:
        """Of now: the file may be another one by the next time."""
        if not self.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca or None)
        except OSError as error:
            raise JobError(f"{self.ca}: there are no certificates of a CA in it: {error.strerror or error}") from None
        if not self.named:
            context.check_hostname = False
            # what Redis takes for a chain is one here, too
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context


def to_redis(environment: Environment | None = None) -> Login:
    """Of the Redis pods of the instance: the password is the one that redis-cli reads, too. environment: of another
    process."""
    return _login(environment, settings.PASSWORD_VARIABLE, settings.USER_VARIABLE)


def to_sentinels(environment: Environment | None = None) -> Login:
    """Of its sentinels, which have one user only."""
    return _login(environment, settings.SENTINEL_VARIABLE)


def to_loader(environment: Environment | None = None) -> Login:
    """Of the loader that its pods copy from: they log in to it as to each other."""
    return _login(environment, settings.LOADER_VARIABLE)


def _login(environment: Environment | None, password: str, user: str = "") -> Login:
    given = os.environ if environment is None else environment
    ca = given.get(settings.CA_VARIABLE, "")
    return Login(given.get(password, ""), given.get(user, ""), tls=bool(ca), ca=ca, named=False)
