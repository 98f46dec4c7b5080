"""What servers and jobs have of an instance with TLS and ACL users: its certificates, its ACL file, its log-ins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.datapath import settings
from ansible_collections.eks.redis.plugins.module_utils.jobs import login
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users, names
from lab.certificates import Authority

PASSWORD, OF_JOBS, OF_SHOP, OF_TESTS = "of-the-instance/1", "of-the-jobs/2", "of-the-shop/3", "of-the-tests/4"
SHOP = "shop"
_TESTS = "tests"  # a user as no instance has it


@dataclass(frozen=True)
class Secured:
    """folder: with ca.crt, tls.crt and tls.key. mode: of the instance. without: a rule that the user of jobs lacks."""

    folder: Path
    mode: str
    without: str = ""

    @property
    def words(self) -> list[tuple[str, str]]:
        """Settings of a server, as the operator writes them."""
        return [
            ("tls-ca-cert-file", str(self.folder / "ca.crt")),
            ("tls-cert-file", str(self.folder / "tls.crt")),
            ("tls-key-file", str(self.folder / "tls.key")),
            ("tls-auth-clients", "optional"),
            ("tls-replication", "yes"),
        ]

    def redis(self, folder: Path) -> list[tuple[str, str]]:
        """Settings of a Redis in a folder, which gets the ACL file."""
        (folder / acl_users.FILE).write_text(self._users())
        cluster = [("tls-cluster", "yes")] if self.mode == "cluster" else []
        return [*self.words, *cluster, ("aclfile", str(folder / acl_users.FILE))]

    def login(self, user: str = _TESTS, password: str = OF_TESTS) -> Login:
        """As somebody."""
        return Login(password, user, tls=True, ca=str(self.folder / "ca.crt"), named=False)

    @property
    def environment(self) -> dict[str, str]:
        """What the container of a restore has; others have some of it."""
        return {
            settings.CA_VARIABLE: str(self.folder / "ca.crt"),
            settings.USER_VARIABLE: acl_users.BACKUP,
            settings.PASSWORD_VARIABLE: OF_JOBS,
            settings.SENTINEL_VARIABLE: PASSWORD,
            settings.LOADER_VARIABLE: PASSWORD,
        }

    @property
    def jobs(self) -> Login:
        """As the program logs in to Redis."""
        return login.to_redis(self.environment)

    def _users(self) -> str:
        shop = {"name": SHOP, "rules": "~* &* +@all -@admin", "passwordSecret": {"name": SHOP}}
        resolution = resolve(
            {"deployment": {"mode": self.mode}, "acl": {"enabled": True, "restrictDefault": True, "users": [shop]}},
            {
                "authentication": {"enabled": True, "authToken": PASSWORD},
                "transitEncryption": {"enabled": True},
                "clusterModeEnabled": self.mode == "cluster",
            },
            name="cache",
            namespace="apps",
        )
        assert resolution.instance, resolution.errors
        instance = resolution.instance
        passwords = {names.password(instance)[0]: PASSWORD, names.logins(instance): OF_JOBS, SHOP: OF_SHOP}
        lines = acl_users.text(instance, lambda secret: passwords[secret[0]]).splitlines()
        if self.without:
            (own,) = (line for line in lines if line.startswith(f"user {acl_users.BACKUP} "))
            kept = own.replace(f" {self.without}", "")
            assert kept != own, f"there is no {self.without}"
            lines[lines.index(own)] = kept
        return "\n".join([*lines, f"user {_TESTS} on >{OF_TESTS} ~* &* +@all"]) + "\n"


def secured(folder: Path, mode: str, without: str = "") -> Secured:
    """With a CA of its own."""
    Authority(_made(folder)).issue("tls", "cache", alternatives=["cache.apps.svc"])
    return Secured(folder, mode, without)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
