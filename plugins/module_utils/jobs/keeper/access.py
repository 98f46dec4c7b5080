# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the keeper reaches the pods: log-ins, and which certificates it trusts.

A certificate must be of a CA that the instance's Secret holds, or has held since the keeper began: after a change of
the CA pods still show the old one's, until they are told to read the new files. And its time may be over, because that
is what the keeper is to mend. Names in it do not count: pods are called by their addresses, as their peers do it.
Nothing is said to a pod whose certificate is of anybody else, so no password goes there.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.eks.redis.plugins.module_utils.jobs import login, survey
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

_SENTINEL_PORT = 26379
_PATIENCE = 5.0  # seconds for a connection, and for an answer
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL
# what stands around it is left out: openssl writes its subject there, in any encoding
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


class Trust:
    """The certificate as it is mounted, beside its CA. ca: the file of that one."""

    def __init__(self, ca: str) -> None:
        self._ca, self._certificate = Path(ca), Path(ca).with_name("tls.crt")
        self._known: dict[str, None] = {}
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """Anew each time: it knows the CA that is there now. Errors: JobError."""
        with self._lock:
            self._known["\n".join(_certificates(self._ca))] = None
            known = "\n".join(self._known)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
        try:
            context.load_verify_locations(cadata=known)
        except (ssl.SSLError, ValueError) as error:
            raise JobError(f"{self._ca}: is no certificate: {error}") from None
        return context

    def leaf(self) -> bytes:
        """The certificate that pods are to show, in DER. Errors: JobError."""
        try:
            return ssl.PEM_cert_to_DER_cert(_certificates(self._certificate)[0])
        except ValueError as error:
            raise JobError(f"{self._certificate}: is no certificate: {error}") from None

    def age(self) -> float:
        """Seconds since the Secret was last mounted as it is."""
        return time.time() - self._certificate.stat().st_mtime


class Access:
    """Links to pods; trust is None where they do not speak TLS. environment: of the process."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._redis, self._sentinels = login.to_redis(environment), login.to_sentinels(environment)
        self.trust = Trust(self._redis.ca) if self._redis.tls else None

    def redis(self, what: str, host: str, patience: float = _PATIENCE) -> Link:
        """host: with :port where it is not the usual one. patience: seconds."""
        return self._link(what, host, survey.PORT, self._redis, patience)

    def sentinel(self, host: str) -> Link:
        """host: as above. Sentinels have no ACL file, and so no user of the keeper's."""
        return self._link(survey.pod(host), host, _SENTINEL_PORT, self._sentinels, _PATIENCE)

    def _link(self, what: str, host: str, port: int, known: Login, patience: float) -> Link:
        name, _colon, own = host.partition(":")
        context = self.trust.context() if self.trust else None
        where = (what, name, int(own or port), known.password)
        return Link(*where, user=known.user, timeout=patience, tls=context)


def _certificates(path: Path) -> list[str]:
    """Each that the file holds, one at least, in PEM."""
    try:
        found = _PEM.findall(path.read_text(encoding="latin-1"))
    except OSError as error:
        raise JobError(f"{path}: cannot be read: {error}") from None
    if not found:
        raise JobError(f"{path}: holds no certificate in PEM")
    return found
