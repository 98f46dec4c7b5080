"""How Hypothesis looks for examples, wherever it does.

The same examples in every run, and no verdict that depends on how busy the machine is. To look for new ones:
  pytest --hypothesis-profile=explore tests/unit
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def load() -> None:
    """For the tests beside the conftest.py that calls it."""
    settings.register_profile(
        "steady", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.register_profile("explore", settings.get_profile("steady"), derandomize=False, max_examples=2000)
    settings.load_profile("steady")
