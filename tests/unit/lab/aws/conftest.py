from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_proxy():
    """A proxy of the caller does not lead to servers of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        patch.setenv("no_proxy", "*")
        yield
