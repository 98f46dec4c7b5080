from __future__ import annotations

import sys
import tempfile
from pathlib import Path

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


@pytest.fixture
def tmp_path():
    """A short one: the path of a unix socket takes 107 bytes, and pytest's own grows with the name of the test."""
    with tempfile.TemporaryDirectory(prefix="csi-", dir="/tmp") as folder:
        yield Path(folder)
