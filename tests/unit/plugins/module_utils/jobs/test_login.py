"""Who a job is, by its environment; that servers let it in is proven with real ones (tests/jobs)."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from ansible_collections.eks.redis.plugins.module_utils.jobs import login
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from lab.certificates import Authority

SECURE = {
    "EKS_REDIS_CA": "/tls/ca.crt",
    "EKS_REDIS_USER": "eks-redis-backup",
    "REDISCLI_AUTH": "one",
    "EKS_REDIS_SENTINEL_AUTH": "two",
    "EKS_REDIS_LOADER_AUTH": "three",
}


def test_each_has_a_password_of_its_own_and_only_redis_a_user() -> None:
    found = [kind(SECURE) for kind in (login.to_redis, login.to_sentinels, login.to_loader)]
    assert [(one.password, one.user) for one in found] == [("one", "eks-redis-backup"), ("two", ""), ("three", "")]
    assert {(one.tls, one.ca, one.named) for one in found} == {(True, "/tls/ca.crt", False)}


def test_without_anything_it_is_nobody() -> None:
    assert login.to_redis({}) == login.to_sentinels({}) == login.to_loader({}) == Login(named=False)


def test_no_password_is_shown_or_an_argument() -> None:
    one = login.to_redis(SECURE)
    assert "one" not in repr(one)
    assert one.redis_cli() == ["--tls", "--cacert", "/tls/ca.crt", "--user", "eks-redis-backup"]
    assert Login("secret").redis_cli() == []


def test_the_chain_is_checked_and_the_name_where_there_is_one(tmp_path: Path) -> None:
    Authority(tmp_path)
    for named in (True, False):
        context = Login(tls=True, ca=str(tmp_path / "ca.crt"), named=named).options["tls"]
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, named)
    assert Login().options["tls"] is None


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_without_certificates_is_told(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ca.crt"
    if text:
        file.write_text(text)
    with pytest.raises(JobError, match=f"^{file}: there are no certificates of a CA in it: "):
        _options = Login(tls=True, ca=str(file)).options
