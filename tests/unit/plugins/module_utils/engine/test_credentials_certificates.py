"""CA and certificate from run to run: kept, renewed when it is time, and never another CA by accident."""

from __future__ import annotations

from base64 import b64decode
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.authority import Certificate
from ansible_collections.eks.redis.plugins.module_utils.engine.credentials import Credentials
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from .pki import DAY, live, make

CERT_MANAGER = {"cert-manager.io/certificate-name": "cache-tls"}
MORE_NAMES = {"names": ["more.example.com"]}


class Namespace:
    """The Secrets of apps, as runs leave them."""

    def __init__(self, **secrets: dict[str, Any]) -> None:
        self.secrets = {name.replace("_", "-"): one for name, one in secrets.items()}

    def run(self, **given: Any) -> list[str]:
        """What a run changes. given: of transitEncryption."""
        root = {"transitEncryption": {"enabled": True, **given}}
        instance = resolve({}, root, name="cache", namespace="apps").instance
        assert instance is not None
        api: Any = SimpleNamespace(
            get=lambda _kind, name, _namespace: self.secrets.get(name),
            map=lambda function, items: list(map(function, items)),
        )
        made = Credentials(api, instance, layout(instance)).made()
        before, self.secrets = self.secrets, {**self.secrets, **{one["metadata"]["name"]: one for one in made}}
        return [name for name, one in self.secrets.items() if before.get(name, {}).get("data") != one["data"]]

    def read(self, name: str, key: str) -> bytes:
        return b64decode(self.secrets[name]["data"][key])

    @property
    def authority(self) -> Certificate:
        return Certificate(self.read("cache-ca", "ca.crt"))

    @property
    def shown(self) -> Certificate:
        return Certificate(self.read("cache-tls", "tls.crt"))


def of_before(**options: Any) -> Namespace:
    """As earlier releases left it. options: of the CA."""
    above = make("apps/cache CA", ca=True, length=0, **options)
    shown = make("apps/cache", above, ca=False)
    ours = {"ca.crt": above.pem, "ca.key": above.key_pem}
    return Namespace(
        cache_ca=live(**ours), cache_tls=live(**{"ca.crt": above.pem, "tls.crt": shown.pem, "tls.key": shown.key_pem})
    )


def test_what_is_there_is_kept() -> None:
    apps = Namespace()
    assert apps.run() == ["cache-ca", "cache-tls"]
    assert apps.run() == []
    assert apps.shown.is_signed_by(apps.authority)


@pytest.mark.parametrize("given", [MORE_NAMES, {"days": 400, "renewDays": 366}])
def test_a_name_or_the_time_changes_the_certificate_alone(given: dict[str, Any]) -> None:
    apps = Namespace()
    apps.run()
    key = apps.read("cache-tls", "tls.key")
    assert apps.run(**given) == ["cache-tls"]
    assert apps.run(**given) == []
    assert apps.read("cache-tls", "tls.key") != key
    assert apps.shown.is_signed_by(apps.authority)


@pytest.mark.parametrize("left", [3000 * DAY, 100 * DAY, -DAY], ids=["long", "soon", "ended"])
def test_a_ca_is_renewed_with_its_key_beside_its_certificate(left: Any) -> None:
    """Whatever the reason: strict clients refuse it, its end is near, or past."""
    apps = of_before(begins=-4000 * DAY, ends=left)
    before, key = apps.authority, apps.read("cache-ca", "ca.key")
    assert apps.run() == ["cache-ca", "cache-tls"]
    assert apps.read("cache-ca", "ca.key") == key
    assert apps.read("cache-tls", "ca.crt") == apps.read("cache-ca", "ca.crt")
    assert apps.shown.is_signed_by(before) and apps.shown.is_signed_by(apps.authority)
    assert apps.authority.ends - before.ends > 300 * DAY
    assert apps.run() == []


@pytest.mark.parametrize("days", [2, 30, 3650])
def test_no_time_makes_each_run_renew(days: int) -> None:
    apps = Namespace()
    given = {"days": days, "renewDays": days - 1}
    apps.run(**given)
    assert apps.run(**given) == []


def test_a_run_that_was_cut_off_after_the_ca_is_made_up_for() -> None:
    """Redis reads a new CA only beside a new certificate."""
    apps = of_before()
    left = apps.secrets["cache-tls"]
    apps.run()
    apps.secrets["cache-tls"] = left
    assert apps.run() == ["cache-tls"]
    assert apps.read("cache-tls", "ca.crt") == apps.read("cache-ca", "ca.crt")


def test_a_lost_ca_is_told() -> None:
    apps = of_before()
    del apps.secrets["cache-ca"]
    with pytest.raises(EngineError) as raised:
        apps.run()
    assert str(raised.value) == (
        "Secret apps/cache-ca, the CA of the instance, is not there or not whole; bring it back, or delete Secret "
        "apps/cache-tls too: both are then made anew; restart all pods after that, and give clients the new ca.crt"
    )
    del apps.secrets["cache-tls"]
    assert apps.run() == ["cache-ca", "cache-tls"]


@pytest.mark.parametrize("had_one", [True, False])
def test_who_leaves_an_issuer_is_told_how(had_one: bool) -> None:
    apps = of_before()
    apps.secrets["cache-tls"]["metadata"]["annotations"] = CERT_MANAGER
    if not had_one:
        del apps.secrets["cache-ca"]
    with pytest.raises(EngineError) as raised:
        apps.run()
    assert str(raised.value) == (
        "transitEncryption.issuer.name: Secret apps/cache-tls is of cert-manager, by another CA than one of the "
        "instance's own; name its issuer again, or delete Certificate apps/cache-tls and then that Secret: CA and "
        "certificate are then made anew; restart all pods after that, and give clients the new ca.crt"
    )
