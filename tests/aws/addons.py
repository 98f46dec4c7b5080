"""EKS add-ons behind the back of the modules."""

from __future__ import annotations

from typing import Any

from conftest import Account


def live(account: Account, name: str) -> dict[str, Any]:
    """As EKS describes it."""
    found = account.client("eks").describe_addon(clusterName="prod", addonName=name)
    return dict(found["addon"])


def others(account: Account, name: str, **given: Any) -> None:
    """Somebody else's, active."""
    eks = account.client("eks")
    eks.create_addon(clusterName="prod", addonName=name, **given)
    while live(account, name)["status"] == "CREATING":
        pass
