from __future__ import annotations

import sys

import pytest

from lab.csi import protos

# before any test module is read: they import the generated classes
sys.path.insert(0, str(protos.compiled()))


@pytest.fixture(scope="session", autouse=True)
def no_proxy():
    """A proxy of the caller does not lead to servers of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        patch.setenv("no_proxy", "*")
        yield
