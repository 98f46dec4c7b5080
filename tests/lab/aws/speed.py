"""What moto works out again for every call, cluster or key, although it is the same each time: worked out once.

Nothing that a client can see changes.
"""

from __future__ import annotations

import functools
from typing import Any

import botocore.loaders
import botocore.session
import moto.backends
import moto.kms.models


@functools.cache
def apply() -> None:
    """For all of the process, before moto is asked for the first time."""
    # it makes a session for every EKS cluster, each of which would read a megabyte of endpoints
    botocore.session.create_loader = functools.cache(botocore.loaders.create_loader)
    # it asks the file system for its services at every call
    services = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: services
    _symmetric_keys()


def _symmetric_keys() -> None:
    """They have no private key, which takes longer to make than all the rest of them."""
    generate = moto.kms.models.generate_private_key

    def asymmetric(spec: str) -> Any:
        return None if spec == "SYMMETRIC_DEFAULT" else generate(spec)

    moto.kms.models.generate_private_key = asymmetric
