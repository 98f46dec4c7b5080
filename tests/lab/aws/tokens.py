"""Tokens of ServiceAccounts: their signature, against the keys of the cluster that made them.

The keys are a JWKS, in a file or behind a URL such as the API server's ``/openid/v1/jwks``. It is read when the first
token comes, and again when a token names a key that it does not have.
"""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

ALGORITHMS = ["RS256"]


class Invalid(Exception):
    """A token that nobody's key has signed, or that is none."""


class Expired(Exception):
    """A token that was good until some time ago."""


class Keys:
    """source: path or URL of the JWKS; empty: there are no keys, and no token is good."""

    def __init__(self, source: str = "") -> None:
        self._source = source
        self._keys: dict[str, Any] = {}

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says. Raises Invalid and Expired."""
        try:
            key = self._key(extract_compact(token.encode()).headers().get("kid", ""))
            claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as error:
            raise Invalid(str(error)) from None
        if claims.get("exp", 0) <= time.time():
            raise Expired(
                f"Token expired: current date/time {int(time.time())} must be before the expiration date/time "
                f"{claims.get('exp', 0)}"
            )
        return claims

    def _key(self, identifier: str) -> Any:
        if identifier not in self._keys:
            self._keys = {key.kid: key for key in KeySet.import_key_set(self._read()).keys}
        if identifier not in self._keys:
            raise Invalid(f"no key {identifier!r}")
        return self._keys[identifier]

    def _read(self) -> Any:
        if not self._source:
            raise Invalid("no keys are known")
        try:
            if "://" in self._source:
                with urllib.request.urlopen(self._source, timeout=10) as answer:
                    return json.load(answer)
            return json.loads(Path(self._source).read_text())
        except OSError as error:
            raise Invalid(f"the keys cannot be read: {error}") from None


def audiences(of: dict[str, Any]) -> list[str]:
    given = of.get("aud", [])
    return [given] if isinstance(given, str) else list(given)
